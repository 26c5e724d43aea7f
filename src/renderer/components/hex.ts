/** Bytes as rows of eight: offset, hexadecimal, text. */
import type { ByteRange } from '../../shared/text/byte-range.ts';

export const HEX_WIDTH = 8;

/** How a run of bytes is shown: of the frame, outside of it, or marked. */
export type HexTone = 'own' | 'out' | 'marked';
export interface HexRun {
  readonly tone: HexTone;
  readonly hex: string;
  readonly text: string;
}
export interface HexRow {
  readonly offset: number;
  readonly runs: readonly HexRun[];
}
/**
 * The row of eight that begins at `offset` (a multiple of eight), as far as `bytes` reach; `start` is the offset of the
 * first of them. Line ends are `¶`, carriage returns `¬`, what is no printable ASCII is a middle dot.
 */
export function hexRow(
  bytes: Uint8Array,
  start: number,
  offset: number,
  own: ByteRange,
  marked: readonly ByteRange[],
): HexRow {
  const runs: { tone: HexTone; hex: string; text: string }[] = [];
  for (let at = Math.max(offset, start); at < Math.min(offset + HEX_WIDTH, start + bytes.length); at++) {
    const byte = bytes[at - start]!;
    const tone = marked.some((range) => isWithin(range, at)) ? 'marked' : isWithin(own, at) ? 'own' : 'out';
    const hex = byte.toString(16).padStart(2, '0');
    const run = runs.at(-1);
    if (run?.tone === tone) {
      run.hex += ` ${hex}`;
      run.text += charOf(byte);
    } else runs.push({ tone, hex, text: charOf(byte) });
  }
  return { offset, runs };
}

export const isWithin = ([start, end]: ByteRange, at: number): boolean => at >= start && at < end;

function charOf(byte: number): string {
  if (byte === 0x0a) return '¶';
  if (byte === 0x0d) return '¬';
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
}

/** The first offset of the row that `offset` stands in. */
export const rowStart = (offset: number): number => offset - (offset % HEX_WIDTH);
