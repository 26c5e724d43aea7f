/** The messages of each row of the columns, by lane: what a block's frames made each lane say, as it said it. */
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

/** As JSON, without what is null and without fields of these names, wherever they stand. */
export function messageJson({ message }: Emission, ignored: ReadonlySet<string>): string {
  return lineOf(message, ignored);
}

/** What a lane held when all was over, without what the other panes show whole. */
export function outcomeJson({ outcome }: LaneOutcome): string {
  return lineOf(outcome, OUTCOME_ELSEWHERE);
}

/** Longer texts, in UTF-16 units, have no blanks to break them at: looking for them costs more than they help. */
const LONG = 65_536;

/** On one line, with blanks to break it at. */
function lineOf(value: object, ignored: ReadonlySet<string>): string {
  const wanted = (key: string, field: unknown): unknown => (ignored.has(key) || field === null ? undefined : field);
  const text = JSON.stringify(value, wanted);
  if (text.length > LONG) return text;
  // Line ends inside of strings are escaped: these are all of the layout.
  return JSON.stringify(value, wanted, 1).replaceAll(/\n */g, ' ');
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
