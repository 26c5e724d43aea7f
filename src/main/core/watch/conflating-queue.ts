import { Signal } from './signal.ts';

/** A stream of values of which only the last one for each key counts: a slow watcher gets fewer of them, never old ones. */
export class ConflatingQueue<Key, Value> {
  readonly #values = new Map<Key, Value>();
  readonly #wake = new Signal();

  set(key: Key, value: Value): void {
    // In the order in which they came last.
    this.#values.delete(key);
    this.#values.set(key, value);
    this.#wake.call();
  }

  /** All that came since it was last asked, until `signal` aborts. For one watcher. */
  async *watch(signal: AbortSignal): AsyncGenerator<readonly Value[]> {
    while (!signal.aborted) {
      if (this.#values.size > 0) {
        const values = [...this.#values.values()];
        this.#values.clear();
        yield values;
      } else await this.#wake.next(signal);
    }
  }
}
