/**
 * The latest items of a recording as they come, for any number of watchers with a place of their own. A watcher that is slow takes
 * more at a time, and one that has fallen too far behind is let go: nobody waits for it, and nothing grows for it. Items are held as they
 * came from the thread that made them, and become objects only in the window.
 */
import type { TraceItem } from '../../../shared/model/items.ts';
import { ItemBatch, packItems, type PackedItems } from '../../../shared/model/packed-items.ts';
import { FRAME_SIZE } from '../../../shared/rpc/frames.ts';
import { Signal } from '../watch/signal.ts';

/** Items that are held at least, and about twice as many at most. */
const HELD = 50_000;
/** Characters that are held at most, but of the latest part: items of hostile streams are as long as their events. */
const HELD_CHARS = 32 * 1024 ** 2;
/** About as many are one batch of a watcher. */
const BATCH = 4_000;

export class RecordedItems {
  readonly #held: number;
  readonly #onWatched: () => void;
  #parts: PackedItems[] = [];
  /** Number of the first item of each part. */
  #firsts: number[] = [];
  #length = 0;
  /** Of all parts. */
  #chars = 0;
  readonly #watchers = new Set<{ at: number }>();
  readonly #wake = new Signal();
  #ended = false;

  /** `onWatched`: called when somebody begins to watch, or has gone. */
  constructor(held = HELD, onWatched: () => void = () => {}) {
    this.#held = held;
    this.#onWatched = onWatched;
  }

  /** Whether somebody watches. */
  get watched(): boolean {
    return this.#watchers.size > 0;
  }

  /** How many there were so far. */
  get length(): number {
    return this.#length;
  }

  add(items: readonly TraceItem[]): void {
    this.addPacked(packItems(items, FRAME_SIZE));
  }

  /** Whether somebody watches, or may do so from the beginning: who comes later has a pass of its own over the bytes. */
  get wanted(): boolean {
    return this.#length < this.#held || [...this.#watchers].some(({ at }) => at >= this.#first);
  }

  addPacked(parts: readonly PackedItems[]): void {
    if (parts.length === 0) return;
    for (const part of parts) {
      this.#parts.push(part);
      this.#firsts.push(this.#length);
      this.#length += part.count;
      this.#chars += charsOf(part);
    }
    if (this.#length - this.#first > 2 * this.#held) this.#drop(this.#partOf(this.#length - this.#held));
    this.#drop(this.#partsBeyond(HELD_CHARS));
    this.#wake.call();
  }

  /** So many came that nobody wanted. They are not held, nor is what came before them. */
  addUnwanted(count: number): void {
    if (count === 0) return;
    this.#drop(this.#parts.length);
    this.#length += count;
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
  async *watch(from: number, signal: AbortSignal): AsyncGenerator<ItemBatch> {
    const watcher = { at: from };
    this.#watchers.add(watcher);
    this.#onWatched();
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
      this.#onWatched();
    }
  }

  /** Number of the first that is held. */
  get #first(): number {
    return this.#firsts[0] ?? this.#length;
  }

  #from(at: number): ItemBatch {
    const first = this.#partOf(at);
    let end = first + 1;
    while (end < this.#parts.length && this.#firsts[end]! - at < BATCH) end++;
    return new ItemBatch(this.#parts.slice(first, end)).from(at - this.#firsts[first]!, FRAME_SIZE);
  }

  /** The part that item `at` is in, which is held. */
  #partOf(at: number): number {
    let [low, high] = [0, this.#firsts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#firsts[middle]! <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** So many of the first parts are held beyond so many characters. */
  #partsBeyond(most: number): number {
    let [parts, chars] = [0, this.#chars];
    while (chars > most && parts < this.#parts.length - 1) chars -= charsOf(this.#parts[parts++]!);
    return parts;
  }

  #drop(parts: number): void {
    if (parts === 0) return;
    for (const part of this.#parts.slice(0, parts)) this.#chars -= charsOf(part);
    this.#parts = this.#parts.slice(parts);
    this.#firsts = this.#firsts.slice(parts);
  }
}

/** One without a text is longer than any text may be. */
const charsOf = (part: PackedItems): number => ('text' in part ? part.text.length : HELD_CHARS);
