/**
 * A body that is held as its reads. What its framer gives is made anew each time that it is asked for: frames with their JSON weigh many
 * times as much as their bytes.
 */
import { piecesOfRead } from '../framing/pieces.ts';
import type { Api, Frame, Framed, Framing, Read } from '../model/stream.ts';
import { framerOf } from '../providers/framer-of.ts';

export class HeldBody {
  readonly framing: Framing;
  readonly #api: Api;
  readonly #reads: readonly Read[];

  /** `reads` follow each other without a gap. */
  constructor(api: Api, framing: Framing, reads: readonly Read[]) {
    this.framing = framing;
    this.#api = api;
    this.#reads = reads;
  }

  /** Bytes `start` to `end` of the body. */
  slice(start: number, end: number): Uint8Array {
    return bytesIn(this.#reads, start, end);
  }

  /** From the beginning; none of it is held. */
  *framed(): Generator<Framed> {
    const framer = framerOf(this.#api, this.framing);
    for (const read of this.#reads) for (const piece of piecesOfRead(read)) yield* framer.feed(piece);
    yield* framer.end();
  }

  /** The frame at these bytes, whose number and read are not those that it had; undefined where they are none. */
  frameAt({ start, end }: Pick<Frame, 'start' | 'end'>): Frame | undefined {
    const framer = framerOf(this.#api, this.framing);
    const read = { n: 0, tNs: 0, offset: start, bytes: this.slice(start, end) };
    const found = [...framer.feed(read), ...framer.end()].find(({ type }) => type === 'frame');
    return found?.type === 'frame' ? found.frame : undefined;
  }
}

function bytesIn(reads: readonly Read[], start: number, end: number): Uint8Array {
  let [low, high] = [0, reads.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { offset, bytes } = reads[middle]!;
    if (offset + bytes.length > start) high = middle;
    else low = middle + 1;
  }
  const out = new Uint8Array(end - start);
  for (let at = low; at < reads.length && reads[at]!.offset < end; at++) {
    const { offset, bytes } = reads[at]!;
    const from = Math.max(0, start - offset);
    out.set(bytes.subarray(from, Math.min(bytes.length, end - offset)), Math.max(0, offset - start));
  }
  return out;
}
