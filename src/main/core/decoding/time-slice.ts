/** Long work on the main thread in slices, so that reads of live runs are stamped when they come and not when it is done. */
import { setImmediate } from 'node:timers/promises';

/** A read that comes meanwhile is stamped late by half of this on average. */
const SLICE_MS = 3;

export class TimeSlice {
  #began = performance.now();

  /** To be awaited after each small piece of work: lets others go first once a slice is used up. */
  async pause(): Promise<void> {
    if (performance.now() - this.#began < SLICE_MS) return;
    await setImmediate();
    this.#began = performance.now();
  }
}
