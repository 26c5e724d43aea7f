/** Bytes as evidence of a finding: those at fault as hex, and the text that stands around them. */
import type { Finding } from '../model/findings.ts';
import type { ByteRange } from '../text/byte-range.ts';

/** What one finding shows: it points at its bytes, it does not repeat the stream. */
const MAX_BYTES = 8_192;
/** Text shown on each side of what is marked. */
const AROUND = 40;
const ROW = 16;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** Bytes of a body from an offset on. */
export interface Evidence {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** The part of the body that evidence of a finding is made of; null where it has none. */
export function evidenceRange({ bytes, marks }: Finding): ByteRange | null {
  const [first] = marks ?? [];
  if (!bytes || !first) return bytes && [bytes[0], Math.min(bytes[1], bytes[0] + MAX_BYTES)];
  const start = Math.max(bytes[0], first[0] - AROUND);
  const last = marks!.findLast(([from]) => from < start + MAX_BYTES) ?? first;
  return [start, Math.min(bytes[1], start + MAX_BYTES, last[1] + AROUND)];
}

/** Those of the marks that lie in the evidence, cut where it ends. */
export function marksIn({ marks }: Finding, { start, bytes }: Evidence): readonly ByteRange[] {
  const end = start + bytes.length;
  return (marks ?? []).flatMap(([from, to]): ByteRange[] => (from < end ? [[from, Math.min(to, end)]] : []));
}

export interface EvidenceRun {
  readonly text: string;
  readonly marked: boolean;
}

/** The marks as text with a little of what stands around them; what is left out between them is an ellipsis and a new line. */
export function evidenceRuns({ start, bytes }: Evidence, marks: readonly ByteRange[]): readonly EvidenceRun[] {
  const runs: EvidenceRun[] = [];
  const add = (from: number, to: number, marked: boolean): void => {
    if (from < to) runs.push({ text: utf8.decode(bytes.subarray(from - start, to - start)), marked });
  };
  let at = start;
  for (const [index, [from, to]] of marks.entries()) {
    const before = characterStart(bytes, Math.max(at, from - AROUND) - start) + start;
    if (before > at) runs.push({ text: index === 0 ? '…' : '…\n…', marked: false });
    add(before, from, false);
    add(from, to, true);
    at = to;
    const next = marks[index + 1]?.[0] ?? start + bytes.length;
    const after = characterStart(bytes, Math.min(next, to + AROUND) - start) + start;
    add(to, after, false);
    at = after;
  }
  if (at < start + bytes.length) runs.push({ text: '…', marked: false });
  return runs;
}

/** The first index from `at` on that is not inside of a character. */
function characterStart(bytes: Uint8Array, at: number): number {
  let start = at;
  while (start < bytes.length && start - at < 3 && (bytes[start]! & 0xc0) === 0x80) start++;
  return start;
}

/** Rows of offset, hex and text, as hex editors show them; `start` is the offset of the first byte. */
function hexDump(bytes: Uint8Array, start: number): readonly string[] {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += ROW) {
    const row = [...bytes.subarray(at, at + ROW)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
    rows.push(`${String(start + at).padStart(8)}  ${hex.padEnd(ROW * 3 - 1)}  ${text}`);
  }
  return rows;
}

/** The marks alone, in rows of hex, as many as `limit`. */
export function markDump({ start, bytes }: Evidence, marks: readonly ByteRange[], limit: number): readonly string[] {
  const rows: string[] = [];
  for (const [from, to] of marks) {
    if (rows.length >= limit) break;
    rows.push(...hexDump(bytes.subarray(from - start, Math.min(to - start, from - start + limit * ROW)), from));
  }
  return rows.slice(0, limit);
}
