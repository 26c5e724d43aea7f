/** Late emission: the bytes are there, and the message comes with a later event. */
import type { LaneId } from '../../model/messages.ts';
import { expectedParts, gotText, strandOf, type ExpectedPart } from '../expected.ts';
import type { ComparisonInput, Entry } from '../lane-reading.ts';
import { durationText } from '../../text/duration.ts';
import { counted } from '../../text/count.ts';
import type { FindingDraft, FindingFamily } from './finding-kind.ts';

/** A person notices a tenth of a second. Without times, an event or two of delay is how adapters hold names: not worth a word. */
const NOTICEABLE_NS = 100e6;
const NOTICEABLE_EVENTS = 3;
const LONG_NS = 1e9;

interface Lag {
  readonly from: number;
  readonly to: number;
  readonly ns: number;
}

function find(input: ComparisonInput, lane: LaneId): readonly FindingDraft[] {
  let worst: { readonly lag: Lag; readonly part: ExpectedPart; readonly what: string } | null = null;
  const blocks: string[] = [];
  for (const part of expectedParts(input, lane)) {
    const lag = part.kind === 'tool' ? nameLag(input, lane, part) : part.verbatim ? textLag(input, lane, part) : null;
    if (!lag || !noticeable(input, lag)) continue;
    blocks.push(part.row.id);
    const what = part.kind === 'tool' ? (part.row.cells.wire[0]?.name ?? 'a tool call') : part.noun;
    if (!worst || amount(input, lag) > amount(input, worst.lag)) worst = { lag, part, what };
  }
  if (!worst) return [];
  const { lag, part, what } = worst;
  const time = input.timed ? durationText(lag.ns) : counted(lag.to - lag.from, 'event');
  const verb = part.kind === 'tool' ? 'names' : 'emits';
  const more = blocks.length > 1 ? ` (${counted(blocks.length, 'block')} late)` : '';
  const sentence = `${lane} ${verb} ${what} ${time} after its bytes arrived: there at event ${lag.from}, emitted at event ${lag.to}${more}`;
  return [
    {
      kind: 'late',
      severity: lag.ns >= LONG_NS ? 'minor' : 'info',
      event: lag.from,
      lastEvent: lag.to,
      blocks: [part.row.id, ...blocks.filter((id) => id !== part.row.id)],
      sentence,
      short: `${time} late`,
    },
  ];
}

const amount = (input: ComparisonInput, lag: Lag): number => (input.timed ? lag.ns : lag.to - lag.from);
const noticeable = (input: ComparisonInput, lag: Lag): boolean =>
  lag.to > lag.from && (input.timed ? lag.ns >= NOTICEABLE_NS : lag.to - lag.from >= NOTICEABLE_EVENTS);

function lagOf(cause: Entry, message: Entry): Lag | null {
  return cause.event === null || message.event === null
    ? null
    : { from: cause.event, to: message.event, ns: message.tNs - cause.tNs };
}

/** How much later a call's name is said than it came. */
function nameLag(input: ComparisonInput, lane: LaneId, part: ExpectedPart): Lag | null {
  const event = part.row.cells.wire[0]?.firstEvent ?? null;
  const named = strandOf(input, lane, part.row, 'tool')?.entries.find(
    ({ emission: { message } }) => 'tool_call' in message && message.tool_call.name,
  );
  if (event === null || !named || named.event === null || part.converted) return null;
  return { from: event, to: named.event, ns: named.tNs - (input.events[event]?.tNs ?? named.tNs) };
}

/** The longest that a character waited: two pointers over the wire's and the lane's messages. */
function textLag(input: ComparisonInput, lane: LaneId, part: ExpectedPart): Lag | null {
  const strand = strandOf(input, lane, part.row, part.kind);
  if (!strand || !part.text.startsWith(gotText(input, lane, part))) return null;
  let worst: Lag | null = null;
  let [at, start] = [0, 0];
  for (const message of strand.entries) {
    while (at < part.wire.entries.length && part.wire.entries[at]!.end <= start) at++;
    const cause = part.wire.entries[at];
    if (!cause) break;
    const lag = message.text === '' ? null : lagOf(cause, message);
    if (lag && (!worst || amount(input, lag) > amount(input, worst))) worst = lag;
    start = message.end;
  }
  return worst;
}

export const LATE: FindingFamily = {
  kinds: [
    {
      id: 'late',
      title: 'Emitted late',
      field: null,
      shape: 'late',
      help: 'The adapter holds a message back although all of it has arrived: legacy names a tool call only with its first arguments, and holds calls until the inner thoughts in them are complete. A person sees nothing happen in the meantime.\n\nShow progress from the wire, or use the simple adapter, which names a call at once.',
    },
  ],
  find,
};
