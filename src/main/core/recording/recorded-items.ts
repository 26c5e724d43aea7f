/**
 * The latest items of a recording as they come, for any number of watchers with a place of their own. A watcher that is slow takes
 * more at a time, and one that has fallen too far behind is let go: nobody waits for it, and nothing grows for it. Items are held as they
 * came from the thread that made them, and become objects only for somebody who watches.
 */
import type { TraceItem } from '../../../shared/model/items.ts';
import { packItems, unpackItems, type PackedItems } from '../decoding/packed-items.ts';
import { Signal } from '../watch/signal.ts';

/** Items that are held at least, and about twice as many at most. */
const HELD = 50_000;
/** About as many are one batch of a watcher. */
const BATCH = 4_000;

export class RecordedItems {
  readonly #held: number;
  #batches: PackedItems[] = [];
  /** Number of the first item of each batch. */
  #firsts: number[] = [];
  #length = 0;
  readonly #watchers = new Set<{ at: number }>();
  readonly #wake = new Signal();
  #ended = false;

  constructor(held = HELD) {
    this.#held = held;
  }

  /** How many there were so far. */
  get length(): number {
    return this.#length;
  }

  add(items: readonly TraceItem[]): void {
    this.addPacked(packItems(items));
  }

  /** Whether somebody watches, or may do so from the beginning: who comes later has a pass of its own over the bytes. */
  get wanted(): boolean {
    return this.#length < this.#held || [...this.#watchers].some(({ at }) => at >= this.#first);
  }

  /** The bytes must not change. What is only counted is not held, nor is what came before it. */
  addPacked(items: PackedItems): void {
    if (items.count === 0) return;
    if (items.bytes === null) {
      this.#drop(this.#batches.length);
      this.#length += items.count;
      return this.#wake.call();
    }
    this.#batches.push(items);
    this.#firsts.push(this.#length);
    this.#length += items.count;
    if (this.#length - this.#first > 2 * this.#held) this.#drop(this.#batchOf(this.#length - this.#held));
    this.#wake.call();
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
    const watcher = { at: from };
    this.#watchers.add(watcher);
    try {
      while (!signal.aborted && watcher.at >= this.#first) {
        if (watcher.at < this.length) {
          const batch = this.#from(watcher.at);
          watcher.at += batch.length;
          yield batch;
        } else if (this.#ended) return;
        else await this.#wake.next(signal);
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  /** Number of the first that is held. */
  get #first(): number {
    return this.#firsts[0] ?? this.#length;
  }

  #from(at: number): readonly TraceItem[] {
    const items: TraceItem[] = [];
    for (let n = this.#batchOf(at); n < this.#batches.length && items.length < BATCH; n++) {
      const skip = Math.max(0, at - this.#firsts[n]!);
      for (const item of unpackItems(this.#batches[n]!).slice(skip)) items.push(item);
    }
    return items;
  }

  /** The batch that item `at` is in, which is held. */
  #batchOf(at: number): number {
    let [low, high] = [0, this.#firsts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#firsts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #drop(batches: number): void {
    this.#batches = this.#batches.slice(batches);
    this.#firsts = this.#firsts.slice(batches);
  }
}
