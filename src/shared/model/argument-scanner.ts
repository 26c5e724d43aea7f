/**
 * Watches a tool call's arguments grow and says when the text so far is one whole JSON document. It reads the grammar itself, each
 * unit once: a parse of all that has come would be one task of its length, and make a value that nobody asked for.
 */
import { MOST_LEVELS } from '../text/json-text.ts';

/** What may come next, blanks apart. At the top, only an object or a list: that is what arguments are. */
type Next = 'top' | 'first key or }' | 'key' | ':' | 'value' | 'value or ]' | ', or end';

export class ArgumentScanner {
  /** What is open, from the outermost in: an object, or a list. */
  #open: boolean[] = [];
  #next: Next = 'top';
  #inString = false;
  /** Within an escape of a string: how many hexadecimal digits are to come, or `ESCAPE` after its backslash. */
  #escape = 0;
  /** The number or word that may go on in the next piece; empty: none. */
  #token = '';
  /** growing: brackets are open. whole: it is JSON, and only blanks came since. over: it never will be. */
  #state: 'growing' | 'whole' | 'over' = 'growing';

  /** One that has taken the same and goes on by itself. */
  copy(): ArgumentScanner {
    const copy = new ArgumentScanner();
    copy.#open = [...this.#open];
    copy.#next = this.#next;
    copy.#inString = this.#inString;
    copy.#escape = this.#escape;
    copy.#token = this.#token;
    copy.#state = this.#state;
    return copy;
  }

  /** Takes the next piece. Returns whether the text is valid JSON now. */
  feed(piece: string): boolean {
    for (let at = 0; at < piece.length && this.#state !== 'over';)
      if (this.#inString) at = this.#string(piece, at);
      else if (this.#token === '') at = this.#unit(piece, at);
      else at = this.#restOfToken(piece, at);
    return this.#state === 'whole';
  }

  /** Takes what stands outside of strings and tokens, or begins one. Returns the index to go on from. */
  #unit(piece: string, at: number): number {
    const unit = piece.charCodeAt(at);
    if (isBlank(unit)) return at + 1;
    const isValue = this.#next === 'value' || this.#next === 'value or ]';
    if (unit === QUOTE) this.#inString = this.#goOn(isValue ? ', or end' : this.#isKey && ':');
    else if (unit === COLON) this.#goOn(this.#next === ':' && 'value');
    else if (unit === COMMA) this.#goOn(this.#next === ', or end' && (this.#isObject ? 'key' : 'value'));
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) this.#enter(unit === OPEN_BRACE, isValue);
    else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) this.#leave(unit === CLOSE_BRACE);
    else if (this.#goOn(isValue && ', or end')) return this.#restOfToken(piece, at);
    return at + 1;
  }

  /** Of what was opened last. */
  get #isObject(): boolean | undefined {
    return this.#open[this.#open.length - 1];
  }

  get #isKey(): boolean {
    return this.#next === 'key' || this.#next === 'first key or }';
  }

  /** False: what came has no place here, and the text is over. Returns whether it has. */
  #goOn(next: Next | false): boolean {
    if (next === false || this.#state === 'whole') this.#state = 'over';
    else this.#next = next;
    return this.#state !== 'over';
  }

  #enter(isObject: boolean, isValue: boolean): void {
    const fits = (isValue || this.#next === 'top') && this.#open.length < MOST_LEVELS;
    if (this.#goOn(fits && (isObject ? 'first key or }' : 'value or ]'))) this.#open.push(isObject);
  }

  #leave(isObject: boolean): void {
    const isEmpty = this.#next === (isObject ? 'first key or }' : 'value or ]');
    const fits = (isEmpty || this.#next === ', or end') && this.#isObject === isObject;
    if (!this.#goOn(fits && ', or end')) return;
    this.#open.pop();
    if (this.#open.length === 0) this.#state = 'whole';
  }

  /** Takes a number or a word to its end or the piece's. */
  #restOfToken(piece: string, from: number): number {
    let at = from;
    while (at < piece.length && !endsToken(piece.charCodeAt(at))) at++;
    const token = this.#token + piece.slice(from, at);
    if (at === piece.length) this.#token = token;
    else {
      this.#token = '';
      if (!TOKEN.test(token)) this.#state = 'over';
    }
    return at;
  }

  /** Takes a string to its end or the piece's, or as far as its next escape. */
  #string(piece: string, from: number): number {
    if (this.#escape !== 0) return this.#escaped(piece.charCodeAt(from), from);
    let at = from;
    // Nearly all of the longest arguments: nothing of this object is touched for any of it.
    for (; at < piece.length; at++) {
      const unit = piece.charCodeAt(at);
      if (unit === QUOTE || unit === BACKSLASH || unit < SPACE) break;
    }
    if (at === piece.length) return at;
    const unit = piece.charCodeAt(at);
    if (unit === QUOTE) this.#inString = false;
    else if (unit === BACKSLASH) this.#escape = ESCAPE;
    else this.#state = 'over';
    return at + 1;
  }

  #escaped(unit: number, at: number): number {
    if (this.#escape > 0) this.#escape = isHex(unit) ? this.#escape - 1 : NEVER;
    else if (unit === LOWER_U) this.#escape = HEX_DIGITS;
    else this.#escape = SIMPLE_ESCAPES.includes(unit) ? 0 : NEVER;
    if (this.#escape === NEVER) this.#state = 'over';
    return at + 1;
  }
}

const [ESCAPE, NEVER] = [-1, -2];
const HEX_DIGITS = 4;
/** Of the letters, quote, slash and backslash that stand for one character. */
const SIMPLE_ESCAPES: readonly number[] = Array.from('nt"\\/rbf', (char) => char.charCodeAt(0));
const LOWER_U = 0x75;
const TOKEN = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)$/;

const [TAB, LF, CR, SPACE, QUOTE, BACKSLASH] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x5c];
const [COMMA, COLON] = [0x2c, 0x3a];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

const isHex = (unit: number): boolean =>
  (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x46) || (unit >= 0x61 && unit <= 0x66);

const isBlank = (unit: number): boolean => unit === SPACE || unit === LF || unit === CR || unit === TAB;

const endsToken = (unit: number): boolean =>
  isBlank(unit) ||
  unit === COMMA ||
  unit === COLON ||
  unit === QUOTE ||
  unit === CLOSE_BRACE ||
  unit === CLOSE_BRACKET ||
  unit === OPEN_BRACE ||
  unit === OPEN_BRACKET;
