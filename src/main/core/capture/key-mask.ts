/**
 * Redacts an echoed API key: some gateways repeat the key of a request in their error, and a model repeats what it was shown. The
 * replacement has the same length, so every offset stays, and contains nothing that JSON or an event stream would parse differently.
 */
import { SentKeys } from './sent-keys.ts';

const SAYS = '<redacted>';
const STAR = 0x2a;

/** What stands in the place of so many bytes. */
export const maskOf = (length: number): Buffer => Buffer.from((SAYS.length <= length ? SAYS : '').padEnd(length, '*'));

/** The masks of one body, read by read. */
export class KeyMask {
  readonly #keys: SentKeys;

  private constructor(keys: SentKeys) {
    this.#keys = keys;
  }

  /** Undefined where no key is given that would be taken out. */
  static for(keys: readonly (string | undefined)[]): KeyMask | undefined {
    const sent = SentKeys.of(keys, 'stream');
    return sent && new KeyMask(sent);
  }

  /** The next read's bytes without the keys: the same ones where none is in them, else a copy. */
  masked(bytes: Uint8Array): Uint8Array {
    const places = this.#keys.placesIn(bytes);
    if (places.length === 0) return bytes;
    const copy = new Uint8Array(bytes);
    for (const { start, end, said, length } of places)
      for (let at = start; at < end; at++) {
        const word = length < SAYS.length ? NaN : SAYS.charCodeAt(said + at - start);
        copy[at] = Number.isNaN(word) ? STAR : word;
      }
    return copy;
  }
}
