/** A body that is there as a whole, in pieces: what is made of one of them can be let go before the next. */
import type { Read } from '../model/stream.ts';

const PIECE_BYTES = 64 * 1024;

/** All as parts of one read without a time. */
export const piecesOf = (body: Uint8Array): Generator<Read> => piecesOfRead({ n: 0, tNs: 0, offset: 0, bytes: body });

/** Parts of a read, each with its number and time. */
export function* piecesOfRead({ n, tNs, offset, bytes }: Read): Generator<Read> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    yield { n, tNs, offset: offset + at, bytes: bytes.subarray(at, at + PIECE_BYTES) };
}
