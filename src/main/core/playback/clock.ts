/** The time a playing goes by. Tests give one that they turn by hand. */
export interface PlayClock {
  /** Nanoseconds from any fixed moment. */
  now(): number;
  /** Resolves at that time or soon after, or at once when `signal` aborts. */
  until(ns: number, signal: AbortSignal): Promise<void>;
}

/** Node's timers count whole milliseconds; what is nearer than half of one is due. */
const NEAR_NS = 500_000;
/** Node takes no longer waits than 2^31 - 1 ms, and a machine may sleep in between. */
const LONGEST_WAIT_MS = 60_000;

export const systemClock: PlayClock = {
  now: () => performance.now() * 1e6,
  async until(ns, signal) {
    while (!signal.aborted) {
      const left = ns - this.now();
      if (left <= NEAR_NS) return;
      await wait(Math.min(Math.max(1, Math.floor(left / 1e6)), LONGEST_WAIT_MS), signal);
    }
  },
};

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
