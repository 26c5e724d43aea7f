/**
 * Undoes the content encoding of a body, piece by piece as it arrives: what a piece decodes to belongs to the arrival of
 * that piece. A small body can decode to an endless one (zstd reaches 32,000 : 1), so the consumer counts the output.
 */
import type { Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';

/** Servers that flush each event want it read at once. The end stays strict, so that a cut body is told from a whole one. */
const AT_ONCE = { flush: constants.Z_SYNC_FLUSH };

/** `first`: the body's first byte. */
const DECODERS: Readonly<Record<string, (first: number) => Transform>> = {
  gzip: () => createGunzip(AT_ONCE),
  'x-gzip': () => createGunzip(AT_ONCE),
  // Servers disagree whether the zlib wrapper belongs to it; its first byte ends in 8.
  deflate: (first) => ((first & 0x0f) === 8 ? createInflate(AT_ONCE) : createInflateRaw(AT_ONCE)),
  br: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: () => createZstdDecompress(),
};

/** The one encoding of a body that can be undone; null when there is none to undo, or one that is not known here. */
export function encodingOf(contentEncoding: string | null): string | null {
  const name = (contentEncoding ?? '').trim().toLowerCase();
  return Object.hasOwn(DECODERS, name) ? name : null;
}

export class Decoding {
  readonly #encoding: string;
  readonly #give: (decoded: Uint8Array) => void;
  #stream: Transform | undefined;
  #error: Error | undefined;

  /** `give` gets what comes out, while `write` or `end` is waited for; it may call `close`. */
  constructor(encoding: string, give: (decoded: Uint8Array) => void) {
    this.#encoding = encoding;
    this.#give = give;
  }

  /** Resolves once all that the piece decodes to was given. Rejects with the decoder's error. One piece at a time. */
  async write(piece: Uint8Array): Promise<void> {
    if (piece.length === 0) return;
    const stream = (this.#stream ??= this.#open(piece[0]!));
    await this.#settled((done) => stream.write(piece, done));
  }

  /** The body is over: rejects when the encoding says that there should be more. */
  async end(): Promise<void> {
    const stream = this.#stream;
    if (stream === undefined) return;
    await this.#settled((done) => stream.once('end', done).end());
  }

  close(): void {
    this.#stream?.destroy();
  }

  #open(first: number): Transform {
    const stream = DECODERS[this.#encoding]!(first);
    stream.on('data', this.#give);
    stream.on('error', (error: Error) => {
      this.#error = error;
    });
    return stream;
  }

  async #settled(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    if (this.#error) throw this.#error;
    const stream = this.#stream!;
    await new Promise<void>((resolve, reject) => {
      const finish = (error?: Error | null): void => {
        stream.off('close', closed);
        stream.off('error', finish);
        if (error) reject(error);
        else resolve();
      };
      const closed = (): void => finish(this.#error);
      stream.once('close', closed);
      stream.once('error', finish);
      start(finish);
    });
  }
}
