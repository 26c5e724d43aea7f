/** The messages of each row of the columns, by lane: what a block's frames made each lane say, as it said it. */
import { jsonStretches } from '../../../shared/json/json-stretches.ts';
import type { Emission, LaneId, LaneOutcome } from '../../../shared/model/messages.ts';
import type { TraceModel } from '../../stores/trace-model.ts';

export type RowMessages = ReadonlyMap<LaneId, readonly Emission[]>;

export function messageIndex({
  messages,
  events,
  blocks,
}: Pick<TraceModel, 'messages' | 'events' | 'blocks'>): ReadonlyMap<string, RowMessages> {
  const rows = new Map<string, Map<LaneId, Emission[]>>();
  for (const emission of messages) {
    const id = rowOf(emission, events, blocks);
    let row = rows.get(id);
    if (!row) rows.set(id, (row = new Map()));
    const own = row.get(emission.lane);
    if (own) own.push(emission);
    else row.set(emission.lane, [emission]);
  }
  return rows;
}

function rowOf({ message, event }: Emission, events: TraceModel['events'], blocks: TraceModel['blocks']): string {
  if ('block' in message) return message.block;
  if (event === null) return 'before';
  const block = events[event]?.block;
  if (block !== undefined && blocks.row(block)) return block;
  return blocks.row(`event:${event}`) ? `event:${event}` : 'after';
}

/** As JSON in stretches, without what is null and without fields of these names, wherever they stand. */
export function messageJson({ message }: Emission, ignored: ReadonlySet<string>): Iterable<string> {
  return lineOf(message, ignored);
}

/** What a lane held when all was over, without what the other panes show whole. */
export function outcomeJson({ outcome }: LaneOutcome): Iterable<string> {
  return lineOf(outcome, OUTCOME_ELSEWHERE);
}

/** Longer texts, in UTF-16 units, have no blanks to break them at: looking for them costs more than they help. */
const LONG = 65_536;

/** On one line, with blanks to break it at; a long one in stretches. */
function* lineOf(value: object, ignored: ReadonlySet<string>): Generator<string> {
  const skips = (key: string, field: unknown): boolean => ignored.has(key) || field === null;
  const stretches = jsonStretches(value, skips);
  let text = '';
  for (let next = stretches.next(); !next.done; next = stretches.next()) {
    text += next.value;
    if (text.length <= LONG) continue;
    yield text;
    return yield* stretches;
  }
  // Line ends inside of strings are escaped: these are all of the layout.
  yield JSON.stringify(JSON.parse(text), null, 1).replaceAll(/\n */g, ' ');
}

/** Blocks stand in their rows; the accumulated response and the provider trace have panes of their own. */
const OUTCOME_ELSEWHERE: ReadonlySet<string> = new Set([
  'blocks',
  'accumulated',
  'provider_trace',
  'message_id',
  'content',
  'reasoning_content',
]);
