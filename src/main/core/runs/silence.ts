/** How long a stream has said nothing: two clocks, since keep-alive comments are bytes but no content. */

/** Bytes that came are not decoded yet, so that nobody knows what they say: looked at again after so long. */
const UNDECODED_MS = 100;

export class SilenceClock {
  readonly #limitMs: number;
  readonly #tooLong: (silence: 'byte' | 'content') => void;
  #contentAt = performance.now();
  #byteAt = this.#contentAt;
  /** The read that came last, and the last one that was decoded, in nanoseconds since the request was sent. */
  #byteNs = 0;
  #decodedNs = 0;
  #timer: NodeJS.Timeout | undefined;

  /** Runs from now on. `tooLong` is told once that nothing but keep-alive (`content`), or nothing at all (`byte`), came for so long. */
  constructor(limitSeconds: number, tooLong: (silence: 'byte' | 'content') => void) {
    this.#limitMs = limitSeconds * 1000;
    this.#tooLong = tooLong;
    this.#arm(this.#limitMs);
  }

  /** A read came. */
  heard(tNs: number): void {
    this.#byteAt = performance.now();
    this.#byteNs = tNs;
  }

  /** All up to the read of `decodedNs` is decoded; the last that said something came at `saidNs`. */
  decoded(decodedNs: number, saidNs: number | null): void {
    this.#decodedNs = decodedNs;
    if (saidNs !== null) this.#contentAt = this.#byteAt - (this.#byteNs - saidNs) / 1e6;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** One timer for the whole stream: it looks how long is left, instead of being set anew with each read. */
  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      const leftMs = this.#limitMs - (performance.now() - this.#contentAt);
      if (leftMs > 0) this.#arm(leftMs);
      else if (this.#decodedNs < this.#byteNs) this.#arm(UNDECODED_MS);
      else this.#tooLong(this.#byteAt > this.#contentAt ? 'content' : 'byte');
    }, ms);
  }
}
