/**
 * Undoes the content encoding of a body, piece by piece as it arrives: what a piece decodes to belongs to the arrival of
 * that piece. A small body can decode to an endless one (zstd reaches 32,000 : 1), so the consumer counts the output.
 */
import type { Transform } from 'node:stream';
import {
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
  type Zlib,
} from 'node:zlib';

/** Servers that flush each event want it read at once. The end stays strict, so that a cut body is told from a whole one. */
const AT_ONCE = { flush: constants.Z_SYNC_FLUSH };

/** The beginning of a body, which may be cut anywhere, decoded at once; throws where it is damaged or gives more than `most` bytes. */
type DecodeStart = (bytes: Uint8Array, most: number) => DecodedStart;

interface DecodedStart {
  readonly decoded: Buffer;
  /** Bytes that belong to the encoding: others may follow its end. */
  readonly sound: number;
}

type ZlibStream = Transform & Zlib;

interface Decoder {
  readonly stream: () => ZlibStream;
  readonly start: DecodeStart;
}

const gzip: Decoder = { stream: () => createGunzip(AT_ONCE), start: cut(gunzipSync, constants.Z_SYNC_FLUSH) };
const zlib: Decoder = { stream: () => createInflate(AT_ONCE), start: cut(inflateSync, constants.Z_SYNC_FLUSH) };
const raw: Decoder = { stream: () => createInflateRaw(AT_ONCE), start: cut(inflateRawSync, constants.Z_SYNC_FLUSH) };
const brotli: Decoder = {
  stream: () => createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH }),
  start: cut(brotliDecompressSync, constants.BROTLI_OPERATION_FLUSH),
};
const zstd: Decoder = {
  stream: () => createZstdDecompress(),
  start: cut(zstdDecompressSync, constants.ZSTD_e_flush),
};

/** `first`: the body's first byte. */
const DECODERS: Readonly<Record<string, (first: number) => Decoder>> = {
  gzip: () => gzip,
  'x-gzip': () => gzip,
  // Servers disagree whether the zlib wrapper belongs to it; its first byte ends in 8.
  deflate: (first) => ((first & 0x0f) === 8 ? zlib : raw),
  br: () => brotli,
  zstd: () => zstd,
};

type Options = { readonly finishFlush: number; readonly maxOutputLength: number; readonly info: true };

function cut(decode: (bytes: Uint8Array, options: Options) => unknown, finishFlush: number): DecodeStart {
  return (bytes, maxOutputLength) => {
    // So it is with `info`, which the types of Node do not know.
    const { buffer, engine } = decode(bytes, { finishFlush, maxOutputLength, info: true }) as {
      readonly buffer: Buffer;
      readonly engine: Zlib;
    };
    return { decoded: buffer, sound: engine.bytesWritten };
  };
}

/** As much of an encoded body is held, so that one that is damaged can be decoded up to the damage. */
const HELD_BYTES = 256 * 1024;
/** What so much decodes to, but for bodies made to be a flood. */
const SALVAGED_BYTES = 16 * 1024 ** 2;

/** The one encoding of a body that can be undone; null when there is none to undo, or one that is not known here. */
export function encodingOf(contentEncoding: string | null): string | null {
  const name = (contentEncoding ?? '').trim().toLowerCase();
  return Object.hasOwn(DECODERS, name) ? name : null;
}

export class Decoding {
  readonly #encoding: string;
  readonly #give: (decoded: Uint8Array) => void;
  #decoder: Decoder | undefined;
  #stream: ZlibStream | undefined;
  #error: Error | undefined;
  /** The body so far as it came; undefined once it is too long. */
  #held: Uint8Array[] | undefined = [];
  #heldBytes = 0;
  #given = 0;
  #sound = 0;

  /** `give` gets what comes out, while `write` or `end` is waited for; it may call `close`. */
  constructor(encoding: string, give: (decoded: Uint8Array) => void) {
    this.#encoding = encoding;
    this.#give = give;
  }

  /** Bytes of the body, as it came, that belong to the encoding and are not damaged. */
  get sound(): number {
    return this.#sound;
  }

  /**
   * Resolves once all that the piece decodes to was given. Rejects with the decoder's error, after what comes before the damage
   * was given. One piece at a time.
   */
  async write(piece: Uint8Array): Promise<void> {
    if (piece.length === 0) return;
    const stream = (this.#stream ??= this.#open(piece[0]!));
    this.#hold(piece);
    try {
      await this.#settled((done) => stream.write(piece, done));
      this.#sound = stream.bytesWritten;
    } catch (error) {
      this.#salvage(piece.length);
      throw error;
    }
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

  #open(first: number): ZlibStream {
    this.#decoder = DECODERS[this.#encoding]!(first);
    const stream = this.#decoder.stream();
    stream.on('data', (decoded: Uint8Array) => {
      this.#given += decoded.length;
      this.#give(decoded);
    });
    stream.on('error', (error: Error) => {
      this.#error = error;
    });
    return stream;
  }

  #hold(piece: Uint8Array): void {
    this.#heldBytes += piece.length;
    if (this.#heldBytes > HELD_BYTES) this.#held = undefined;
    this.#held?.push(piece);
  }

  /** Node's decoders give nothing of the piece that the damage is in: gives what comes before it. */
  #salvage(pieceLength: number): void {
    if (this.#held === undefined) return;
    const body = Buffer.concat(this.#held);
    let [good, bad] = [body.length - pieceLength, body.length];
    let found: DecodedStart | undefined;
    while (good < bad) {
      const middle = Math.ceil((good + bad) / 2);
      const start = this.#decodedStart(body.subarray(0, middle));
      if (start) [good, found] = [middle, start];
      else bad = middle - 1;
    }
    if (!found) return;
    this.#sound = found.sound;
    if (found.decoded.length > this.#given) this.#give(found.decoded.subarray(this.#given));
  }

  #decodedStart(bytes: Uint8Array): DecodedStart | undefined {
    try {
      return this.#decoder!.start(bytes, this.#given + SALVAGED_BYTES);
    } catch {
      return undefined;
    }
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
