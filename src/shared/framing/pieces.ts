/** A body that is there as a whole, in pieces: what is made of one of them can be let go before the next. */
import type { Read } from '../model/stream.ts';

const PIECE_BYTES = 64 * 1024;

/** All as parts of one read without a time. */
export function* piecesOf(body: Uint8Array): Generator<Read> {
  for (let offset = 0; offset < body.length; offset += PIECE_BYTES)
    yield { n: 0, tNs: 0, offset, bytes: body.subarray(offset, offset + PIECE_BYTES) };
}
