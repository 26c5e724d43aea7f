/** What a watcher of something live sleeps on until there is more to take. */
export class Signal {
  readonly #sleeping = new Set<() => void>();

  /** Resolves when it is next called, or when `signal` aborts. Look for what is new first: a call before this is not kept. */
  async next(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#sleeping.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#sleeping.add(done);
      signal.addEventListener('abort', done);
    });
  }

  call(): void {
    for (const wake of this.#sleeping) wake();
  }
}
