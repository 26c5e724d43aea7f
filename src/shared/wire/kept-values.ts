/** The last value of each field that went into nothing else, to tell one that comes with each event only once. */

/** Characters of all names and values together: a stream may have a new field, or a large one, with each event. */
const MOST_CHARS = 1024 ** 2;

export class KeptValues {
  readonly #values = new Map<string, string>();
  #chars = 0;

  /** Whether the field had this value, as JSON, when it was last given. Without room for more, one that is new is not remembered. */
  isAgain(path: string, value: string): boolean {
    const last = this.#values.get(path);
    if (last === value) return true;
    if (last !== undefined) {
      this.#values.delete(path);
      this.#chars -= path.length + last.length;
    }
    const chars = path.length + value.length;
    if (this.#chars + chars <= MOST_CHARS) {
      this.#values.set(path, value);
      this.#chars += chars;
    }
    return false;
  }
}
