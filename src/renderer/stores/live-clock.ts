/**
 * How far a stream has come that runs elsewhere: its items come with their own times, and between them only this side's clock
 * goes on. Two things are known of how the two clocks stand: how long the request had been out as the program answered, by the
 * program's own clock, and that no item is here before its time. The earlier beginning of the two is the true one, or later by no
 * more than a delay. The wall clock of this side says nothing of it: it may be another machine's.
 */
const NS_PER_MS = 1e6;

export class LiveClock {
  readonly #now: () => number;
  /** When the request was sent, by this side's clock; milliseconds. */
  #sentAt = Number.POSITIVE_INFINITY;

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The request was sent so long ago, milliseconds, by the program's clock. */
  sent(agoMs: number): void {
    this.#sentAt = Math.min(this.#sentAt, this.#now() - agoMs);
  }

  /** An item of this time has come. */
  heard(tNs: number): void {
    this.#sentAt = Math.min(this.#sentAt, this.#now() - tNs / NS_PER_MS);
  }

  /** Nanoseconds since the request; 0 while nothing is known of it. */
  get nowNs(): number {
    return this.#sentAt === Number.POSITIVE_INFINITY ? 0 : Math.max(0, this.#now() - this.#sentAt) * NS_PER_MS;
  }
}
