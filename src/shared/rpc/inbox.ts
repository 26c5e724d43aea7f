/** The receiving half that every port has in common: frames wait until someone listens, and the close is told once. */
export class Inbox {
  #listener: ((frame: string) => void) | undefined;
  #early: string[] = [];
  readonly #closeListeners: (() => void)[] = [];
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  deliver(frame: string): void {
    if (this.#closed) return;
    if (this.#listener) this.#listener(frame);
    else this.#early.push(frame);
  }

  onMessage(listener: (frame: string) => void): void {
    this.#listener = listener;
    const early = this.#early;
    this.#early = [];
    for (const frame of early) listener(frame);
  }

  onClose(listener: () => void): void {
    if (this.#closed) queueMicrotask(listener);
    else this.#closeListeners.push(listener);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const listener of this.#closeListeners.splice(0)) listener();
  }
}
