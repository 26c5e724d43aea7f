/**
 * Objects as programs print them that are no JSON: pydantic's models and dicts of Python (`repr`), objects of JavaScript
 * (`console.log`, util.inspect).
 */
import type { JsonObject } from '../../../shared/json/json-object.ts';

export interface PrintedObject {
  readonly value: JsonObject;
  /** Where it starts in the text. */
  readonly at: number;
  /** Values that were printed as a placeholder, such as `[Object]`: what they were is nowhere. */
  readonly lost: number;
}

/**
 * An object at the start of a line, or after the words of a log; the name of a class may stand before it. `print` of pydantic leaves
 * the class out, so that a line begins with a field.
 */
const START =
  /(?:^|[\s=:[])((?:[A-Za-z_][\w.]*)?\(|(?:[A-Z]\w* )?\{)|^([a-z_]\w*=)(?=['"[{\d]|None\b|True\b|False\b|[A-Z]\w*\()/gm;
const MAX_DEPTH = 200;
/** Starts that are none. Past so many the text is no list of objects, and looking on would take long. */
const MAX_FAILURES = 1_000;

/** All objects of a text, in order. */
export function printedObjects(text: string): readonly PrintedObject[] {
  const objects: PrintedObject[] = [];
  let failures = 0;
  START.lastIndex = 0;
  for (let start = START.exec(text); start !== null; start = START.exec(text)) {
    const [whole, opening = '', field] = start;
    const at = start.index + (field === undefined ? whole.length - opening.length : 0);
    const parser = new Parser(text, at);
    const value = field === undefined ? parser.value(0) : parser.fields();
    if (value === undefined || !isObject(value)) {
      if (++failures > MAX_FAILURES) break;
      continue;
    }
    objects.push({ value, at, lost: parser.lost });
    START.lastIndex = parser.at;
  }
  return objects;
}

type Printed = string | number | boolean | null | readonly Printed[] | { readonly [name: string]: Printed };

const isObject = (value: Printed): value is { readonly [name: string]: Printed } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const SPACE = /\s*/y;
const WORD = /[A-Za-z_$][\w.$]*/y;
const NUMBER = /[+-]?(?:\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?)n?/y;
/** Fields of a line that pydantic printed. */
const FIELD = /[a-z_]\w*=/y;
const SPACES = / */y;
/** A member of an enumeration of Python, which says its value. */
const ENUM = /<\w+\.\w+: (?:'[^'\n]*'|-?\d+)>/y;
/** What an SDK notes of the exchange beside an event; nothing of it was in the stream. */
const SDK_OWN: ReadonlySet<string> = new Set(['sdk_http_response']);
/** What stands for a value that was not printed. */
const PLACEHOLDER =
  /\[(?:Object|Array|Getter(?:\/Setter)?|Setter|Circular \*\d+|\w*Function(?:: [^\]\n]*| \(anonymous\))?|class [^\]\n]*)\]|<[^<>\n]*>|\.\.\. \d+ more \w+/y;
const CONSTANTS: ReadonlyMap<string, Printed> = new Map<string, Printed>([
  ['None', null],
  ['null', null],
  ['undefined', null],
  ['nan', null],
  ['NaN', null],
  ['True', true],
  ['true', true],
  ['False', false],
  ['false', false],
]);

/** Reads one value; undefined where there is none, and then `at` says nothing. */
class Parser {
  at: number;
  lost = 0;
  readonly #text: string;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  value(depth: number): Printed | undefined {
    if (depth > MAX_DEPTH) return undefined;
    this.#take(SPACE);
    const unit = this.#text[this.at];
    if (unit === "'" || unit === '"' || unit === '`') return this.#strings();
    const named = this.#take(ENUM);
    if (named !== null) return new Parser(named, named.indexOf(': ') + 2).value(depth + 1);
    if (this.#take(PLACEHOLDER) !== null) {
      this.lost++;
      return null;
    }
    if (unit === '{') return this.#members('{', '}', depth);
    if (unit === '[' || unit === '(') return this.#items(unit === '[' ? ']' : ')', depth);
    const number = this.#take(NUMBER);
    if (number !== null && number !== '') return Number(number.replace(/[_n]/g, ''));
    const word = this.#take(WORD);
    return word === null ? undefined : this.#named(word, depth);
  }

  /** `name=value` with spaces between, up to the end of the line. Undefined where there are fewer than two. */
  fields(): Printed | undefined {
    const members: Record<string, Printed> = {};
    let fields = 0;
    for (let name = this.#field(); name !== null; name = this.#field()) {
      const before = this.lost;
      const value = this.value(0);
      if (value === undefined) return undefined;
      if (value !== null) members[name] = value;
      if (SDK_OWN.has(name)) this.lost = before;
      fields++;
    }
    return fields < 2 ? undefined : members;
  }

  #field(): string | null {
    this.#take(SPACES);
    return this.#take(FIELD)?.slice(0, -1) ?? null;
  }

  /** A constant, bytes, or an object after the name of its class. */
  #named(word: string, depth: number): Printed | undefined {
    const next = this.#text[this.at];
    if (next === '(') return this.#members('(', ')', depth);
    if ((word === 'b' || word === 'u' || word === 'f') && (next === "'" || next === '"')) return this.#strings();
    if (CONSTANTS.has(word)) return CONSTANTS.get(word);
    this.#take(SPACE);
    return this.#text[this.at] === '{' ? this.#members('{', '}', depth) : undefined;
  }

  /** `name: value` or `name=value`, the name perhaps in quotation marks. A value without a name is passed over. */
  #members(open: string, close: string, depth: number): Printed | undefined {
    if (!this.#is(open)) return undefined;
    const members: Record<string, Printed> = {};
    while (!this.#is(close)) {
      const name = this.#name();
      if (name !== null) {
        const value = this.value(depth + 1);
        if (value === undefined) return undefined;
        // Python prints each field that is not set as None, and cannot tell it from null.
        if (value !== null) members[name] = value;
      } else if (this.value(depth + 1) === undefined) return undefined;
      if (!this.#is(',') && this.#peek() !== close) return undefined;
    }
    return members;
  }

  #name(): string | null {
    const start = this.at;
    this.#take(SPACE);
    const quote = this.#text[this.at];
    const name = quote === "'" || quote === '"' ? this.#string() : this.#take(WORD);
    this.#take(SPACE);
    if (typeof name === 'string' && (this.#text[this.at] === ':' || this.#text[this.at] === '=')) {
      this.at++;
      return name;
    }
    this.at = start;
    return null;
  }

  #items(close: string, depth: number): Printed | undefined {
    this.at++;
    const items: Printed[] = [];
    while (!this.#is(close)) {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
      if (!this.#is(',') && this.#peek() !== close) return undefined;
    }
    return items;
  }

  /** util.inspect cuts a long string at its line ends: 'one\n' + 'two'. */
  #strings(): string | undefined {
    let text = this.#string();
    while (text !== undefined && this.#is('+')) {
      this.#take(SPACE);
      const more = this.#string();
      if (more === undefined) return undefined;
      text += more;
    }
    return text;
  }

  #string(): string | undefined {
    const quote = this.#text[this.at]!;
    let text = '';
    for (let i = this.at + 1; i < this.#text.length; i++) {
      const unit = this.#text[i]!;
      if (unit === quote) {
        this.at = i + 1;
        return text;
      }
      if (unit !== '\\') {
        text += unit;
        continue;
      }
      const [value, length] = escaped(this.#text, i + 1);
      text += value;
      i += length;
    }
    return undefined;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.at += found.length;
    return found;
  }

  #peek(): string | undefined {
    this.#take(SPACE);
    return this.#text[this.at];
  }

  #is(unit: string): boolean {
    if (this.#peek() !== unit) return false;
    this.at++;
    return true;
  }
}

const CONTROL: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', '0': '\0' };
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** The character of an escape whose backslash stands before `at`, and how many characters it takes. */
function escaped(text: string, at: number): readonly [value: string, length: number] {
  const kind = text[at] ?? '';
  const digits = HEX_DIGITS[kind];
  const hex = digits === undefined ? '' : text.slice(at + 1, at + 1 + digits);
  if (digits !== undefined && hex.length === digits && /^[0-9a-fA-F]+$/.test(hex)) {
    const code = Number.parseInt(hex, 16);
    if (code <= 0x10ffff) return [kind === 'U' ? String.fromCodePoint(code) : String.fromCharCode(code), 1 + digits];
  }
  return [CONTROL[kind] ?? kind, 1];
}
