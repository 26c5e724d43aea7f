/** The last values used, up to a weight: what is asked for again soon costs nothing. */
export class LruCache<Value> {
  readonly #limit: number;
  readonly #weigh: (value: Value) => number;
  /** The one used longest ago first. */
  readonly #values = new Map<string, Value>();
  #weight = 0;

  /** `weigh` must give the same for a value each time. */
  constructor(limit: number, weigh: (value: Value) => number = () => 1) {
    this.#limit = limit;
    this.#weigh = weigh;
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** The value just set stays, however heavy it is. */
  set(key: string, value: Value): void {
    this.#drop(key);
    this.#values.set(key, value);
    this.#weight += this.#weigh(value);
    for (const oldest of this.#values.keys()) {
      if (this.#weight <= this.#limit || oldest === key) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#weight -= this.#weigh(value);
  }
}
