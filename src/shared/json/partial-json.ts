/**
 * Partial JSON as the adapters read it (docs/adapters.md, 7), for text that grows: after each piece the result is
 * the one that parsing everything anew would give, at a cost in proportion to the piece.
 */
import type { GrowingText } from './growing-text.ts';
import { OptimisticReader } from './optimistic-reader.ts';
import { isGrowing } from './partial-tree.ts';
import { codePointIndex, codePoints } from '../text/code-points.ts';
import { heldKey, isDict, type PyValue } from './python-value.ts';
import { PARTIAL, PYTHON, StrictReader } from './strict-reader.ts';

/** Thrown where the parsers refuse a text. */
export class PythonJsonError extends Error {}

/** One field of the outermost object, as far as an adapter looks at it. */
export interface PartialField {
  /** text: a string. list: an array. other: anything else, null included. */
  readonly kind: 'text' | 'list' | 'other';
  /** Code points or elements; 0 for other. */
  readonly length: number;
  /** The string beyond the first `count` code points; '' for the other kinds. */
  readonly beyond: (count: number) => string;
}

/** `json.loads(text)`. Throws PythonJsonError. */
export function parsePython(text: string): PyValue {
  const reader = new StrictReader(PYTHON);
  reader.feed(text);
  const value = wholeOf(reader);
  if (value === undefined) throw new PythonJsonError(`not JSON: ${text.slice(0, 60)}`);
  return value;
}

/** The partial parser with the optimistic one behind it, on a whole text. Throws PythonJsonError. */
export function parsePartial(text: string): PyValue {
  if (text === '') return new Map();
  const strict = new StrictReader(PARTIAL);
  strict.feed(text);
  const value = strict.rejected ? undefined : strict.tree.finish(strict.pending());
  return value === undefined ? parseOptimistic(text) : value;
}

function parseOptimistic(text: string): PyValue {
  const python = new StrictReader(PYTHON);
  python.feed(text);
  const whole = wholeOf(python);
  if (whole !== undefined) return whole;
  const reader = new OptimisticReader();
  reader.feed(text);
  const value = reader.refusedAtEnd() ? undefined : reader.tree.finish(reader.pending());
  if (value === undefined) throw new PythonJsonError(`not JSON, not even in part: ${text.slice(0, 60)}`);
  return value;
}

/** What a Python reading of the whole text gives, or undefined while it is not whole. */
function wholeOf(reader: StrictReader): PyValue | undefined {
  if (reader.done) return reader.tree.root;
  const pending = reader.tree.depth === 0 ? reader.pending() : undefined;
  return pending === undefined || isGrowing(pending.value) ? undefined : pending.value;
}

const nothing = (): string => '';

/** Apart from who asks, at each delta and nearly always for a key that is not there: a closure in there costs even then. */
function growingField(text: GrowingText): PartialField {
  return { kind: 'text', length: text.length, beyond: (count) => text.beyond(count) };
}

type Tail = StrictReader | OptimisticReader;

export class PartialJson {
  readonly #pieces: string[] = [];
  #empty = true;
  /** Lengths of the last finished strings: their fields are asked for at every delta. */
  readonly #lengths = new Map<string, number>();
  #strict: StrictReader | undefined = new StrictReader(PARTIAL);
  /** Both only once the partial parser has refused the text for good. */
  #python: StrictReader | undefined;
  #optimistic: OptimisticReader | undefined;

  push(piece: string): void {
    if (piece === '') return;
    this.#empty = false;
    this.#pieces.push(piece);
    if (this.#strict !== undefined) this.#strict.feed(piece);
    else this.#feedFallback(piece);
    if (this.#strict?.rejected) {
      this.#strict = undefined;
      this.#python = new StrictReader(PYTHON);
      this.#optimistic = new OptimisticReader();
      this.#feedFallback(this.text());
    }
  }

  /** All pieces joined. */
  text(): string {
    if (this.#pieces.length > 1) this.#pieces.splice(0, this.#pieces.length, this.#pieces.join(''));
    return this.#pieces[0] ?? '';
  }

  /**
   * `json.loads` of all pieces, where the reading so far gives it without another: what the partial parser takes for one
   * value and ignores nothing of, json.loads takes for the same.
   */
  whole(): PyValue | undefined {
    return this.#strict?.exact ? this.#strict.tree.root : undefined;
  }

  /** Whether the parse is an object. False too where the text is refused. */
  isObject(): boolean {
    if (this.#empty) return true;
    const reader = this.#reader();
    return reader !== undefined && isDict(reader.tree.root);
  }

  /** Number of keys of the object. */
  size(): number {
    const reader = this.#reader();
    const root = reader?.tree.root;
    if (reader === undefined || !isDict(root)) return 0;
    const pending = reader.tree.depth === 1 ? reader.pending() : undefined;
    return root.size + (pending?.key !== undefined && heldKey(root, pending.key) === undefined ? 1 : 0);
  }

  /** A field of the object; undefined when it has none of that name. */
  field(key: string): PartialField | undefined {
    const reader = this.#reader();
    const root = reader?.tree.root;
    if (reader === undefined || !isDict(root)) return undefined;
    const pending = reader.tree.depth === 1 ? reader.pending() : undefined;
    const growing = pending?.key === key ? pending.value : undefined;
    if (isGrowing(growing)) return growingField(growing);
    const value = growing === undefined ? root.get(key) : growing;
    return value === undefined ? undefined : this.#fieldOf(value);
  }

  #fieldOf(value: PyValue): PartialField {
    if (typeof value === 'string') return this.#textField(value);
    return Array.isArray(value)
      ? { kind: 'list', length: value.length + this.#pendingIn(value), beyond: nothing }
      : { kind: 'other', length: 0, beyond: nothing };
  }

  #textField(value: string): PartialField {
    let length = this.#lengths.get(value);
    if (length === undefined) {
      length = codePoints(value);
      if (this.#lengths.size >= 4) this.#lengths.clear();
      this.#lengths.set(value, length);
    }
    return {
      kind: 'text',
      length,
      beyond: (count) => (count >= length ? '' : value.slice(codePointIndex(value, count))),
    };
  }

  #pendingIn(list: PyValue[]): number {
    const reader = this.#reader();
    return reader?.tree.inner === list && reader.pending() !== undefined ? 1 : 0;
  }

  /** The reader whose tree counts now; undefined when the text is refused. */
  #reader(): Tail | undefined {
    if (this.#strict !== undefined) {
      const { tree } = this.#strict;
      if (tree.root !== undefined || this.#strict.pending() !== undefined) return this.#strict;
      // Nothing but blanks, or a first value that its end drops: refused for now, though more text may mend it.
      return undefined;
    }
    if (this.#python !== undefined && wholeOf(this.#python) !== undefined) return this.#python;
    return this.#optimistic === undefined || this.#optimistic.refusedAtEnd() ? undefined : this.#optimistic;
  }

  #feedFallback(piece: string): void {
    this.#python?.feed(piece);
    this.#optimistic?.feed(piece);
  }
}
