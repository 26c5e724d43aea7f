/** Where a text stands in a trace: in what the wire said, and in events that said nothing to read. Pure. */
import { WIRE } from '../../../shared/model/messages.ts';
import type { LaneBlock } from '../../../shared/model/blocks.ts';
import { lowerBound } from '../../stores/lower-bound.ts';
import type { TraceModel } from '../../stores/trace-model.ts';

export interface Match {
  /** The event that brought its first character. */
  readonly event: number;
  /** What it stands in, as the window calls it. */
  readonly where: string;
}

/** More are of no use to step through. */
export const MOST_MATCHES = 10_000;

/** In the order of the events, capitals aside; at most MOST_MATCHES. */
export function matchesIn(model: Pick<TraceModel, 'blocks' | 'events'>, text: string): readonly Match[] {
  if (text.trim() === '') return [];
  const pattern = new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), 'giu');
  const found: Match[] = [];
  for (const { cells } of model.blocks.rows) for (const block of cells[WIRE] ?? []) findIn(block, pattern, found);
  for (const { index, block, preview, type, notes = [] } of model.events) {
    if (found.length >= MOST_MATCHES) break;
    // What a block has to say is found in its text, whole.
    if (block === undefined && [preview, type, ...notes].some((one) => one.search(pattern) >= 0))
      found.push({ event: index, where: 'event' });
  }
  return found.toSorted((a, b) => a.event - b.event);
}

function findIn(block: LaneBlock, pattern: RegExp, found: Match[]): void {
  const { kind, name, firstEvent, pieces, causes } = block;
  if (name !== null && firstEvent !== null && name.search(pattern) >= 0)
    found.push({ event: firstEvent, where: 'tool name' });
  const ends: number[] = [];
  let length = 0;
  for (const piece of pieces) ends.push((length += piece.length));
  for (const { index } of pieces.join('').matchAll(pattern)) {
    if (found.length >= MOST_MATCHES) return;
    const event = causes[lowerBound(ends.length, (at) => ends[at]! > index)] ?? firstEvent;
    if (event !== null) found.push({ event, where: WORDS[kind] ?? kind });
  }
}

const WORDS: Partial<Readonly<Record<LaneBlock['kind'], string>>> = {
  tool: 'arguments',
  server_tool: 'arguments',
  server_tool_result: 'result',
  hidden: 'hidden reasoning',
};
