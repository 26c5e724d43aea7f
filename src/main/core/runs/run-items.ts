/**
 * The items of a run as they come, kept while it is live, for any number of watchers with a place of their own. A watcher
 * that is slow takes more at a time; nobody waits for it.
 */
import type { TraceItem } from '../../../shared/model/items.ts';

export class RunItems {
  readonly #items: TraceItem[] = [];
  readonly #waiting = new Set<() => void>();
  #ended = false;

  get length(): number {
    return this.#items.length;
  }

  add(items: readonly TraceItem[]): void {
    for (const item of items) this.#items.push(item);
    if (items.length > 0) this.#wake();
  }

  /** No more items will come. */
  end(): void {
    this.#ended = true;
    this.#wake();
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
      else await this.#next(signal);
    }
  }

  async #next(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = () => {
        this.#waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
