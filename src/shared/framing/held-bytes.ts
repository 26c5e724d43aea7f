/** Bytes of which the rest has not come: each is copied once, and the memory of a huge line or message is given back. */

const FIRST_BYTES = 1024;
/** What is kept between two lines or messages. */
const KEPT_BYTES = 64 * 1024;

export class HeldBytes {
  #buffer = new Uint8Array(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All that is held, valid until the next change. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** Holds `bytes[from..to]`, too. */
  append(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(length, this.#buffer.length * 2));
      grown.set(this.bytes);
      this.#buffer = grown;
    }
    // For a few bytes a loop costs less than the call.
    if (to - from < 32) for (let i = from, at = this.#length; i < to; i++) this.#buffer[at++] = bytes[i]!;
    else this.#buffer.set(bytes.subarray(from, to), this.#length);
    this.#length = length;
  }

  /** Lets go of the first bytes. */
  drop(count: number): void {
    if (count === 0) return;
    const rest = this.#buffer.slice(count, this.#length);
    this.clear();
    this.append(rest, 0, rest.length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#buffer.length > KEPT_BYTES) this.#buffer = new Uint8Array(FIRST_BYTES);
  }
}
