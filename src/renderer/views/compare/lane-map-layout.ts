/**
 * Where everything of the lane map stands: staves and lines in pixels from above, notes as shares of the shown time, so that
 * another width needs no other drawing. Notes that stand too close to be told apart become bands, at any zoom.
 */
import type { CompareResult, LaneMap, LaneMapNote, LaneMapSpan, LaneName } from '../../../shared/compare/result.ts';
import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import { durationText } from '../../components/format.ts';
import { toShare, type Window } from '../../parts/time/scale.ts';

/**
 * The staves from above: half of the other lanes, the wire, the rest. So the wire stays where the eye starts, and no thread
 * goes further than it must.
 */
function stavesOf(lanes: readonly LaneName[]): {
  readonly above: readonly LaneId[];
  readonly below: readonly LaneId[];
} {
  const others = lanes.flatMap(({ id }) => (id === WIRE ? [] : [id]));
  const half = Math.floor(others.length / 2);
  return { above: others.slice(0, half), below: others.slice(half) };
}

/** About 15 notes a second where ten seconds are shown: notes closer than this share of the window become one band. */
const NEAREST = 1 / 150;
/** Two notes that touch are still two. */
const BAND_FROM = 3;
/** More lines than this are no staff any more: lines of one kind are joined, and late calls share one. */
const MOST_LINES = 7;

/** Above the first staff: room for numbers, or, where the reads come first, for their ticks. */
const ABOVE = 20;
/** From the last staff above the wire to the reads: room for threads that are cut. */
const TO_READS = 34;
const TO_WIRE = 14;
/** From one staff to the next. */
const TO_NEXT = 26;
const BELOW = 20;

export interface StaffLine {
  readonly label: string;
  readonly kind: LaneMap['lines'][number]['kind'];
}

export interface Geometry {
  readonly lines: readonly StaffLine[];
  /** Pixels between lines. */
  readonly step: number;
  /** From above. */
  readonly staves: readonly LaneId[];
  /** The topmost line of each staff. */
  readonly tops: ReadonlyMap<LaneId, number>;
  /** The line that reads stand on. */
  readonly reads: number;
  readonly height: number;
  /** Index of a lane map line's staff line; 0 is meta. */
  readonly indexOf: (line: string) => number;
}

export function geometry(laneMap: Pick<LaneMap, 'lines'>, lanes: readonly LaneName[]): Geometry {
  const { lines, index } = staffLines(laneMap.lines);
  const step = lines.length <= 5 ? 11 : 8;
  const staff = (lines.length - 1) * step;
  const { above, below } = stavesOf(lanes);
  const tops = new Map<LaneId, number>();
  for (const [at, lane] of above.entries()) tops.set(lane, ABOVE + at * (staff + TO_NEXT));
  const last = above.at(-1);
  const reads = last === undefined ? ABOVE : tops.get(last)! + staff + TO_READS;
  const wire = reads + TO_WIRE;
  tops.set(WIRE, wire);
  for (const [at, lane] of below.entries()) tops.set(lane, wire + (at + 1) * (staff + TO_NEXT));
  return {
    lines,
    step,
    staves: [...above, WIRE, ...below],
    tops,
    reads,
    height: wire + below.length * (staff + TO_NEXT) + staff + BELOW,
    indexOf: (line) => index.get(line) ?? 0,
  };
}

/** Whether a lane's staff stands above the wire's. */
export const isAbove = ({ tops, reads }: Geometry, lane: LaneId): boolean => (tops.get(lane) ?? reads) < reads;

function staffLines(all: LaneMap['lines']): {
  readonly lines: readonly StaffLine[];
  readonly index: ReadonlyMap<string, number>;
} {
  if (all.length <= MOST_LINES) return { lines: all, index: new Map(all.map(({ id }, at) => [id, at])) };
  const lines: { label: string; readonly kind: StaffLine['kind'] }[] = [];
  const byKey = new Map<string, number>();
  const index = new Map<string, number>();
  const kinds = new Set(all.map(({ kind }) => kind)).size;
  let calls = 0;
  for (const { id, label, kind } of all) {
    const late = kind === 'tool' && ++calls > MOST_LINES - kinds;
    const key = late ? 'more calls' : kind === 'tool' ? id : kind;
    let at = byKey.get(key);
    if (at === undefined) {
      at = lines.push({ label: late ? key : label, kind }) - 1;
      byKey.set(key, at);
    }
    index.set(id, at);
  }
  return { lines, index };
}

export const lineTop = ({ tops, step }: Geometry, lane: LaneId, line: number): number =>
  (tops.get(lane) ?? 0) + line * step;

/**
 * Where the thread of a message that came on time begins: at the reads, or on its line of the staff that is next on the way
 * there, so that it crosses no other lane's notes.
 */
export function threadStart(shape: Geometry, lane: LaneId, line: number): number {
  const { staves, reads } = shape;
  const at = staves.indexOf(lane);
  const wire = staves.indexOf(WIRE);
  if (at === wire || at === wire - 1) return reads;
  return lineTop(shape, staves[at > wire ? at - 1 : at + 1]!, line);
}

/** The axis: nanoseconds, or numbers of events where nothing was timed. */
export interface Axis {
  readonly timed: boolean;
  readonly whole: Window;
}

export function axisOf({ timed, totalNs, events }: Pick<LaneMap, 'timed' | 'totalNs' | 'events'>): Axis {
  const length = timed ? Math.max(totalNs, 1e6) : Math.max(events, 1);
  // Room for the numbers that stand behind the last note.
  return { timed, whole: { start: 0, end: length * 1.05 } };
}

const placeOf = ({ timed }: Axis, note: LaneMapNote): number => (timed ? note.tNs : (note.event ?? 0));
const causeOf = ({ timed }: Axis, note: LaneMapNote): number =>
  timed ? note.causeNs : (note.causeEvent ?? note.event ?? 0);

/** A note, or a run of notes too close to be told apart. */
export interface Mark {
  readonly lane: LaneId;
  /** Index of the staff line it stands on, and of the one that its content belongs to. */
  readonly line: number;
  readonly source: number;
  readonly kind: LaneMapNote['kind'];
  readonly shape: LaneMapNote['shape'];
  readonly finding: number | undefined;
  /** Shares of the window; equal for a single note. */
  readonly from: number;
  readonly to: number;
  readonly causeFrom: number;
  readonly causeTo: number;
  readonly notes: number;
  readonly chars: number;
  readonly event: number | null;
}

/** Marks in the window, with a little around it. */
export function marksOf(
  laneMap: LaneMap,
  shape: Geometry,
  axis: Axis,
  window: Window,
  lineOfFinding: ReadonlyMap<number, string>,
): readonly Mark[] {
  const groups = Map.groupBy(
    laneMap.notes,
    ({ lane, line, kind, shape: form, finding }) => `${lane} ${shape.indexOf(line)} ${kind} ${form} ${finding ?? ''}`,
  );
  return [...groups.values()].flatMap((notes) =>
    runs(notes.map((note) => markOf(note, shape, axis, window, lineOfFinding))),
  );
}

function markOf(
  note: LaneMapNote,
  shape: Geometry,
  axis: Axis,
  window: Window,
  lineOfFinding: ReadonlyMap<number, string>,
): Mark {
  const at = toShare(window, placeOf(axis, note));
  const cause = toShare(window, causeOf(axis, note));
  const source = shape.indexOf(note.line);
  // What was merged stands on the line of what it was merged into.
  const into = note.shape === 'merged' && note.finding !== undefined ? lineOfFinding.get(note.finding) : undefined;
  return {
    lane: note.lane,
    line: into === undefined ? source : shape.indexOf(into),
    source,
    kind: note.kind,
    shape: note.shape,
    finding: note.finding,
    from: at,
    to: at,
    causeFrom: cause,
    causeTo: cause,
    notes: 1,
    chars: note.chars,
    event: note.event,
  };
}

const SLACK = 0.02;
const outside = ({ from, to, causeFrom }: Mark): boolean => Math.min(from, causeFrom) > 1 + SLACK || to < -SLACK;

/** Notes of one kind on one line: those that follow each other closely become one. */
function runs(notes: readonly Mark[]): Mark[] {
  const out: Mark[] = [];
  for (let at = 0; at < notes.length;) {
    const first = notes[at]!;
    let end = at + 1;
    while (end < notes.length && notes[end]!.from - notes[end - 1]!.from < NEAREST) end++;
    if (end - at < BAND_FROM) out.push(...notes.slice(at, end));
    else {
      const last = notes[end - 1]!;
      const chars = notes.slice(at, end).reduce((sum, note) => sum + note.chars, 0);
      out.push({ ...first, to: last.to, causeTo: last.causeTo, notes: end - at, chars });
    }
    at = end;
  }
  return out.filter((mark) => !outside(mark));
}

/** As wide as what it says, within what can be told apart. */
export const noteRadius = (chars: number): number => Math.min(5, Math.max(1.75, 1.5 + Math.sqrt(chars) * 0.42));

/** One above the notes it ties: what should be two and became one. */
export interface Slur {
  readonly lane: LaneId;
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly finding: number;
}

export function slursOf(marks: readonly Mark[]): readonly Slur[] {
  const groups = Map.groupBy(
    marks.filter((mark) => mark.shape === 'merged' && mark.finding !== undefined),
    ({ lane, finding }) => `${lane} ${finding}`,
  );
  return [...groups.values()].map((merged) => {
    const { lane, line, finding } = merged[0]!;
    const begin = Math.min(...merged.map(({ from }) => from));
    // From where the call it runs into began.
    const own = marks
      .filter((mark) => mark.lane === lane && mark.line === line && mark.shape !== 'merged' && mark.from <= begin)
      .map(({ from }) => from);
    return {
      lane,
      line,
      finding: finding!,
      from: own.length > 0 ? Math.min(...own) : begin,
      to: Math.max(...merged.map(({ to }) => to)),
    };
  });
}

/** From a line's first note to its last: the line sounds. */
export interface Held {
  readonly lane: LaneId;
  readonly line: number;
  readonly kind: LaneMapNote['kind'];
  readonly from: number;
  readonly to: number;
}

export function heldOf(marks: readonly Mark[]): readonly Held[] {
  const sound = marks.filter(({ shape, kind }) => shape !== 'lost' && kind !== 'meta' && kind !== 'error');
  return [...Map.groupBy(sound, ({ lane, line }) => `${lane} ${line}`).values()].map((notes) => ({
    lane: notes[0]!.lane,
    line: notes[0]!.line,
    kind: notes[0]!.kind,
    from: Math.min(...notes.map(({ from }) => from)),
    to: Math.max(...notes.map(({ to }) => to)),
  }));
}

export interface Span {
  readonly span: LaneMapSpan;
  readonly from: number;
  readonly to: number;
}

export function spanShares(spans: readonly LaneMapSpan[], { timed }: Axis, window: Window): readonly Span[] {
  return spans.map((span) => {
    const [start, end] = timed ? [span.startNs, span.endNs] : span.events;
    return { span, from: toShare(window, start), to: toShare(window, end) };
  });
}

/** The number of a finding beside its staff, with words where there is room. */
export interface Label {
  readonly finding: number;
  readonly lane: LaneId;
  readonly text: string;
  /** Share of the window its left edge stands at. */
  readonly left: number;
}

const NUMBER_PX = 22;
const CHAR_PX = 6.2;
/** Words longer than this are the list's business. */
const MOST_CHARS = 34;

/** One row of labels for each staff, none over another: numbers first, then the words that still fit. `width` in pixels. */
export function labelsOf(spans: readonly Span[], staves: readonly LaneId[], width: number): readonly Label[] {
  const shown = spans.filter(({ from, to }) => to >= 0 && from <= 1);
  return staves.flatMap((lane) =>
    labelRow(
      shown.filter(({ span }) => span.lane === lane),
      width,
    ),
  );
}

function labelRow(spans: readonly Span[], width: number): Label[] {
  const sorted = spans.toSorted((a, b) => Math.max(a.from, 0) - Math.max(b.from, 0) || a.span.finding - b.span.finding);
  const lefts: number[] = [];
  for (const { from } of sorted)
    lefts.push(Math.max(Math.max(from, 0) * width, (lefts.at(-1) ?? -NUMBER_PX) + NUMBER_PX));
  let right = width;
  for (let at = lefts.length - 1; at >= 0; at--) right = lefts[at] = Math.min(lefts[at]!, right - NUMBER_PX);
  const labels: Label[] = [];
  right = width;
  for (let at = sorted.length - 1; at >= 0; at--) {
    const { span } = sorted[at]!;
    const needs = NUMBER_PX + span.label.length * CHAR_PX;
    const before = at === 0 ? 0 : lefts[at - 1]! + NUMBER_PX;
    // Near the end there is room only to the left of its place.
    const place = Math.min(lefts[at]!, right - needs);
    const talks = span.label.length <= MOST_CHARS && place >= before;
    const left = talks ? place : lefts[at]!;
    labels.push({ finding: span.finding, lane: span.lane, text: talks ? span.label : '', left: left / width });
    right = left;
  }
  return labels.toReversed();
}

/** What the wire says along the axis: its blocks and its silences. */
export interface Passage {
  readonly text: string;
  readonly kind: StaffLine['kind'] | 'wait';
  readonly from: number;
  readonly to: number;
}

export function passagesOf(
  { laneMap, rows }: Pick<CompareResult, 'laneMap' | 'rows'>,
  axis: Axis,
  window: Window,
): readonly Passage[] {
  const titles = new Map(rows.map(({ id, title }) => [id, title]));
  const kinds = new Map(laneMap.lines.map(({ id, kind }) => [id, kind]));
  const wire = Map.groupBy(
    laneMap.notes.filter(({ lane, kind }) => lane === WIRE && kind !== 'meta'),
    ({ line }) => line,
  );
  const blocks = [...wire].map(([line, notes]) => {
    const chars = notes.reduce((sum, note) => sum + note.chars, 0);
    const from = placeOf(axis, notes[0]!);
    return {
      text: `${titles.get(line) ?? line} ${chars.toLocaleString('en')}`,
      kind: kinds.get(line) ?? ('meta' as const),
      at: from,
    };
  });
  const silences = laneMap.silences.map(({ startNs, endNs }) => ({
    text: `silence ${durationText(endNs - startNs)}`,
    kind: 'wait' as const,
    at: startNs,
  }));
  const starts = [...blocks, ...silences]
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, ...rest }) => ({ ...rest, from: toShare(window, at) }));
  const shown = starts.map((passage, at) => ({ ...passage, to: Math.min(1, starts[at + 1]?.from ?? 1) }));
  return shown
    .filter(({ from, to }) => to > 0 && from < 1 && to - from > 1 / 60)
    .map((passage) => ({ ...passage, from: Math.max(0, passage.from) }));
}
