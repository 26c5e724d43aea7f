/** A wait with a limit. It does not keep the program running. */
export class Wait {
  readonly ms: number;
  readonly #over: () => void;
  #timer: NodeJS.Timeout | undefined;

  /** `over`: called when it has lasted `ms` milliseconds. */
  constructor(ms: number, over: () => void) {
    this.ms = ms;
    this.#over = over;
  }

  /** Goes on where it has begun. */
  begin(): void {
    this.#timer ??= setTimeout(this.#over, this.ms).unref();
  }

  /** From now on, also where it has begun. */
  beginAnew(): void {
    if (this.#timer) this.#timer.refresh();
    else this.begin();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
