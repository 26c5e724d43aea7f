/** The score of the exported page: each lane's messages along the time of the stream, or along its events where no time is known. */
import { durationText } from '../text/duration.ts';
import type { LaneMap, LaneMapNote, LaneName } from './result.ts';
import { number } from './say.ts';
import { counted } from '../text/count.ts';

const [WIDTH, LEFT, RIGHT] = [1_216, 150, 16];
const [LINE, HEAD, FOOT, AXIS] = [14, 20, 10, 24];
const TICKS = 6;
const MAX_LABEL = 14;
/** Width of a character of the labels, and rather more than less. */
const LABEL_CHAR = 6;

/** `escape`: for text in the page. Notes that fall on one place are drawn once, so that its size is bounded. */
export function scoreSvg(map: LaneMap, lanes: readonly LaneName[], escape: (text: string) => string): string {
  const span = Math.max(1, map.timed ? map.totalNs : map.events - 1);
  const x = (at: number): number => Math.round((LEFT + (at / span) * (WIDTH - LEFT - RIGHT)) * 2) / 2;
  const staff = HEAD + map.lines.length * LINE + FOOT;
  const height = AXIS + lanes.length * staff;
  const tops = new Map(lanes.map(({ id }, at) => [id, AXIS + at * staff]));
  const rows = new Map(map.lines.map(({ id }, at) => [id, HEAD + at * LINE + LINE / 2]));
  const ticks = Array.from({ length: TICKS }, (_, at) => (span * at) / (TICKS - 1));
  const axis = ticks.map((at, index) => {
    const anchor = index === TICKS - 1 ? ' text-anchor="end"' : '';
    const label = map.timed ? durationText(at) : number(Math.round(at));
    return `<path class="tick" d="M${x(at)} ${AXIS}V${height}"/><text x="${x(at)}" y="12"${anchor}>${label}</text>`;
  });
  const silences = map.silences.map(
    ({ startNs, endNs }) =>
      `<rect class="silence" x="${x(startNs)}" y="${AXIS}" width="${Math.max(1, x(endNs) - x(startNs))}" height="${height - AXIS}"><title>no bytes for ${durationText(endNs - startNs)}</title></rect>`,
  );
  const staves = lanes.map(({ id, label }) => {
    const top = tops.get(id)!;
    const lines = map.lines.map(({ id: line, label: name }) => {
      const y = top + rows.get(line)!;
      const short = name.length > MAX_LABEL ? `${name.slice(0, MAX_LABEL - 1)}…` : name;
      return `<text class="line" x="${LEFT - 8}" y="${y + 3.5}" text-anchor="end">${escape(short)}</text><path class="staff" d="M${LEFT} ${y}H${WIDTH - RIGHT}"/>`;
    });
    return `<text class="lane" x="0" y="${top + HEAD}">${escape(label)}</text>${lines.join('')}`;
  });
  const drawn = new Set<string>();
  const notes = map.notes.flatMap((note) => {
    const [top, row] = [tops.get(note.lane), rows.get(note.line)];
    if (top === undefined || row === undefined) return [];
    const mark = markOf(note, x(map.timed ? note.tNs : (note.event ?? note.causeEvent ?? 0)), top + row);
    if (drawn.has(mark)) return [];
    drawn.add(mark);
    return [mark];
  });
  // Of labels that would lie on each other the first is drawn; the list of findings has them all.
  const taken = new Map<string, (readonly [from: number, to: number])[]>();
  const labels = map.spans.flatMap(({ finding, lane, startNs, events, label }) => {
    const at = x(map.timed ? startNs : events[0]);
    const text = `${finding} · ${label}`;
    const width = text.length * LABEL_CHAR;
    const atEnd = at > WIDTH - 200;
    const [from, to] = atEnd ? [at - width, at] : [at, at + width];
    const others = taken.get(lane) ?? [];
    if (others.some(([start, end]) => from < end && start < to)) return [];
    taken.set(lane, [...others, [from, to]]);
    const end = atEnd ? ' text-anchor="end"' : '';
    return [
      `<a href="#f${finding}"><text class="named" x="${at}" y="${(tops.get(lane) ?? 0) + 12}"${end}>${escape(text)}</text></a>`,
    ];
  });
  const said = `Messages of ${counted(lanes.length, 'lane')} over ${map.timed ? durationText(map.totalNs) : counted(map.events, 'event')}`;
  return `<svg class="score" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${said}">${[...axis, ...silences, ...staves, ...notes, ...labels].join('')}</svg>`;
}

function markOf({ kind, shape }: LaneMapNote, x: number, y: number): string {
  if (kind === 'error') return `<path class="error" d="M${x - 4} ${y + 4}L${x} ${y - 4}L${x + 4} ${y + 4}Z"/>`;
  if (shape === 'lost') return `<circle class="lost" cx="${x}" cy="${y}" r="3"/>`;
  if (shape === 'merged' || shape === 'altered')
    return `<rect class="altered" x="${x - 2.5}" y="${y - 2.5}" width="5" height="5"/>`;
  return `<circle class="${kind}" cx="${x}" cy="${y}" r="2.5"/>`;
}
