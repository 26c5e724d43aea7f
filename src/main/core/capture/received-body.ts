/**
 * A body as it arrives: its encoding undone piece by piece, and cut into reads that are told in later turns. Nothing
 * here waits for what is made of a read.
 */
import type { BodyEnd } from '../../../shared/metrics/ending.ts';
import type { Read } from '../../../shared/model/stream.ts';
import { Decoding } from './decoding.ts';
import { faultEnd } from './fault.ts';
import type { KeyMask } from './key-mask.ts';
import { ReadQueue } from './read-queue.ts';

/** Decoded bytes of one body. */
const MAX_BODY_BYTES = 1024 ** 3;
/** Decoded bytes for each byte received; event streams compress about 11 : 1. */
const MAX_RATIO = 200;
/** The ratio counts from here on: a few repeated bytes compress to any ratio and hurt nobody. */
const RATIO_FREE_BYTES = 1024 ** 2;

export interface CaptureLimits {
  readonly bodyBytes: number;
  readonly ratio: number;
}

export interface ReceivedBodySetup {
  readonly limits?: CaptureLimits;
  /**
   * Told of reads in order, a few at a time. Offsets are of the decoded body. Where it throws, the body is stopped there.
   */
  readonly reads: (reads: readonly Read[]) => void;
  /** What is waited for before more is told; undefined where nothing is. Meanwhile more waits here. */
  readonly room?: () => Promise<void> | undefined;
  /** Less waits than before. */
  readonly lighter: () => void;
  /** The body cannot be taken any further: a limit was passed, its encoding is damaged, or the reads are not taken. At most once. */
  readonly stopped: (end: BodyEnd) => void;
}

export class ReceivedBody {
  readonly #setup: ReceivedBodySetup;
  readonly #limits: CaptureLimits;
  readonly #queue: ReadQueue;
  #mask: KeyMask | undefined;
  #encoding = '';
  #decoding: Decoding | undefined;
  /** Pieces one after the other through the decoder; settled when there is none. */
  #decoded: Promise<void> = Promise.resolve();
  /** Nothing of it is in its encoding: it is kept as it came, and why that is so. */
  #notEncoded: unknown;
  /** Pieces of which nothing was decoded, as long as that is so. */
  #undecoded: { readonly bytes: Uint8Array; readonly tNs: number }[] = [];
  /** Reads were not taken, and so none are that follow. */
  #untold = false;
  #stopped = false;
  #stoppedBy: BodyEnd | undefined;
  /** Bytes of the body as they came, then decoded. */
  #received = 0;
  #offset = 0;
  #count = 0;
  /** When the piece arrived that is being decoded. */
  #pieceNs = 0;
  /** Arrived and not decoded yet. */
  #undecodedBytes = 0;

  constructor(setup: ReceivedBodySetup) {
    this.#setup = setup;
    this.#limits = setup.limits ?? { bodyBytes: MAX_BODY_BYTES, ratio: MAX_RATIO };
    this.#queue = new ReadQueue((reads) => {
      this.#tell(reads);
      setup.lighter();
    }, setup.room);
  }

  /** What takes keys out of all that is told. Before the first piece. */
  mask(mask: KeyMask | undefined): void {
    this.#mask = mask;
  }

  /** Bytes that have arrived and were not told yet. */
  get waiting(): number {
    return this.#queue.bytes + this.#undecodedBytes;
  }

  /** Why it stopped itself, if it did. */
  get stoppedBy(): BodyEnd | undefined {
    const end = this.#stoppedBy;
    return end?.how === 'damaged' ? { ...end, received: this.#received } : end;
  }

  /** Before the first piece of a body with an encoding; see encodingOf. */
  encoded(encoding: string): void {
    this.#encoding = encoding;
    this.#decoding = new Decoding(encoding, (bytes) => this.#take(bytes, this.#pieceNs));
  }

  piece(bytes: Uint8Array, tNs: number): void {
    this.#received += bytes.length;
    const decoding = this.#decoding;
    if (!decoding) return this.#take(bytes, tNs);
    this.#undecodedBytes += bytes.length;
    this.#decoded = this.#decode(decoding, bytes, tNs, this.#decoded);
  }

  /** Nothing more is taken. What has been is still told. */
  stop(): void {
    this.#stopped = true;
    this.#decoding?.close();
  }

  /** `whole`: the body ended properly, so that its encoding must have, too. Calls back once all was told. Once, last. */
  end(whole: boolean, told: () => void): void {
    // What has arrived and is not decoded yet still counts, unless this side ended it.
    if (this.#decoding && !this.#stopped) void this.#endDecoding(this.#decoding, whole, told);
    else this.#queue.end(told);
  }

  #tell(reads: readonly Read[]): void {
    // The reads of a body have no holes.
    if (this.#untold) return;
    const mask = this.#mask;
    try {
      this.#setup.reads(mask ? reads.map((read) => ({ ...read, bytes: mask.masked(read.bytes) })) : reads);
    } catch (error) {
      this.#untold = true;
      console.error('Reads of a body could not be taken.', error);
      this.#stopBy(faultEnd(error));
    }
  }

  /** Never rejects: a body that cannot be decoded is stopped. */
  async #decode(decoding: Decoding, bytes: Uint8Array, tNs: number, before: Promise<void>): Promise<void> {
    await before;
    if (this.#stopped) return;
    this.#pieceNs = tNs;
    if (this.#notEncoded !== undefined) this.#take(bytes, tNs);
    else {
      if (this.#offset === 0) this.#undecoded.push({ bytes, tNs });
      await decoding.write(bytes).catch((error: unknown) => this.#failed(decoding, error));
      if (this.#offset > 0) this.#undecoded = [];
    }
    this.#undecodedBytes -= bytes.length;
    this.#setup.lighter();
  }

  /** What is not in its encoding at all is worth seeing as it came: a gateway's plain error under the header of another answer. */
  #failed(decoding: Decoding, error: unknown): void {
    if (this.#offset > 0) return this.#damaged(reasonOf(error), decoding.sound);
    this.#notEncoded = error;
    decoding.close();
    for (const { bytes, tNs } of this.#undecoded) this.#take(bytes, tNs);
    return undefined;
  }

  async #endDecoding(decoding: Decoding, whole: boolean, told: () => void): Promise<void> {
    await this.#decoded;
    if (whole && !this.#stopped) await this.#endWhole(decoding);
    decoding.close();
    this.#queue.end(told);
  }

  async #endWhole(decoding: Decoding): Promise<void> {
    if (this.#notEncoded !== undefined) return this.#damaged(reasonOf(this.#notEncoded), null);
    try {
      await decoding.end();
      if (decoding.sound < this.#received) this.#damaged('bytes after its end', decoding.sound);
    } catch (error) {
      this.#damaged(reasonOf(error), decoding.sound);
    }
  }

  /** `sound`: see BodyEnd. */
  #damaged(reason: string, sound: number | null): void {
    this.#stopBy({ how: 'damaged', encoding: this.#encoding, reason, sound, received: this.#received });
  }

  /** Takes decoded bytes: the one place where a read is made. */
  #take(bytes: Uint8Array, tNs: number): void {
    if (this.#stopped || bytes.length === 0) return;
    const left = this.#limits.bodyBytes - this.#offset;
    const kept = bytes.length > left ? bytes.subarray(0, left) : bytes;
    if (kept.length > 0) {
      this.#queue.add({ n: this.#count++, tNs, offset: this.#offset, bytes: kept });
      this.#offset += kept.length;
    }
    if (bytes.length > left)
      this.#stopBy({
        how: 'limit',
        limit: `The body is longer than ${this.#limits.bodyBytes} bytes, the limit for one response.`,
      });
    else if (this.#decoding && this.#offset > RATIO_FREE_BYTES && this.#offset > this.#received * this.#limits.ratio)
      this.#stopBy({
        how: 'limit',
        limit: `The ${this.#encoding} body decodes to more than ${this.#limits.ratio} times its size, which no event stream does.`,
      });
  }

  #stopBy(end: BodyEnd): void {
    if (this.#stopped) return;
    this.stop();
    this.#stoppedBy = end;
    this.#setup.stopped(end);
  }
}

const reasonOf = (error: unknown): string => {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
};
