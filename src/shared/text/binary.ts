/** What a file is that holds no text, told by its first bytes. */

/** Enough of the start to tell text from binary data. */
const LOOKED_AT = 4 * 1024;

/** First bytes, and what has them, as a noun phrase. Each is named in the specification of its format. */
const SIGNATURES: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x1f, 0x8b], 'gzip-compressed data'],
  [[0x1f, 0xef, 0xbf, 0xbd, 0x08], 'gzip-compressed data that was decoded as text'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'Zstandard-compressed data'],
  [[0x42, 0x5a, 0x68], 'bzip2-compressed data'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'xz-compressed data'],
  [[0x04, 0x22, 0x4d, 0x18], 'LZ4-compressed data'],
  [[0x50, 0x4b, 0x03, 0x04], 'a ZIP file'],
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG image'],
  [[0xff, 0xd8, 0xff], 'a JPEG image'],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], 'a PDF file'],
  [[0xff, 0xfe, 0x00, 0x00], 'text in UTF-32'],
  [[0x00, 0x00, 0xfe, 0xff], 'text in UTF-32'],
  [[0xff, 0xfe], 'text in UTF-16'],
  [[0xfe, 0xff], 'text in UTF-16'],
];

/** A noun phrase, "a PNG image", or "binary data" for what has no signature that is known here; null for text. */
export function binaryKind(bytes: Uint8Array): string | null {
  const signed = SIGNATURES.find(([signature]) => signature.every((byte, at) => bytes[at] === byte));
  if (signed) return signed[1];
  if (isHttp2(bytes)) return 'data of an HTTP/2 connection';
  const start = bytes.subarray(0, LOOKED_AT);
  if (!start.some(isControl)) return null;
  if (isZlib(start)) return 'zlib-compressed data';
  return unmarkedUtf16(start) ? 'text in UTF-16, without its mark' : 'binary data';
}

/** RFC 9113: a connection begins with SETTINGS, of 6 bytes each, on stream 0. */
const isHttp2 = (bytes: Uint8Array): boolean =>
  bytes.length >= 9 &&
  bytes[0] === 0 &&
  bytes[1] === 0 &&
  bytes[2]! % 6 === 0 &&
  bytes[3] === 4 &&
  bytes.subarray(4, 9).every((byte) => byte === 0);

/** RFC 1950: the method, and a check that makes 31 divide the first two bytes. */
const isZlib = ([method, flags]: Uint8Array): boolean =>
  method === 0x78 && flags !== undefined && (method * 256 + flags) % 31 === 0;

/** The encoding of text in UTF-16 that begins without its mark: every second byte of ASCII is zero there, and no other. */
export function unmarkedUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const start = bytes.subarray(0, 64);
  if (start.length < 8) return null;
  const zeros = (parity: number): boolean => start.every((byte, at) => (at % 2 === parity) === (byte === 0));
  if (zeros(1)) return 'utf-16le';
  return zeros(0) ? 'utf-16be' : null;
}

/** Control characters that stand in no text; tabs, line ends, form feeds and escapes do. */
const isControl = (byte: number): boolean => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b);
