/**
 * The latest items of a recording as they come, for any number of watchers with a place of their own. A watcher that is slow takes
 * more at a time, and one that has fallen too far behind is let go: nobody waits for it, and nothing grows for it.
 */
import type { TraceItem } from '../../../shared/model/items.ts';
import { Signal } from '../watch/signal.ts';

/** Items that are held at least; twice as many at most. */
const HELD = 50_000;
/** One batch of a watcher. */
const BATCH = 4_000;

export class RecordedItems {
  readonly #held: number;
  #items: TraceItem[] = [];
  /** Number of the first of them. */
  #first = 0;
  readonly #wake = new Signal();
  #ended = false;

  constructor(held = HELD) {
    this.#held = held;
  }

  /** How many there were so far. */
  get length(): number {
    return this.#first + this.#items.length;
  }

  add(items: readonly TraceItem[]): void {
    for (const item of items) this.#items.push(item);
    if (this.#items.length > 2 * this.#held) {
      this.#first += this.#items.length - this.#held;
      this.#items = this.#items.slice(-this.#held);
    }
    if (items.length > 0) this.#wake.call();
  }

  /** No more items will come. */
  end(): void {
    this.#ended = true;
    this.#wake.call();
  }

  /** Whether a watcher that is at item `at` has all that came and will come. */
  given(at: number): boolean {
    return this.#ended && at >= this.length;
  }

  /**
   * From item `from` on: all there are, then all that come, until the end, or until the watcher has gone, or the next item for
   * it is no longer held.
   */
  async *watch(from: number, signal: AbortSignal): AsyncGenerator<readonly TraceItem[]> {
    let at = from;
    while (!signal.aborted && at >= this.#first) {
      if (at < this.length) {
        const batch = this.#items.slice(at - this.#first, at - this.#first + BATCH);
        at += batch.length;
        yield batch;
      } else if (this.#ended) return;
      else await this.#wake.next(signal);
    }
  }
}
