/**
 * The optimistic parser (docs/adapters.md, 7), reading its text piece by piece: what takes over when the partial parser
 * refuses. It decodes no escapes, guesses at what is missing, and strips blanks (Python's) wherever it looks, the end of
 * the input included.
 */
import { GrowingText } from './growing-text.ts';
import { PartialTree, type Pending } from './partial-tree.ts';
import { NumberRun } from './number-run.ts';
import { isBlank } from './python-text.ts';
import { isHighSurrogate } from '../text/code-points.ts';
import type { PyKey, PyValue } from './python-value.ts';

/** CPython stops at 1,000 nested calls, this parser makes two a level, and the server's own frames stand below. */
const MAX_OPTIMISTIC_NESTING = 450;

type State =
  | 'value'
  | 'element'
  | 'key'
  | 'colon'
  | 'after-colon'
  | 'after'
  | 'string'
  | 'number'
  | 'literal'
  | 'done'
  | 'rejected';

const LITERALS: Readonly<Record<string, readonly [characters: number, value: PyValue]>> = {
  t: [4, true],
  T: [4, true],
  f: [5, false],
  F: [5, false],
  n: [4, null],
};
const NUMBER_UNIT = /[0-9.-]/;

export class OptimisticReader {
  readonly tree = new PartialTree();
  #state: State = 'value';
  /** The scalar being read is a key. */
  #isKey = false;
  #text = new GrowingText(false);
  #lastUnit = '';
  #run = new NumberRun();
  /** A literal takes so many characters, whatever they are. */
  #charactersLeft = 0;
  #literal: PyValue = null;
  /** The text began with a blank, and so was stripped at both ends before anything else. */
  #beganBlank = false;

  get rejected(): boolean {
    return this.#state === 'rejected';
  }

  feed(text: string): void {
    let at = 0;
    while (at < text.length) {
      switch (this.#state) {
        case 'string':
          at = this.#string(text, at);
          break;
        case 'number':
          at = this.#number(text, at);
          break;
        case 'literal':
          // The second half of a pair completes the character.
          if (!isHighSurrogate(text.charCodeAt(at)) && --this.#charactersLeft === 0) this.#scalar(this.#literal);
          at++;
          break;
        case 'done':
        case 'rejected':
          return;
        default:
          // A token may end containers and be read again by the outer one; then it is not consumed.
          if (isBlank(text.charCodeAt(at)) && this.#skipsBlank(text[at]!)) at++;
          else if (this.#token(text[at]!)) at++;
      }
    }
  }

  /** Whether the text so far is refused; the end of the input alone can decide it. */
  refusedAtEnd(): boolean {
    if (this.rejected) return true;
    if (this.#state === 'number') return !this.#run.converts;
    return this.#state === 'value' && this.tree.depth === 0;
  }

  pending(): Pending | undefined {
    switch (this.#state) {
      case 'string':
      case 'number':
      case 'literal': {
        if (this.#isKey) return { key: keyOf(this.#cutScalar()), value: null };
        return { key: this.tree.key, value: this.#cutScalar() };
      }
      case 'colon':
      case 'after-colon':
        return { key: this.tree.key, value: null };
      default:
        return undefined;
    }
  }

  #cutScalar(): PyValue | GrowingText {
    if (this.#state === 'string') return this.#text;
    return this.#state === 'number' ? this.#run.value() : this.#literal;
  }

  /** The text may begin with one of JSON's four blanks, and is stripped then; from there on Python's blanks count. */
  #skipsBlank(c: string): boolean {
    if (this.tree.depth === 0 && !this.#beganBlank)
      this.#beganBlank = c === ' ' || c === '\t' || c === '\n' || c === '\r';
    return this.tree.depth > 0 || this.#beganBlank;
  }

  #token(c: string): boolean {
    switch (this.#state) {
      case 'value':
        return this.#begin(c, false);
      case 'element':
        return c === ']' ? this.#close() : this.#begin(c, false);
      case 'key':
        return c === '}' ? this.#close() : this.#begin(c, true);
      case 'colon':
        return this.#colon(c);
      case 'after-colon':
        return this.#afterColon(c);
      default:
        this.#state = this.tree.inDict ? 'key' : 'element';
        return c === ',';
    }
  }

  #colon(c: string): boolean {
    if (c === ':') this.#state = 'after-colon';
    else if (c === '}') return this.#endWithoutValue();
    else this.#state = 'rejected';
    return true;
  }

  #afterColon(c: string): boolean {
    if (c === ',' || c === '}') {
      this.#endWithoutValue();
      return c === ',';
    }
    return this.#begin(c, false);
  }

  /** A key without a value gets null and ends its object. A bracket there is not consumed: it ends the outer one too. */
  #endWithoutValue(): boolean {
    this.tree.put(null);
    this.#close();
    return false;
  }

  #begin(c: string, isKey: boolean): boolean {
    this.#isKey = isKey;
    const literal = LITERALS[c];
    if (c === '"') {
      this.#text = new GrowingText(this.tree.depth > 0 || this.#beganBlank);
      this.#lastUnit = c;
      this.#state = 'string';
    } else if (literal !== undefined) {
      [this.#charactersLeft, this.#literal] = literal;
      this.#charactersLeft--;
      this.#state = 'literal';
    } else if (NUMBER_UNIT.test(c)) {
      this.#run = new NumberRun();
      this.#run.append(c);
      this.#state = 'number';
    } else if ((c === '{' || c === '[') && !isKey && this.tree.depth < MAX_OPTIMISTIC_NESTING) {
      this.tree.open(c === '{' ? new Map<PyKey, PyValue>() : []);
      this.#state = c === '{' ? 'key' : 'element';
    } else this.#state = 'rejected';
    return true;
  }

  #close(): boolean {
    this.tree.close();
    this.#afterValue();
    return true;
  }

  #afterValue(): void {
    this.#state = this.tree.depth === 0 ? 'done' : 'after';
  }

  #scalar(value: PyValue): void {
    if (this.#isKey) {
      this.tree.setKey(value as PyKey);
      this.#state = 'colon';
    } else {
      this.tree.put(value);
      this.#afterValue();
    }
  }

  #string(text: string, from: number): number {
    let at = text.indexOf('"', from);
    while (at >= 0 && (at === from ? this.#lastUnit : text[at - 1]) === '\\') at = text.indexOf('"', at + 1);
    const end = at < 0 ? text.length : at;
    if (end > from) {
      this.#text.append(text.slice(from, end));
      this.#lastUnit = text[end - 1]!;
    }
    if (at < 0) return end;
    this.#scalar(this.#text.whole());
    return end + 1;
  }

  #number(text: string, from: number): number {
    let at = from;
    while (at < text.length && NUMBER_UNIT.test(text[at]!)) at++;
    this.#run.append(text.slice(from, at));
    if (at === text.length) return at;
    if (!this.#run.converts) {
      this.#state = 'rejected';
      return at;
    }
    const value = this.#run.value();
    if (typeof value === 'string') this.#dropRest(value);
    else this.#scalar(value);
    return at;
  }

  /** A sign or point alone stands for itself, and everything behind it is lost. */
  #dropRest(text: string): void {
    if (this.#isKey) {
      this.tree.setKey(text);
      this.tree.put(null);
    } else this.tree.put(text);
    this.#state = 'done';
  }
}

const keyOf = (value: PyValue | GrowingText): PyKey =>
  value instanceof GrowingText ? value.beyond(0) : (value as PyKey);
