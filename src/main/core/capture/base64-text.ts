/** What the base64 in one read says, as a text whose bytes can be masked where they stand: four characters for three bytes. */
import { GatheredText, grown, NOWHERE } from './gathered-text.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Int8Array(256).fill(-1);
[...ALPHABET].forEach((char, value) => (VALUES[char.charCodeAt(0)] = value));

/** The six bits of a character; negative for one that is none of base64. */
export const sextetOf = (code: number): number => VALUES[code] ?? -1;

export class Base64Text {
  /** Its places are those of `#sextets`: a byte begins in the one that it names, and ends in the next. */
  readonly text: GatheredText;
  #sextets: Uint8Array;
  /** Of each, where its character stands in the read. */
  #places: Int32Array;
  #length = 0;

  /** `most`: bytes of the read. `rest`: of the base64 that it goes on with. */
  constructor(most: number, rest: readonly number[]) {
    this.text = new GatheredText(Math.ceil((most * 3) / 4));
    this.#sextets = new Uint8Array(most);
    this.#places = new Int32Array(most);
    for (const sextet of rest) this.add(sextet, NOWHERE);
  }

  /** Of the last characters, those that are no byte yet: they go on in the next read. */
  get rest(): readonly number[] {
    return [...this.#sextets.subarray(this.#length & ~3, this.#length)];
  }

  add(sextet: number, place: number): void {
    this.#push(sextet, place);
    if ((this.#length & 3) === 0) this.#addBytes(3);
  }

  /** The base64 ends here: what is left of it is less than three bytes. */
  end(): void {
    const characters = this.#length & 3;
    if (characters === 0) return;
    for (let i = characters; i < 4; i++) this.#push(0, NOWHERE);
    this.#addBytes(characters - 1);
  }

  /** Writes another byte at index `at` of the text, unless a part of it was told with an earlier read. `put` writes a character. */
  put(at: number, byte: number, put: (at: number, code: number) => void): void {
    const place = this.text.placeOf(at);
    if (place < 0 || this.#places[place]! < 0 || this.#places[place + 1]! < 0) return;
    const bitsBefore = 2 * (place & 3);
    const bitsAfter = 4 - bitsBefore;
    this.#sextets[place] = (this.#sextets[place]! & (0x3f << (6 - bitsBefore)) & 0x3f) | (byte >> (2 + bitsBefore));
    this.#sextets[place + 1] = (this.#sextets[place + 1]! & ((1 << bitsAfter) - 1)) | ((byte << bitsAfter) & 0x3f);
    for (const one of [place, place + 1]) put(this.#places[one]!, ALPHABET.charCodeAt(this.#sextets[one]!));
  }

  #push(sextet: number, place: number): void {
    if (this.#length === this.#sextets.length) {
      const length = 2 * this.#length + 16;
      this.#sextets = grown(this.#sextets, new Uint8Array(length));
      this.#places = grown(this.#places, new Int32Array(length));
    }
    this.#sextets[this.#length] = sextet;
    this.#places[this.#length++] = place;
  }

  #addBytes(count: number): void {
    const first = this.#length - 4;
    const [b, c] = [this.#sextets[first + 1]!, this.#sextets[first + 2]!];
    this.text.add((this.#sextets[first]! << 2) | (b >> 4), first);
    if (count > 1) this.text.add(((b & 0x0f) << 4) | (c >> 2), first + 1);
    if (count > 2) this.text.add(((c & 0x03) << 6) | this.#sextets[first + 3]!, first + 2);
  }
}
