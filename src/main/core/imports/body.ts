/** The body of an imported exchange as the server meant it: without the transfer coding and the content encoding that a file may have kept. */
import { bytesOfText, byteText, type ImportedExchange, type ImportedRead } from './imported.ts';
import { Dechunker, looksChunked } from './dechunk.ts';
import { headerOf } from '../../../shared/metrics/http-wording.ts';
import { isPacking, packing, unpackAs } from './unpack.ts';

export interface DecodedBody {
  readonly reads: readonly ImportedRead[];
  readonly timed: boolean;
  readonly repaired: readonly string[];
}

/** Throws an ImportError where the body is compressed and damaged, or too large when it is not. */
export function decodedBody({ reads, timed, response }: ImportedExchange): DecodedBody {
  const repaired: string[] = [];
  let decoded = withoutChunks(reads, repaired);
  const encoding =
    headerOf(response ?? null, 'content-encoding')
      ?.trim()
      .toLowerCase()
      .replace(/^x-/, '') ?? '';
  const whole = joined(decoded);
  if (isPacking(encoding) && isPacked(encoding, whole)) {
    decoded = [{ tNs: decoded.at(-1)?.tNs ?? 0, bytes: unpackAs(encoding, whole) }];
    repaired.push(`The body was compressed (${encoding}); it was decompressed.`);
    if (timed && reads.length > 1) {
      repaired.push('The times of its parts cannot be told from the compressed bytes.');
      return { reads: untimed(decoded), timed: false, repaired };
    }
  }
  return { reads: decoded, timed, repaired };
}

/** Tools that decompress keep the header all the same. Brotli and deflate have no signature: they are no text. */
const isPacked = (encoding: string, bytes: Uint8Array): boolean =>
  encoding === 'gzip' || encoding === 'zstd'
    ? packing('', bytes) === encoding
    : bytes.subarray(0, 64).some((byte) => byte < 9 || byte > 126);

function withoutChunks(reads: readonly ImportedRead[], repaired: string[]): readonly ImportedRead[] {
  if (!looksChunked(joined(reads.slice(0, 4)))) return reads;
  const dechunker = new Dechunker();
  const decoded = reads.flatMap(({ tNs, bytes }) => {
    const part = dechunker.feed(byteText(bytes));
    return part === '' ? [] : [{ tNs, bytes: bytesOfText(part) }];
  });
  repaired.push(
    dechunker.over
      ? 'The body still had its chunk sizes (transfer-encoding: chunked), as curl --raw and packet captures keep them; they were taken out.'
      : 'The body still had its chunk sizes (transfer-encoding: chunked); they were taken out. The last chunk is missing: the body was cut.',
  );
  return decoded;
}

export function joined(reads: readonly ImportedRead[]): Uint8Array {
  if (reads.length === 1) return reads[0]!.bytes;
  return new Uint8Array(Buffer.concat(reads.map(({ bytes }) => bytes)));
}

export const untimed = (reads: readonly ImportedRead[]): readonly ImportedRead[] =>
  reads.map(({ bytes }) => ({ tNs: 0, bytes }));
