/** JSON in pieces, laid out as JSON.stringify does with an indent of two: for lists and texts that are too long to be held. */

const INDENT = '  ';

/** A list of plain values, which come a few at a time. */
export class JsonList {
  readonly #items: AsyncIterable<readonly unknown[]>;

  constructor(items: AsyncIterable<readonly unknown[]>) {
    this.#items = items;
  }

  async *pieces(indent: string): AsyncGenerator<string> {
    const line = `\n${indent}${INDENT}`;
    let before = '[';
    for await (const some of this.#items) {
      if (some.length === 0) continue;
      const texts = some.map((one) => JSON.stringify(one, null, INDENT).replaceAll('\n', line));
      yield `${before}${line}${texts.join(`,${line}`)}`;
      before = ',';
    }
    yield before === '[' ? '[]' : `\n${indent}]`;
  }
}

/** A text whose parts come one after the other, none of them with half a surrogate pair. */
export class JsonText {
  readonly #parts: AsyncIterable<string>;

  constructor(parts: AsyncIterable<string>) {
    this.#parts = parts;
  }

  async *pieces(): AsyncGenerator<string> {
    yield '"';
    for await (const part of this.#parts) yield JSON.stringify(part).slice(1, -1);
    yield '"';
  }
}

/** What `JSON.stringify(value, null, 2)` gives, where lists and texts in it may be a JsonList or a JsonText. */
export async function* jsonPieces(value: unknown): AsyncGenerator<string> {
  // Stands in their places, and nowhere else.
  const mark = crypto.randomUUID();
  const late: (JsonList | JsonText)[] = [];
  const withMark = (_name: string, one: unknown): unknown => {
    if (!(one instanceof JsonList || one instanceof JsonText)) return one;
    late.push(one);
    return mark;
  };
  const around = JSON.stringify(value, withMark, INDENT).split(`"${mark}"`);
  for (const [at, text] of around.entries()) {
    yield text;
    const next = late[at];
    if (next) yield* next.pieces(indentIn(text));
  }
}

/** Of the last line. */
const indentIn = (text: string): string => /^ */.exec(text.slice(text.lastIndexOf('\n') + 1))![0];
