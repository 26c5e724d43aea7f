/**
 * From a character of a lane's text to the event that brought it, and back. A text is that of one block, or of the blocks of one
 * cell one after the other; places in it are in UTF-16 units.
 */
import type { LaneBlock } from './block-row.ts';

type Caused = Pick<LaneBlock, 'pieces' | 'causes'>;

/** The event whose piece the unit at `offset` belongs to; null: none did, or there is no such unit. */
export function causeAt(blocks: readonly Caused[], offset: number): number | null {
  let left = offset;
  for (const { pieces, causes } of blocks)
    for (let at = 0; at < pieces.length; at++) {
      const { length } = pieces[at]!;
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
    for (let at = 0; at < pieces.length; at++) {
      const cause = causes[at]!;
      if (cause !== null && cause > last) break;
      const next = offset + pieces[at]!.length;
      if (cause !== null && cause >= first) {
        if (start < 0) start = offset;
        end = next;
      }
      offset = next;
    }
  return start < 0 ? null : [start, end];
}
