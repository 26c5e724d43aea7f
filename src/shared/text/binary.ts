/** What a file is that holds no text, told by its first bytes. */

/** Enough of the start to tell text from binary data. */
const LOOKED_AT = 4 * 1024;

/** First bytes, and what has them, as a noun phrase. Each is named in the specification of its format. */
const SIGNATURES: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x1f, 0x8b], 'a gzip file'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'a Zstandard file'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP file'],
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG image'],
  [[0xff, 0xd8, 0xff], 'a JPEG image'],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'a PDF file'],
  [[0xff, 0xfe], 'text in UTF-16'],
  [[0xfe, 0xff], 'text in UTF-16'],
];

/** A noun phrase, "a PNG image", or "binary data" for what has no signature that is known here; null for text. */
export function binaryKind(bytes: Uint8Array): string | null {
  const signed = SIGNATURES.find(([signature]) => signature.every((byte, at) => bytes[at] === byte));
  if (signed) return signed[1];
  return bytes.subarray(0, LOOKED_AT).some(isControl) ? 'binary data' : null;
}

/** Control characters that stand in no text; tabs, line ends, form feeds and escapes do. */
const isControl = (byte: number): boolean => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b);
