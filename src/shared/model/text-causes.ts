/**
 * From a character of a lane's text to the event that brought it, and back. A text is that of one block, or of the blocks of one
 * cell one after the other; places in it are in UTF-16 units.
 */
import type { LaneBlock } from './blocks.ts';

type Caused = Pick<LaneBlock, 'pieces' | 'causes'>;

/** The event whose piece the unit at `offset` belongs to; null: none did, or there is no such unit. */
export function causeAt(blocks: readonly Caused[], offset: number): number | null {
  let left = offset;
  for (const { pieces, causes } of blocks)
    for (const [at, { length }] of pieces.entries()) {
      if (left < length) return causes[at]!;
      left -= length;
    }
  return null;
}

/** Where the text stands that these events brought, `last` inclusive; null: none of it. The events of a text are in order. */
export function stretchOf(
  blocks: readonly Caused[],
  first: number,
  last: number,
): readonly [start: number, end: number] | null {
  let [start, end, offset] = [-1, -1, 0];
  for (const { pieces, causes } of blocks)
    for (const [at, { length }] of pieces.entries()) {
      const cause = causes[at]!;
      if (cause !== null && cause >= first && cause <= last) {
        if (start < 0) start = offset;
        end = offset + length;
      }
      offset += length;
    }
  return start < 0 ? null : [start, end];
}
