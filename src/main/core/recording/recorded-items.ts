/**
 * The items of a recording as they come, kept while it is live, for any number of watchers with a place of their own. A
 * watcher that is slow takes more at a time; nobody waits for it.
 */
import type { TraceItem } from '../../../shared/model/items.ts';
import { Signal } from '../watch/signal.ts';

export class RecordedItems {
  readonly #items: TraceItem[] = [];
  readonly #wake = new Signal();
  #ended = false;

  get length(): number {
    return this.#items.length;
  }

  add(items: readonly TraceItem[]): void {
    for (const item of items) this.#items.push(item);
    if (items.length > 0) this.#wake.call();
  }

  /** No more items will come. */
  end(): void {
    this.#ended = true;
    this.#wake.call();
  }

  /** The items `from` to `to`, `to` exclusive: as many of them as there are. */
  slice(from: number, to: number): readonly TraceItem[] {
    return this.#items.slice(from, to);
  }

  /** From item `from` on: all there are, then all that come, until the end or until the watcher has gone. */
  async *watch(from: number, signal: AbortSignal): AsyncGenerator<readonly TraceItem[]> {
    let at = from;
    while (!signal.aborted) {
      if (at < this.#items.length) {
        const batch = this.#items.slice(at);
        at += batch.length;
        yield batch;
      } else if (this.#ended) return;
      else await this.#wake.next(signal);
    }
  }
}
