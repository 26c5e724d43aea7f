/**
 * Keeps a thread from being ended in the middle of a native call. V8 does nothing for a thread that is being ended; a native module that asks
 * something of it then aborts the whole process. The thread says when it is within such calls, and whoever ends it waits until it is
 * not.
 */
import { setImmediate } from 'node:timers/promises';

/** Two words of shared memory: whether the thread is within a call, and whether it may begin none any more. */
const WITHIN = 0;
const SHUT = 1;
const WORDS_BYTES = 8;

export class Gate {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;
  #depth = 0;

  /** `shared`: of the other side's gate. */
  constructor(shared = new SharedArrayBuffer(WORDS_BYTES)) {
    this.shared = shared;
    this.#words = new Int32Array(shared);
  }

  // In the thread

  /** Does what makes native calls. Where the thread is being ended it never returns. */
  within<Value>(work: () => Value): Value {
    this.#enter();
    try {
      return work();
    } finally {
      this.#leave();
    }
  }

  /** The same for work of several steps with a `pause` between two of them. One at a time. */
  async stepwise<Value>(work: () => Promise<Value>): Promise<Value> {
    this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  /** Lets others have a turn; the thread may be ended meanwhile. */
  async pause(): Promise<void> {
    this.#leave();
    await setImmediate();
    this.#enter();
  }

  #enter(): void {
    if (this.#depth++ > 0) return;
    Atomics.store(this.#words, WITHIN, 1);
    if (Atomics.load(this.#words, SHUT) === 0) return;
    this.#leave();
    // Here it is ended.
    Atomics.wait(this.#words, SHUT, 1);
  }

  #leave(): void {
    if (--this.#depth > 0) return;
    Atomics.store(this.#words, WITHIN, 0);
    Atomics.notify(this.#words, WITHIN);
  }

  // From outside

  /** Resolves once the thread is within no call, and will be within none. */
  async shut(): Promise<void> {
    Atomics.store(this.#words, SHUT, 1);
    while (Atomics.load(this.#words, WITHIN) === 1) await Atomics.waitAsync(this.#words, WITHIN, 1).value;
  }
}
