/**
 * Reads JSON as it comes, piece by piece, into a tree, by the grammar that Python's json.loads and the partial parser of
 * the adapters share. Each character is looked at once, whatever the pieces are.
 */
import { GrowingText } from './growing-text.ts';
import { PartialTree, type Pending } from './partial-tree.ts';
import { MAX_INT_DIGITS } from './python-int.ts';
import { isHighSurrogate, isLowSurrogate } from '../text/code-points.ts';
import type { PyDict, PyValue } from './python-value.ts';

export interface Dialect {
  /** Whether an escape may give half a surrogate pair. */
  readonly loneSurrogates: boolean;
  /** How many containers a value may stand in. */
  readonly maxNesting: number;
  /** Where a comma or closing bracket is due and something else stands, the containers end and the rest is ignored. */
  readonly endsEarly: boolean;
}

/** docs/adapters.md, 7: the parser of pydantic-core, whose own limit is 200 containers. */
export const PARTIAL: Dialect = { loneSurrogates: false, maxNesting: 200, endsEarly: true };
/** json.loads. CPython stops at 1,000 nested calls, of which the server's own frames take some. */
export const PYTHON: Dialect = { loneSurrogates: true, maxNesting: 900, endsEarly: false };

type State =
  | 'value'
  | 'first-element'
  | 'first-key'
  | 'key'
  | 'colon'
  | 'after'
  | 'string'
  | 'number'
  | 'literal'
  | 'done'
  | 'rejected';

const LITERALS: Readonly<Record<string, readonly [word: string, value: PyValue]>> = {
  t: ['true', true],
  f: ['false', false],
  n: ['null', null],
  N: ['NaN', Number.NaN],
  I: ['Infinity', Number.POSITIVE_INFINITY],
};
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
/** The same by code unit. */
const SIMPLE_ESCAPES: readonly (string | undefined)[] = Array.from(
  { length: 128 },
  (_, unit) => ESCAPES[String.fromCharCode(unit)],
);
/** Which part of a number the last character belongs to, and what may follow in it. */
type NumberPart = 'sign' | 'zero' | 'integer' | 'point' | 'fraction' | 'e' | 'e-sign' | 'exponent';
type UnitClass = 'digit' | 'zero' | '.' | 'e' | 'sign' | 'other';
const NUMBER_STEPS: Readonly<Record<NumberPart, Partial<Record<UnitClass, NumberPart>>>> = {
  sign: { zero: 'zero', digit: 'integer' },
  zero: { '.': 'point', e: 'e' },
  integer: { zero: 'integer', digit: 'integer', '.': 'point', e: 'e' },
  point: { zero: 'fraction', digit: 'fraction' },
  fraction: { zero: 'fraction', digit: 'fraction', e: 'e' },
  e: { zero: 'exponent', digit: 'exponent', sign: 'e-sign' },
  'e-sign': { zero: 'exponent', digit: 'exponent' },
  exponent: { zero: 'exponent', digit: 'exponent' },
};
const COMPLETE: ReadonlySet<NumberPart> = new Set(['zero', 'integer', 'fraction', 'exponent']);
const HEX = /^[0-9a-fA-F]{4}$/;

export class StrictReader {
  readonly tree = new PartialTree();
  readonly #dialect: Dialect;
  #state: State = 'value';
  /** The parts of the open string, joined at its end, or when somebody looks at it: what `+=` leaves behind takes ten times the room of the text. */
  #parts: string[] = [];
  #isKey = false;
  /** The same where somebody looks at it while it grows: the outermost value, and those right in it. */
  #growing: GrowingText | undefined;
  /** An escape that is not complete, from its backslash on; '' outside of one. */
  #escape = '';
  /** The number or literal so far. */
  #word = '';
  #part: NumberPart = 'sign';
  /** Something was taken that is no JSON, as a dialect that ends early does. */
  #lenient = false;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  get rejected(): boolean {
    return this.#state === 'rejected';
  }

  /** The outermost value has ended; more text is ignored, or refused. */
  get done(): boolean {
    return this.#state === 'done';
  }

  feed(text: string): void {
    let at = 0;
    while (at < text.length) {
      switch (this.#state) {
        case 'string':
          at = this.#escape === '' ? this.#string(text, at) : this.#escaped(text, at);
          break;
        case 'number':
          at = this.#number(text, at);
          break;
        case 'literal':
          at = this.#literal(text, at);
          break;
        case 'rejected':
          return;
        case 'done':
          if (!isJsonBlank(text[at]!)) this.#moreAfterEnd();
          at++;
          break;
        default:
          if (!isJsonBlank(text[at]!)) this.#token(text[at]!);
          at++;
      }
    }
  }

  /** The text is one JSON value, of which nothing was ignored. */
  get exact(): boolean {
    return this.done && !this.#lenient;
  }

  /** The scalar that the end of the input cuts, where it counts (docs/adapters.md, 7). */
  pending(): Pending | undefined {
    if (this.#state === 'string' && !this.#isKey && this.#escape === '')
      return { key: this.tree.key, value: this.#growing ?? this.#parts.join('') };
    if (this.#state !== 'number' || !COMPLETE.has(this.#part)) return undefined;
    const word = this.#word;
    return {
      key: this.tree.key,
      // Only when asked for: a long number is cut at every piece of it.
      get value() {
        return numberOf(word);
      },
    };
  }

  #token(c: string): void {
    switch (this.#state) {
      case 'value':
        return this.#value(c);
      case 'first-element':
        return c === ']' ? this.#close() : this.#value(c);
      case 'first-key':
        return c === '}' ? this.#close() : this.#key(c);
      case 'key':
        return this.#key(c);
      case 'colon':
        this.#state = c === ':' ? 'value' : 'rejected';
        return;
      default:
        return this.#afterValue(c);
    }
  }

  #key(c: string): void {
    if (c !== '"') this.#state = 'rejected';
    else this.#beginString(true);
  }

  #value(c: string): void {
    if (this.tree.depth > this.#dialect.maxNesting) this.#state = 'rejected';
    else if (c === '{') this.#open(new Map(), 'first-key');
    else if (c === '[') this.#open([], 'first-element');
    else if (c === '"') this.#beginString(false);
    else if (c === '-' || (c >= '0' && c <= '9')) {
      this.#word = c;
      this.#part = c === '-' ? 'sign' : c === '0' ? 'zero' : 'integer';
      this.#state = 'number';
    } else {
      this.#word = c;
      this.#state = LITERALS[c] === undefined ? 'rejected' : 'literal';
    }
  }

  #afterValue(c: string): void {
    const inDict = this.tree.inDict;
    if (c === ',') this.#state = inDict ? 'key' : 'value';
    else if (c === (inDict ? '}' : ']')) this.#close();
    else if (!this.#dialect.endsEarly) this.#state = 'rejected';
    else {
      this.#lenient = true;
      // This container ends here; so do the outer ones, unless they can go on from this very character.
      this.tree.close();
      this.#afterClose();
      if (!this.done) this.#afterValue(c);
    }
  }

  #open(container: PyValue[] | PyDict, next: State): void {
    this.tree.open(container);
    this.#state = next;
  }

  #close(): void {
    this.tree.close();
    this.#afterClose();
  }

  #put(value: PyValue): void {
    this.tree.put(value);
    this.#afterClose();
  }

  #moreAfterEnd(): void {
    if (this.#dialect.endsEarly) this.#lenient = true;
    else this.#state = 'rejected';
  }

  #afterClose(): void {
    this.#state = this.tree.depth === 0 ? 'done' : 'after';
  }

  #beginString(isKey: boolean): void {
    this.#parts = [];
    this.#isKey = isKey;
    this.#growing = isKey || this.tree.depth > 1 ? undefined : new GrowingText(false);
    this.#state = 'string';
  }

  #string(text: string, from: number): number {
    let start = from;
    let at = from;
    for (; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (!endsRun(unit)) continue;
      const character = unit === BACKSLASH ? SIMPLE_ESCAPES[text.charCodeAt(at + 1)] : undefined;
      if (character === undefined) break;
      if (at > start) this.#parts.push(text.slice(start, at));
      this.#parts.push(character);
      start = ++at + 1;
    }
    if (at > start) this.#parts.push(text.slice(start, at));
    this.#grow();
    if (at === text.length) return at;
    if (text[at] === '\\') this.#escape = '\\';
    else if (text[at] === '"') this.#endString();
    else this.#state = 'rejected';
    return at + 1;
  }

  #endString(): void {
    const whole = this.#growing?.whole() ?? this.#parts.join('');
    if (!this.#isKey) return this.#put(whole);
    this.tree.setKey(whole);
    this.#state = 'colon';
  }

  #grow(): void {
    if (this.#growing === undefined || this.#parts.length === 0) return;
    this.#growing.append(this.#parts.join(''));
    this.#parts = [];
  }

  /** Takes one more character of an escape, or of a pair of them that gives one character. Returns the index to go on from. */
  #escaped(text: string, at: number): number {
    this.#escape += text[at]!;
    if (this.#escape.length > 6) this.#secondHalf(this.#escape.slice(6));
    else if (this.#escape.length > 2 || this.#escape[1] === 'u') this.#unicodeEscape();
    else this.#endEscapeOrReject(ESCAPES[this.#escape[1]!]);
    return at + 1;
  }

  #unicodeEscape(): void {
    if (utf8Length(this.#escape) < 6) return;
    const unit = hexUnit(this.#escape);
    // A high half waits for its low one: what follows decides.
    if (isHighSurrogate(unit)) return;
    const refused = Number.isNaN(unit) || (isLowSurrogate(unit) && !this.#dialect.loneSurrogates);
    this.#endEscapeOrReject(refused ? undefined : String.fromCharCode(unit));
  }

  #secondHalf(begun: string): void {
    const mayPair = begun[0] === '\\' && (begun.length === 1 || begun[1] === 'u');
    if (mayPair && utf8Length(begun) < 6) return;
    const low = mayPair ? hexUnit(begun) : Number.NaN;
    const high = hexUnit(this.#escape);
    if (isLowSurrogate(low)) this.#endEscapeOrReject(String.fromCharCode(high, low));
    else if (!this.#dialect.loneSurrogates) this.#state = 'rejected';
    else {
      // The half stands alone, and what followed it is read again as text of the string.
      this.#endEscapeOrReject(String.fromCharCode(high));
      this.feed(begun);
    }
  }

  #endEscapeOrReject(character: string | undefined): void {
    this.#escape = '';
    if (character === undefined) this.#state = 'rejected';
    else {
      this.#parts.push(character);
      this.#grow();
    }
  }

  #number(text: string, from: number): number {
    let at = from;
    while (at < text.length) {
      const next = NUMBER_STEPS[this.#part][unitClass(text.charCodeAt(at))];
      if (next === undefined) break;
      this.#part = next;
      at++;
    }
    this.#word += text.slice(from, at);
    if (this.#tooLong()) this.#state = 'rejected';
    else if (at < text.length) return this.#endNumber(text, at);
    return at;
  }

  #endNumber(text: string, at: number): number {
    if (this.#part === 'sign' && text[at] === 'I') {
      this.#state = 'literal';
      return at;
    }
    const leadingZero = this.#part === 'zero' && isDigit(text.charCodeAt(at));
    if (!COMPLETE.has(this.#part) || leadingZero) this.#state = 'rejected';
    else this.#put(numberOf(this.#word));
    return at;
  }

  #tooLong(): boolean {
    return (
      (this.#part === 'integer' || this.#part === 'zero') &&
      this.#word.length > MAX_INT_DIGITS + (this.#word[0] === '-' ? 1 : 0)
    );
  }

  #literal(text: string, at: number): number {
    this.#word += text[at]!;
    const negative = this.#word[0] === '-';
    const [word, value] = LITERALS[this.#word[negative ? 1 : 0]!]!;
    const begun = negative ? this.#word.slice(1) : this.#word;
    if (!word.startsWith(begun)) this.#state = 'rejected';
    else if (begun === word) this.#put(negative ? Number.NEGATIVE_INFINITY : value);
    return at + 1;
  }
}

/** An integer stays exact; what has a point or an exponent is a float. */
function numberOf(word: string): bigint | number {
  return isInteger(word) ? BigInt(word) : Number(word);
}

const isInteger = (word: string): boolean => !/[.eE]/.test(word);
const BACKSLASH = 0x5c;
/** A quote, a backslash, or a control character, which JSON does not allow in a string. */
const endsRun = (unit: number): boolean => unit === 0x22 || unit === BACKSLASH || unit < 0x20;
const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;
const isJsonBlank = (c: string): boolean => c === ' ' || c === '\n' || c === '\r' || c === '\t';

function unitClass(unit: number): UnitClass {
  if (isDigit(unit)) return unit === 0x30 ? 'zero' : 'digit';
  if (unit === 0x2e) return '.';
  if (unit === 0x65 || unit === 0x45) return 'e';
  return unit === 0x2b || unit === 0x2d ? 'sign' : 'other';
}

/** The code unit that `\uXXXX` at the start of the text names; NaN when it is none. */
function hexUnit(escape: string): number {
  const digits = escape.slice(2, 6);
  return HEX.test(digits) ? Number.parseInt(digits, 16) : Number.NaN;
}

/** The partial parser counts the four characters of an escape in bytes of UTF-8. */
function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x800 && !isHighSurrogate(unit) && !isLowSurrogate(unit)) length += 2;
    else if (unit >= 0x80) length++;
  }
  return length;
}
