/** A file as it lies on the disk, decompressed and turned into UTF-8, before anybody asks which format it has. */
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { unmarkedUtf16 } from '../../../shared/text/binary.ts';
import { undumped } from './dumped.ts';
import { ImportError, utf8, type ImportedFile } from './imported.ts';

/** What a file may unpack to. Above it the sentence says so: a few kilobytes can unpack to any size. */
const MAX_UNPACKED = 256 * 1024 * 1024;
/** A file in a file in a file: deeper than this nobody packs by accident. */
const MAX_LAYERS = 4;

type Unpack = (bytes: Uint8Array, limit: number) => Uint8Array;

const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength }),
  zstd: (bytes, maxOutputLength) => zstdDecompressSync(bytes, { maxOutputLength }),
  br: (bytes, maxOutputLength) => brotliDecompressSync(bytes, { maxOutputLength }),
  deflate: (bytes, maxOutputLength) =>
    ((bytes[0] ?? 0) & 0x0f) === 8
      ? inflateSync(bytes, { maxOutputLength })
      : inflateRawSync(bytes, { maxOutputLength }),
};
const NAMES: Readonly<Record<string, string>> = { gzip: 'gzip', zstd: 'Zstandard', br: 'Brotli', deflate: 'deflate' };

const startsWith = (bytes: Uint8Array, ...signature: readonly number[]): boolean =>
  signature.every((byte, at) => bytes[at] === byte);

/** How bytes are compressed, by their signature; Brotli has none, so that only a file's name says it. */
export function packing(name: string, bytes: Uint8Array): string | null {
  if (startsWith(bytes, 0x1f, 0x8b)) return 'gzip';
  if (startsWith(bytes, 0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  return /\.br$/i.test(name) ? 'br' : null;
}

/** Throws an ImportError for what does not unpack or is larger than `limit` when it does. */
export function unpackAs(encoding: string, bytes: Uint8Array, limit = MAX_UNPACKED): Uint8Array {
  try {
    return new Uint8Array(UNPACK[encoding]!(bytes, limit));
  } catch (error) {
    const large = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw large
      ? new ImportError(
          'too-large',
          `It unpacks to more than ${limit / 1024 / 1024} MB. Cut out the exchange that matters.`,
        )
      : new ImportError(
          'damaged',
          `Its ${NAMES[encoding]} data is damaged or cut (${error instanceof Error ? error.message : String(error)}). Save it again.`,
        );
  }
}

/** Encodings that `unpackAs` undoes, by their names in the content-encoding header. */
export const isPacking = (encoding: string): boolean => Object.hasOwn(UNPACK, encoding);

export interface Unpacked extends ImportedFile {
  /** What was done, as sentences. */
  readonly repaired: readonly string[];
}

/** Throws an ImportError for a file that is empty, damaged, or too large when unpacked. */
export function unpack(name: string, bytes: Uint8Array): Unpacked {
  const repaired: string[] = [];
  let inner = bytes;
  for (let layer = 0, encoding = packing(name, inner); encoding !== null; encoding = packing('', inner)) {
    if (++layer > MAX_LAYERS)
      throw new ImportError('too-deep', `It is compressed more than ${MAX_LAYERS} times over. Decompress it first.`);
    inner = unpackAs(encoding, inner);
    repaired.push(`The file was compressed with ${NAMES[encoding]}.`);
  }
  const charset = utf16(inner);
  if (charset !== null) {
    inner = utf8(new TextDecoder(charset).decode(inner));
    repaired.push(
      'The file was text in UTF-16, as Windows PowerShell writes it; it was converted to UTF-8. PowerShell may have changed line ends and characters.',
    );
  }
  const shown = new TextDecoder().decode(inner);
  const dumped = undumped(shown);
  if (dumped !== null) {
    repaired.push(dumped.sentence);
    // What was shown may be compressed.
    const inside = packing('', dumped.bytes);
    inner = inside === null ? dumped.bytes : unpackAs(inside, dumped.bytes);
  }
  const text = dumped === null ? shown : new TextDecoder().decode(inner);
  if (text.trim() === '')
    throw new ImportError(
      'empty',
      'There is nothing to import: it is empty. Import the response exactly as the server sent it.',
    );
  return { name, bytes: inner, text, repaired };
}

function utf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (startsWith(bytes, 0xff, 0xfe)) return 'utf-16le';
  if (startsWith(bytes, 0xfe, 0xff)) return 'utf-16be';
  return unmarkedUtf16(bytes);
}
