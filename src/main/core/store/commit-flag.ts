/**
 * Whether the batch that is out was committed, in memory that the program and the store's thread share: the program looks when it needs to know,
 * and is not woken for each batch.
 */

const OUT = 0;
const COMMITTED = 1;
/** The program needs to know, and is told. */
const AWAITED = 2;

export class CommitFlag {
  readonly shared: SharedArrayBuffer;
  readonly #word: Int32Array;

  /** `shared`: of the other side's flag. */
  constructor(shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#word = new Int32Array(shared);
  }

  // In the program

  /** Before a batch is sent. */
  lower(): void {
    Atomics.store(this.#word, 0, OUT);
  }

  /** Whether the batch was committed. Where it was not, it is told of as soon as it is. */
  look(): boolean {
    return Atomics.compareExchange(this.#word, 0, OUT, AWAITED) === COMMITTED;
  }

  // In the store's thread

  /** The batch was committed. False where that has to be told. */
  raise(): boolean {
    return Atomics.compareExchange(this.#word, 0, OUT, COMMITTED) === OUT;
  }
}
