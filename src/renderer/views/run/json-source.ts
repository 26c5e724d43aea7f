/**
 * JSON as a person writes it: what is wrong with it, where, as a sentence; and where each value stands, so that a remark
 * on a value can point at it. What it accepts is what `JSON.parse` accepts, up to a nesting that no request has.
 */

/** A stretch of the text, in UTF-16 units; `to` is exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}
export interface Member {
  readonly key: string;
  readonly keySpan: Span;
  readonly node: JsonNode;
}
export type JsonNode = Span & { readonly members?: readonly Member[]; readonly items?: readonly JsonNode[] };
export type Step = string | number;

export interface Remark extends Span {
  readonly sentence: string;
}
export type JsonSource =
  | { readonly ok: true; readonly value: unknown; readonly root: JsonNode; readonly remarks: readonly Remark[] }
  | { readonly ok: false; readonly fault: Remark };

const MAX_NESTING = 400;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Pure, and linear in the text. */
export function readJson(text: string): JsonSource {
  const reader = new JsonReader(text);
  try {
    const root = reader.document();
    return { ok: true, value: JSON.parse(text) as unknown, root, remarks: reader.remarks };
  } catch (error) {
    if (error instanceof Fault)
      return { ok: false, fault: { from: error.from, to: Math.max(error.to, error.from), sentence: error.message } };
    throw error;
  }
}

/** Where a path leads: the value there, else the innermost value on the way that exists. */
export function placeOf(root: JsonNode, path: readonly Step[]): { readonly node: JsonNode; readonly found: boolean } {
  let node = root;
  for (const step of path) {
    // The last of repeated keys is the one that counts.
    const next =
      typeof step === 'number' ? node.items?.[step] : node.members?.findLast(({ key }) => key === step)?.node;
    if (!next) return { node, found: false };
    node = next;
  }
  return { node, found: true };
}

/** 1-based. */
export const lineOf = (text: string, at: number): number => text.slice(0, at).split('\n').length;

class Fault extends Error {
  readonly from: number;
  readonly to: number;

  constructor(sentence: string, from: number, to: number) {
    super(sentence);
    this.from = from;
    this.to = to;
  }
}

class JsonReader {
  readonly remarks: Remark[] = [];
  readonly #text: string;
  #at = 0;
  #nesting = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    this.#skip();
    if (this.#at === this.#text.length) throw new Fault('The request is empty.', 0, this.#text.length);
    const node = this.#value();
    this.#skip();
    if (this.#at < this.#text.length)
      throw this.#fault('The JSON is complete before this; remove what follows.', this.#text.length);
    return node;
  }

  #fault(sentence: string, to = this.#at + 1, from = this.#at): Fault {
    return new Fault(sentence, from, Math.min(to, this.#text.length));
  }

  #skip(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
  }

  #value(): JsonNode {
    const sign = this.#text[this.#at];
    if (sign === '{') return this.#container(() => this.#object());
    if (sign === '[') return this.#container(() => this.#array());
    if (sign === '"') return this.#string();
    if (sign !== undefined && /[-\d]/.test(sign)) return this.#number();
    return this.#word();
  }

  #container(read: () => JsonNode): JsonNode {
    if (++this.#nesting > MAX_NESTING)
      throw this.#fault(`Values are nested more than ${MAX_NESTING} levels deep here.`);
    const node = read();
    this.#nesting--;
    return node;
  }

  #object(): JsonNode {
    const from = this.#at++;
    const members: Member[] = [];
    const seen = new Set<string>();
    this.#skip();
    while (this.#text[this.#at] !== '}') {
      const member = this.#member(from);
      if (seen.has(member.key))
        this.remarks.push({
          ...member.keySpan,
          sentence: `\`${member.key}\` appears twice in one object; both are sent, and most servers take the last one.`,
        });
      seen.add(member.key);
      members.push(member);
      this.#next('}', from);
    }
    this.#at++;
    return { from, to: this.#at, members };
  }

  #member(open: number): Member {
    if (this.#text[this.#at] !== '"') throw this.#noKey(open);
    const keySpan = this.#string();
    const key = JSON.parse(this.#text.slice(keySpan.from, keySpan.to)) as string;
    this.#skip();
    if (this.#text[this.#at] !== ':')
      throw this.#fault(`A colon is missing after \`${key}\`.`, keySpan.to, keySpan.from);
    this.#at++;
    this.#skip();
    if (this.#at >= this.#text.length || '},'.includes(this.#text[this.#at]!))
      throw this.#fault(`\`${key}\` has no value.`, keySpan.to, keySpan.from);
    return { key, keySpan, node: this.#value() };
  }

  #noKey(open: number): Fault {
    const sign = this.#text[this.#at];
    if (sign === undefined) return this.#unclosed('{', open);
    if (sign === "'") return this.#fault('JSON keys need double quotes, not single quotes.');
    const word = this.#match(WORD);
    if (word !== null) return this.#fault(`The key ${word} needs double quotes: "${word}".`, this.#at + word.length);
    return this.#fault('Expected a key in double quotes here.');
  }

  #array(): JsonNode {
    const from = this.#at++;
    const items: JsonNode[] = [];
    this.#skip();
    while (this.#text[this.#at] !== ']') {
      if (this.#at >= this.#text.length) throw this.#unclosed('[', from);
      items.push(this.#value());
      this.#next(']', from);
    }
    this.#at++;
    return { from, to: this.#at, items };
  }

  /** After an element: a comma and something behind it, or the end of the container. */
  #next(close: '}' | ']', open: number): void {
    const behind = this.#at;
    this.#skip();
    const sign = this.#text[this.#at];
    if (sign === close) return;
    if (sign === undefined) throw this.#unclosed(close === '}' ? '{' : '[', open);
    if (sign !== ',')
      throw new Fault(`A comma or ${close} is missing before this.`, this.#at, Math.max(this.#at + 1, behind));
    const comma = this.#at++;
    this.#skip();
    if (this.#text[this.#at] === close) throw this.#fault(`Remove the comma before ${close}.`, comma + 1, comma);
  }

  #unclosed(open: '{' | '[', at: number): Fault {
    return this.#fault(`The ${open} of line ${lineOf(this.#text, at)} is never closed.`, at + 1, at);
  }

  #string(): Span {
    const from = this.#at++;
    for (;;) {
      const sign = this.#text[this.#at];
      if (sign === undefined || sign === '\n') throw this.#fault('This string has no closing quote.', this.#at, from);
      if (sign === '"') break;
      if (sign === '\\') {
        const escape = this.#match(ESCAPE);
        if (escape === null) throw this.#fault('JSON has no such escape; a backslash is written \\\\.', this.#at + 2);
        this.#at += escape.length;
      } else if (sign < ' ') throw this.#fault('A control character must be written as an escape, such as \\t.');
      else this.#at++;
    }
    this.#at++;
    return { from, to: this.#at };
  }

  #number(): Span {
    const from = this.#at;
    const digits = this.#match(NUMBER);
    if (digits === null) throw this.#fault('Expected a number after the minus sign.');
    this.#at += digits.length;
    const tail = this.#match(/[\w.+-]+/y);
    if (tail !== null) throw this.#fault(`${digits}${tail} is not a valid JSON number.`, this.#at + tail.length, from);
    return { from, to: this.#at };
  }

  #word(): Span {
    const from = this.#at;
    const sign = this.#text[from];
    if (sign === undefined) throw this.#fault('The text ends where a value is expected.');
    if (sign === "'") throw this.#fault('JSON strings need double quotes, not single quotes.');
    if (sign === '/') throw this.#fault('JSON has no comments.');
    const word = this.#match(WORD);
    if (word === null) throw this.#fault('Expected a value here.');
    if (!['true', 'false', 'null'].includes(word)) throw this.#fault(wordSentence(word), from + word.length);
    this.#at += word.length;
    return { from, to: this.#at };
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0] ?? null;
  }
}

function wordSentence(word: string): string {
  const lower = word.toLowerCase();
  if (['true', 'false', 'null'].includes(lower)) return `JSON writes ${lower} in lower case.`;
  if (word === 'None' || word === 'undefined') return `JSON writes null for ${word}.`;
  return `JSON has no value ${word}; strings need double quotes.`;
}
