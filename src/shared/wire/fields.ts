/**
 * Reads a JSON object and keeps count of what was read. A protocol asks for each field by name and type; `rest` then
 * hands to the recorder whatever nobody asked for, and whatever was of another type than the one asked for. So nothing of
 * the wire is lost for want of a line of code that expects it.
 *
 * One instance serves all objects at one place of the protocol, one after another: this runs for every event.
 */
import { objectOf, type JsonObject } from '../json/json-object.ts';
import type { WireRecorder } from './recorder.ts';

const NOTHING: JsonObject = {};
const NO_ITEMS: readonly unknown[] = [];
/** How many fields an object has. */
export function fieldsOf(data: JsonObject): number {
  let count = 0;
  // oxlint-disable-next-line no-unused-vars -- counting is the point.
  for (const _ in data) count++;
  return count;
}

/** An event may have millions of fields, and a message of its own for each would weigh many times as much as they do. */
const MOST_ALONE = 1_000;

function without(data: JsonObject, read: ReadonlySet<string>): JsonObject {
  const rest: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const name in data) if (!read.has(name)) rest[name] = data[name];
  return rest;
}

export class Fields {
  readonly #recorder: WireRecorder;
  /** Stands before the names of fields, e.g. `choices[].delta.`; '' for the event itself. */
  readonly path: string;
  #data: JsonObject = NOTHING;
  /** How many fields were not read, and the names of those that were: the first `#count`. */
  #left = 0;
  readonly #names: string[] = [];
  #count = 0;
  /** Of fields that should not change: the last value of each, and whether it was handed over. */
  readonly #steady = new Map<string, Steady>();

  constructor(recorder: WireRecorder, path = '') {
    this.#recorder = recorder;
    this.path = path;
  }

  /** The next object. What was not read of the last one is forgotten: call `rest` before. */
  of(data: JsonObject | null): this {
    this.#data = data ?? NOTHING;
    this.#count = 0;
    this.#left = data === null ? 0 : fieldsOf(data);
    return this;
  }

  get data(): JsonObject {
    return this.#data;
  }

  /** Whether there are fields that nobody has read: without any, all others are absent. */
  get more(): boolean {
    return this.#left > 0;
  }

  /** A string; null when it is absent, null or of another type. */
  string(name: string): string | null {
    if (this.#left === 0) return null;
    const value = this.#data[name];
    if (typeof value !== 'string' && value !== null) return null;
    this.#read(name);
    return value;
  }

  number(name: string): number | null {
    if (this.#left === 0) return null;
    const value = this.#data[name];
    if (typeof value !== 'number' && value !== null) return null;
    this.#read(name);
    return value;
  }

  object(name: string): JsonObject | null {
    if (this.#left === 0) return null;
    const value = this.#data[name];
    const object = objectOf(value);
    if (object || value === null) this.#read(name);
    return object;
  }

  /** A list; empty when it is absent, null or of another type. */
  list(name: string): readonly unknown[] {
    if (this.#left === 0) return NO_ITEMS;
    const value = this.#data[name];
    if (Array.isArray(value) || value === null) this.#read(name);
    return Array.isArray(value) ? value : NO_ITEMS;
  }

  /** A value of any type, which the caller keeps whole; undefined when it is absent. */
  any(name: string): unknown {
    if (this.#left === 0) return undefined;
    const value = this.#data[name];
    if (value !== undefined) this.#read(name);
    return value;
  }

  /** A field that says the same each time, and that the caller keeps where it is first said: a change is kept. */
  steady(name: string): void {
    if (this.#left === 0) return;
    const value = this.#data[name];
    if (value === undefined) return;
    this.#read(name);
    const last = this.#steady.get(name);
    if (last && last.value === value) return;
    if (value === null || value === '') {
      // It replaces nothing here, but may where the caller keeps it.
      if (last) this.#keepSteady(name, last);
    } else if (last === undefined) this.#steady.set(name, { value, kept: false });
    else if (typeof value !== 'object' || JSON.stringify(last.value) !== JSON.stringify(value)) {
      this.#keepSteady(name, last);
      this.#recorder.keep(this.path + name, value, true);
      last.value = value;
    }
  }

  /** A field of which only this value is without news. */
  expect(name: string, value: unknown): void {
    if (this.#left > 0 && value !== undefined && this.#data[name] === value) this.#read(name);
  }

  /** Padding says nothing, as long as it is padding. */
  padding(name: string): void {
    if (this.#left === 0) return;
    const value = this.#data[name];
    if (typeof value === 'string' && isPadding(value)) this.#read(name);
  }

  /** The caller keeps the object as a whole. */
  all(): void {
    this.#left = 0;
  }

  /** Hands over what was not read: each field, or all as one object where they are too many to be looked at one by one. */
  rest(): void {
    if (this.#left === 0) return;
    const data = this.#data;
    const read = new Set(this.#names.slice(0, this.#count));
    if (this.#left > MOST_ALONE) return this.#recorder.keep(`${this.path}*`, without(data, read));
    for (const name in data) if (!read.has(name)) this.#recorder.keep(this.path + name, data[name]);
  }

  /** Each name at most once for an object: only then does the count say how many are left. */
  #read(name: string): void {
    this.#names[this.#count++] = name;
    this.#left--;
  }

  #keepSteady(name: string, last: Steady): void {
    if (!last.kept) this.#recorder.keep(this.path + name, last.value, true);
    last.kept = true;
  }
}

interface Steady {
  value: unknown;
  kept: boolean;
}

/** What a unit of ASCII is. A table, because no processor predicts the branches that random letters take. */
const LOWER = 1;
const UPPER = 2;
const DIGIT = 4;
const OTHER = 8;
const UNITS = Uint8Array.from({ length: 128 }, (_, unit) => {
  const sign = String.fromCharCode(unit);
  if (/[a-z]/.test(sign)) return LOWER;
  if (/[A-Z]/.test(sign)) return UPPER;
  return /[0-9]/.test(sign) ? DIGIT : OTHER;
});

/**
 * Whether a text can be the random letters and digits by which OpenAI hides the length of a delta from who watches the
 * line. More than a few that are random are of two kinds at least; a word or a number is of one.
 */
export function isPadding(text: string): boolean {
  if (text.length > 16) return false;
  let seen = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    seen |= unit < UNITS.length ? UNITS[unit]! : OTHER;
  }
  const ofOneKind = (seen & (seen - 1)) === 0;
  return seen < OTHER && (text.length < 8 || !ofOneKind);
}

/** Says nothing, so that nothing is lost when something takes its place. */
export function saysNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** The progress of an item or a response: each of these words gives way to the next. */
const PROGRESS = new Set<unknown>(['queued', 'in_progress', 'searching', 'interpreting', 'generating']);

/**
 * `after` takes the place of `before`: a done event gives an item anew, a Response repeats all of itself. What `before`
 * says and `after` does not, leaf by leaf, is kept. Text that has grown, and a status that went on, lose nothing.
 */
export function keepReplaced(recorder: WireRecorder, path: string, before: unknown, after: unknown): void {
  if (before === after || saysNothing(before)) return;
  if (typeof before === 'string') {
    if (typeof after === 'string' && (after.startsWith(before) || PROGRESS.has(before))) return;
  } else if (Array.isArray(before)) {
    if (Array.isArray(after))
      return before.forEach((item, at) => keepReplaced(recorder, `${path}[${at}]`, item, after[at]));
  } else {
    const old = objectOf(before);
    const replacement = objectOf(after);
    if (old && replacement) {
      for (const name in old) keepReplaced(recorder, `${path}.${name}`, old[name], replacement[name]);
      return;
    }
  }
  recorder.keep(path, before, true);
}
