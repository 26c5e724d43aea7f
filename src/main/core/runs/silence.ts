/**
 * How long a stream has said nothing, by when its reads came and not by when this thread was told of them. Two silences, since
 * keep-alive comments are bytes but no content.
 */

/** It is not known yet what the last bytes say: looked at again after so long. */
const UNKNOWN_MS = 100;
const NS_PER_MS = 1e6;

export interface SilenceSetup {
  readonly limitSeconds: number;
  /** When the head came, in nanoseconds since the request was sent, as all times here. */
  readonly headNs: number;
  /** Asks whether all that has come by now was told; false where some of it waits. Never rejects. */
  readonly caughtUp: () => Promise<boolean>;
  /** Told once that nothing but keep-alive (`content`), or nothing at all (`byte`), came for so long. */
  readonly tooLong: (silence: 'byte' | 'content') => void;
}

export class SilenceClock {
  readonly #setup: SilenceSetup;
  /** When the request was sent, by this thread's clock. Never too early: what came first is told the soonest after it came. */
  #sentMs = Infinity;
  /** The read that came last, the last one that was decoded, and the last that said something. */
  #byteNs = 0;
  #decodedNs: number;
  #contentNs: number;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** Runs from now on. */
  constructor(setup: SilenceSetup) {
    this.#setup = setup;
    this.#decodedNs = setup.headNs;
    this.#contentNs = setup.headNs;
    this.heard(setup.headNs);
    this.#arm(this.#leftMs);
  }

  /** A read came. */
  heard(tNs: number): void {
    this.#sentMs = Math.min(this.#sentMs, performance.now() - tNs / NS_PER_MS);
    this.#byteNs = tNs;
  }

  /** All up to the read of `decodedNs` is decoded; the last that said something came at `saidNs`. */
  decoded(decodedNs: number, saidNs: number | null): void {
    this.#decodedNs = decodedNs;
    if (saidNs !== null) this.#contentNs = saidNs;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  get #leftMs(): number {
    return this.#setup.limitSeconds * 1000 - (performance.now() - this.#sentMs - this.#contentNs / NS_PER_MS);
  }

  /** What is decoded is enough, however much of the stream is not: keep-alive that never pauses is never decoded to its end. */
  get #decodedSaysTooLong(): boolean {
    return (this.#decodedNs - this.#contentNs) / NS_PER_MS >= this.#setup.limitSeconds * 1000;
  }

  /** One timer for the whole stream: it looks how long is left, instead of being set anew with each read. */
  #arm(ms: number): void {
    this.#timer = setTimeout(() => void this.#look(), ms);
  }

  /** A thread that was late runs its timers first, before it is told of what came meanwhile. */
  async #look(): Promise<void> {
    const caughtUp = this.#leftMs > 0 || (await this.#setup.caughtUp());
    if (this.#stopped) return;
    if (this.#leftMs > 0) this.#arm(this.#leftMs);
    else if (!(caughtUp && this.#decodedNs >= this.#byteNs) && !this.#decodedSaysTooLong) this.#arm(UNKNOWN_MS);
    else this.#setup.tooLong(this.#byteNs > this.#contentNs ? 'content' : 'byte');
  }
}
