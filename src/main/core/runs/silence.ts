/** How long a stream has said nothing: two clocks, since keep-alive comments are bytes but no content. */

export class SilenceClock {
  readonly #limitMs: number;
  readonly #tooLong: (silence: 'byte' | 'content') => void;
  #contentAt = performance.now();
  #byteAt = this.#contentAt;
  #timer: NodeJS.Timeout | undefined;

  /** Runs from now on. `tooLong` is told once that nothing but keep-alive (`content`), or nothing at all (`byte`), came for so long. */
  constructor(limitSeconds: number, tooLong: (silence: 'byte' | 'content') => void) {
    this.#limitMs = limitSeconds * 1000;
    this.#tooLong = tooLong;
    this.#arm(this.#limitMs);
  }

  heard(what: 'content' | 'keep-alive'): void {
    this.#byteAt = performance.now();
    if (what === 'content') this.#contentAt = this.#byteAt;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** One timer for the whole stream: it looks how long is left, instead of being set anew with each read. */
  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      const leftMs = this.#limitMs - (performance.now() - this.#contentAt);
      if (leftMs > 0) this.#arm(leftMs);
      else this.#tooLong(this.#byteAt > this.#contentAt ? 'content' : 'byte');
    }, ms);
  }
}
