/** The body as rows of text: broken at line ends and at the width of the pane, never inside a character. Pure. */
import type { ByteRange } from '../../../shared/text/byte-range.ts';
import { isWithin, type HexTone } from '../../components/hex.ts';

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
  /** As of bytes: of the selected event, marked, or neither. */
  readonly tone: HexTone;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The text of bytes `from` to `to`, which are indexes into `bytes`, cut where the selected event and the marks begin and
 * end: those are ranges of the body, in which `bytes` begin at `start`. The line end is left out.
 */
export function rowRuns(
  bytes: Uint8Array,
  start: number,
  from: number,
  to: number,
  own: ByteRange | null,
  marks: readonly ByteRange[],
): readonly RawRun[] {
  const end = to > from && bytes[to - 1] === LF ? to - 1 : to;
  const cuts = [from, end];
  for (const range of own ? [own, ...marks] : marks)
    for (const offset of range) if (offset - start > from && offset - start < end) cuts.push(offset - start);
  cuts.sort((a, b) => a - b);
  const runs: RawRun[] = [];
  for (const [at, stop] of cuts.slice(1).entries()) {
    const first = cuts[at]!;
    if (first === stop) continue;
    const offset = start + first;
    const tone = marks.some((range) => isWithin(range, offset))
      ? 'marked'
      : own && isWithin(own, offset)
        ? 'own'
        : 'out';
    runs.push({ text: decoder.decode(bytes.subarray(first, stop)), tone });
  }
  return runs;
}
