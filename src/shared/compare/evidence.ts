/** Bytes as evidence: text where they are text, and hex. */

/** Evidence shown of one finding; a finding over a whole stream points at its range, it does not repeat the stream. */
export const MAX_EVIDENCE_BYTES = 2_048;
const ROW = 16;

/** Rows of offset, hex and text, as hex editors show them; `start` is the offset of the first byte, `width` the bytes in a row. */
export function hexDump(bytes: Uint8Array, start: number, width = ROW): string {
  const rows: string[] = [];
  for (let at = 0; at < bytes.length; at += width) {
    const row = [...bytes.subarray(at, at + width)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('');
    rows.push(`${String(start + at).padStart(8)}  ${hex.padEnd(width * 3 - 1)}  ${text}`);
  }
  return rows.join('\n');
}

export const evidenceText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
