/** Bytes of one read that are read as one text, wherever they stand in it, and the masks over the keys in that text. */
import type { KeyPlace } from './sent-keys.ts';

const SAYS = '<redacted>';
const STAR = 0x2a;
/** Of a byte that stands nowhere in the read. */
export const NOWHERE = -1;
/** Between two texts: it ends a string of JSON that was left open. */
const LINE_FEED = 0x0a;

/** What stands in the place of so many bytes. */
export const maskOf = (length: number): Buffer => Buffer.from((SAYS.length <= length ? SAYS : '').padEnd(length, '*'));

/** Tells for each byte of the places what stands there instead of a key. */
export function eachMasked(places: readonly KeyPlace[], put: (at: number, byte: number) => void): void {
  for (const { start, end, said, length } of places)
    for (let at = start; at < end; at++) {
      const word = length < SAYS.length ? NaN : SAYS.charCodeAt(said + at - start);
      put(at, Number.isNaN(word) ? STAR : word);
    }
}

export class GatheredText {
  #bytes: Uint8Array;
  #places: Int32Array;
  #length = 0;

  /** `most`: bytes that are expected. */
  constructor(most: number) {
    this.#bytes = new Uint8Array(most);
    this.#places = new Int32Array(most);
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  /** Where the byte at index `at` of the text stands; negative where it stands nowhere, or is not to be masked. */
  placeOf(at: number): number {
    return this.#places[at]!;
  }

  add(byte: number, place: number): void {
    if (this.#length === this.#bytes.length) this.#grow();
    this.#bytes[this.#length] = byte;
    this.#places[this.#length++] = place;
  }

  addAll(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at++) this.add(bytes[at]!, at);
  }

  /** A byte that belongs to the text and is not to be masked, unless it is shown. */
  addHidden(byte: number, place: number): void {
    this.add(byte, NOWHERE - 1 - place);
  }

  /** All from index `from` of the text on is to be masked after all. */
  show(from: number): void {
    for (let at = from; at < this.#length; at++)
      if (this.#places[at]! < NOWHERE) this.#places[at] = NOWHERE - 1 - this.#places[at]!;
  }

  /** The text ends here, and another follows. */
  endText(): void {
    this.add(LINE_FEED, NOWHERE);
  }

  #grow(): void {
    const length = 2 * this.#length + 16;
    this.#bytes = grown(this.#bytes, new Uint8Array(length));
    this.#places = grown(this.#places, new Int32Array(length));
  }
}

/** `empty` with what is in a shorter one. */
export function grown<List extends Uint8Array | Int32Array>(list: List, empty: List): List {
  empty.set(list);
  return empty;
}
