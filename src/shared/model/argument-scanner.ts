/**
 * Watches a tool call's arguments grow and says when the text so far is one whole JSON document. A real parse is tried
 * only where brackets balance, which for a call's arguments is once or twice in its life: the cost stays linear.
 */
import { MOST_LEVELS } from '../text/json-text.ts';

export class ArgumentScanner {
  #depth = 0;
  /** Levels at most so far. */
  #deepest = 0;
  #inString = false;
  #escaped = false;
  /** growing: brackets are open. whole: they balanced and only blanks came since. over: more came, so it never will be. */
  #state: 'growing' | 'whole' | 'over' = 'growing';
  #valid = false;
  /** Where the piece has its next one, for all of its strings: where there is none, none of them looks again. */
  #backslash = -1;

  /** One that has taken the same and goes on by itself. */
  copy(): ArgumentScanner {
    const copy = new ArgumentScanner();
    copy.#depth = this.#depth;
    copy.#deepest = this.#deepest;
    copy.#inString = this.#inString;
    copy.#escaped = this.#escaped;
    copy.#state = this.#state;
    copy.#valid = this.#valid;
    return copy;
  }

  /** Takes the next piece; `pieces` is the whole text with it. Returns whether the text is valid JSON now. */
  feed(piece: string, pieces: readonly string[]): boolean {
    const before = this.#state;
    this.#backslash = -1;
    for (let at = 0; at < piece.length && this.#state !== 'over';)
      at = this.#inString ? this.#string(piece, at) : this.#unit(piece.charCodeAt(at), at);
    if (this.#state === 'whole' && before === 'growing')
      this.#valid = this.#deepest <= MOST_LEVELS && parses(pieces.join(''));
    return this.#state === 'whole' && this.#valid;
  }

  /** Takes what stands outside of strings. Returns the index to go on from. */
  #unit(unit: number, at: number): number {
    if (unit === SPACE || unit === LF || unit === CR || unit === TAB) return at + 1;
    if (this.#state === 'whole') this.#state = 'over';
    else if (unit === QUOTE) this.#inString = true;
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) this.#deepest = Math.max(this.#deepest, ++this.#depth);
    else if ((unit === CLOSE_BRACE || unit === CLOSE_BRACKET) && --this.#depth <= 0) this.#state = 'whole';
    return at + 1;
  }

  /** Passes over a string, most of which means nothing here, to its end or the piece's. */
  #string(piece: string, from: number): number {
    let at = this.#escaped ? from + 1 : from;
    this.#escaped = false;
    for (let quote = -1; ;) {
      if (quote < at) quote = placeOf('"', piece, at);
      if (this.#backslash < at) this.#backslash = placeOf('\\', piece, at);
      if (quote < this.#backslash) {
        this.#inString = false;
        return quote + 1;
      }
      if (this.#backslash === piece.length) return piece.length;
      at = this.#backslash + 2;
      if (at > piece.length) {
        this.#escaped = true;
        return piece.length;
      }
    }
  }
}

/** At or after `from`; the length of the piece where there is none. Looked for by the engine, many times as fast as unit by unit. */
function placeOf(char: string, piece: string, from: number): number {
  const at = piece.indexOf(char, from);
  return at < 0 ? piece.length : at;
}

const [TAB, LF, CR, SPACE, QUOTE] = [0x09, 0x0a, 0x0d, 0x20, 0x22];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** A text that takes this long to read, in UTF-16 units, is not read again for each lane that has it. */
const LONG = 65_536;
let lastLong = { text: '', valid: false };

function parses(text: string): boolean {
  if (text.length < LONG) return isJson(text);
  if (lastLong.text !== text) lastLong = { text, valid: isJson(text) };
  return lastLong.valid;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
