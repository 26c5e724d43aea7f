/** The body as rows of text: broken at line ends and at the width of the pane, never inside a character. Pure. */
import type { ByteRange } from '../../../shared/text/byte-range.ts';

const LF = 0x0a;
/** First bytes of characters that take two columns: the CJK and emoji ranges, roughly. */
const isWide = (byte: number): boolean => (byte >= 0xe3 && byte <= 0xed) || byte >= 0xf0;
const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;

/** Indexes at which rows begin, of at most `columns` columns. Linear. */
export function textRows(bytes: Uint8Array, columns: number): readonly number[] {
  const starts: number[] = [];
  let used = 0;
  let fresh = true;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (!isContinuation(byte)) {
      const width = isWide(byte) ? 2 : 1;
      if (fresh || used + width > columns) {
        starts.push(at);
        used = 0;
        fresh = false;
      }
      used += width;
    } else if (fresh) {
      // A body that begins in the middle of a character, as a part of it may.
      starts.push(at);
      fresh = false;
    }
    if (byte === LF) fresh = true;
  }
  return starts;
}

export interface RawRun {
  readonly text: string;
  /** Of the selected event. */
  readonly own: boolean;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of bytes `from` to `to`, cut where `own` begins and ends; all are indexes into `bytes`. The line end is left out. */
export function rowRuns(bytes: Uint8Array, from: number, to: number, own: ByteRange | null): readonly RawRun[] {
  const end = to > from && bytes[to - 1] === LF ? to - 1 : to;
  const cuts = [from, ...(own ?? []).filter((at) => at > from && at < end), end];
  return cuts.slice(1).flatMap((stop, at): RawRun[] => {
    const start = cuts[at]!;
    return stop === start
      ? []
      : [{ text: decoder.decode(bytes.subarray(start, stop)), own: own !== null && start >= own[0] && stop <= own[1] }];
  });
}
