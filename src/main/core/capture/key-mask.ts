/**
 * Redacts an echoed API key: some gateways repeat the key of a request in their error. The replacement has the same length, so
 * every offset stays, and contains nothing that JSON or an event stream would parse differently.
 */
import { SHORTEST_KEY } from './secrets.ts';

const SAYS = '<redacted>';
/** At the end of a read, this many bytes that begin like the key are taken for it: the next read may bring the rest. */
const HALF_SAID = 16;

/** What stands in the place of so many bytes. */
export const maskOf = (length: number): Buffer => Buffer.from((SAYS.length <= length ? SAYS : '').padEnd(length, '*'));

export class KeyMask {
  readonly #key: Buffer;
  readonly #fill: Buffer;
  /** The end of what came before, as it came: the start of a key that the next read ends. */
  #before = Buffer.alloc(0);

  constructor(key: string) {
    this.#key = Buffer.from(key);
    this.#fill = maskOf(this.#key.length);
  }

  /** The mask for a key; undefined for none, and for one so short that it is a word (see Redaction). */
  static for(key: string | undefined): KeyMask | undefined {
    return key === undefined || key.length < SHORTEST_KEY ? undefined : new KeyMask(key);
  }

  /** The next read's bytes without the key: the same ones where it is not in them, else a copy. */
  masked(bytes: Uint8Array): Uint8Array {
    const key = this.#key;
    const before = this.#before;
    const text =
      before.length === 0
        ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        : Buffer.concat([before, bytes]);
    let copy: Uint8Array | undefined;
    /** Where the key begins in `text`; what of it lies in this read is replaced. */
    const replace = (start: number, length: number): void => {
      copy ??= new Uint8Array(bytes);
      const skip = Math.max(0, before.length - start);
      copy.set(this.#fill.subarray(skip, length), start + skip - before.length);
    };
    let from = 0;
    for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, from)) {
      replace(at, key.length);
      from = at + key.length;
    }
    const begun = this.#begunAt(text, from);
    if (text.length - begun >= HALF_SAID) replace(begun, text.length - begun);
    this.#before = Buffer.from(text.subarray(begun));
    return copy ?? bytes;
  }

  /** Where the text's end, from `from` on, begins like the key; the text's length where it does not. */
  #begunAt(text: Buffer, from: number): number {
    const [first] = this.#key;
    let at = Math.max(from, text.length - this.#key.length + 1);
    while (
      at < text.length &&
      (text[at] !== first || !this.#key.subarray(0, text.length - at).equals(text.subarray(at)))
    )
      at++;
    return at;
  }
}
