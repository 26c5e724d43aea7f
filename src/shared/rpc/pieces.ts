/**
 * A value that is too long for one frame crosses in pieces, each in a frame of its own, so that nobody parses more than a frame
 * at once: its long texts, lists and objects are taken out of it and cut, and the receiver puts each back in its place.
 */
import { FRAME_SIZE, type Piece, type Place, type ServerFrame } from './frames.ts';

/** Within a value that is cut, what is longer than this is taken out of what it stands in: a few of them fit into a frame. */
const LONG = FRAME_SIZE / 8;
/** What stands deeper stays whole. */
const DEEPEST = 256;

/** The JSON text of a value; undefined where it is longer than a frame, or than any text may be. */
export function frameText(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && text.length <= FRAME_SIZE ? text : undefined;
}

/** The frames of a value that is too long for one: of the result of call `id`, or of items of stream `id`, the first of them number `at`. */
export function* pieceFrames(id: number, value: unknown, at?: number): Generator<string> {
  const cut = new Cutting(value);
  for (const { slot, text } of cut.pieces()) yield `{"t":"piece","id":${id},"slot":${slot},"value":${text}}`;
  yield JSON.stringify({ t: 'whole', id, places: cut.places, ...(at !== undefined && { at }) } satisfies ServerFrame);
}

/** Puts the pieces of one value together again. */
export class Pieces {
  readonly #values: unknown[] = [];

  add({ slot, value }: Piece): void {
    this.#values[slot] = slot in this.#values ? joined(this.#values[slot], value) : value;
  }

  /** The value, once all its pieces have come. */
  whole(places: readonly Place[]): unknown {
    for (const [holder, key, slot] of places)
      // It has the key already, so that even one that is named `__proto__` is only written over.
      (this.#values[holder] as Holder)[key] = this.#values[slot];
    return this.#values[0];
  }
}

type Holder = Record<string | number, unknown>;

function joined(before: unknown, value: unknown): unknown {
  if (typeof before === 'string') return before + (value as string);
  if (Array.isArray(before)) for (const one of value as readonly unknown[]) before.push(one);
  else Object.defineProperties(before, Object.getOwnPropertyDescriptors(value));
  return before;
}

interface PieceText {
  readonly slot: number;
  readonly text: string;
}

/** One value on its way. */
class Cutting {
  /** Of what was taken out of it. */
  readonly places: Place[] = [];
  readonly #value: unknown;
  /** Of the pieces; the value itself has 0. */
  #lastSlot = 0;
  /** By long text its slot: one that stands in several places crosses once. */
  readonly #texts = new Map<string, number>();
  readonly #sizes: ReadonlyMap<object, number>;

  constructor(value: unknown) {
    this.#value = value;
    this.#sizes = sizesOf(value);
  }

  /** `places` are complete when all of them were given. */
  pieces(): Generator<PieceText> {
    return this.#taken(this.#value, 0, 0);
  }

  /** The pieces of a text, list or object, and of all that is taken out of it. */
  *#taken(value: unknown, slot: number, depth: number): Generator<PieceText> {
    if (typeof value === 'string') for (const text of stretches(value)) yield { slot, text };
    else yield* this.#groups(value as object, slot, depth);
  }

  /** A member of `holder`. */
  *#member(value: unknown, holder: number, key: string | number, depth: number): Generator<PieceText> {
    const known = typeof value === 'string' ? this.#texts.get(value) : undefined;
    const slot = known ?? ++this.#lastSlot;
    this.places.push([holder, key, slot]);
    if (known !== undefined) return;
    if (typeof value === 'string') this.#texts.set(value, slot);
    yield* this.#taken(value, slot, depth);
  }

  *#groups(value: object, slot: number, depth: number): Generator<PieceText> {
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    let texts: string[] = [];
    let size = 0;
    for (const [key, child] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
      let text = this.#short(child, depth);
      if (text === undefined) {
        yield* this.#member(child, slot, key, depth + 1);
        text = emptyOf(child);
      }
      const member = typeof key === 'number' ? text : `${JSON.stringify(key)}:${text}`;
      if (size > 0 && size + member.length > FRAME_SIZE) {
        yield { slot, text: `${open}${texts.join(',')}${close}` };
        texts = [];
        size = 0;
      }
      texts.push(member);
      size += member.length + 1;
    }
    yield { slot, text: `${open}${texts.join(',')}${close}` };
  }

  /** Its JSON text; undefined where it is to be taken out. */
  #short(value: unknown, depth: number): string | undefined {
    const cuts = depth < DEEPEST && (typeof value === 'string' || (typeof value === 'object' && value !== null));
    const size = typeof value === 'string' ? value.length : (this.#sizes.get(value as object) ?? 0);
    if (cuts && size > LONG) return undefined;
    const text = textOf(value);
    if (text === undefined && !cuts) throw new RangeError('This nests too deeply to cross.');
    // With its escapes it may be longer than it looked.
    return text !== undefined && cuts && text.length > LONG ? undefined : text;
  }
}

/** About how long the JSON text of each list and object in a value is, looked at once, so that it need not be made at each level. */
function sizesOf(value: unknown): ReadonlyMap<object, number> {
  const sizes = new Map<object, number>();
  const seen: object[] = [];
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next !== 'object' || next === null || sizes.has(next)) continue;
    sizes.set(next, 2);
    seen.push(next);
    for (const child of Object.values(next)) if (typeof child === 'object') waiting.push(child);
  }
  // What stands in another was seen after it.
  for (const holder of seen.toReversed()) {
    let size = 2;
    for (const [key, child] of Object.entries(holder)) size += key.length + 4 + sizeOf(child, sizes);
    sizes.set(holder, size);
  }
  return sizes;
}

/** A number or a word takes no more than this. */
const SHORT = 8;

function sizeOf(value: unknown, sizes: ReadonlyMap<object, number>): number {
  if (typeof value === 'string') return value.length;
  return typeof value === 'object' && value !== null ? sizes.get(value)! : SHORT;
}

function* stretches(text: string): Generator<string> {
  let length = FRAME_SIZE;
  for (let at = 0; at < text.length;) {
    const stretch = JSON.stringify(text.slice(at, at + length));
    // Escapes take up to six times as much.
    if (stretch.length > FRAME_SIZE + 2) length = Math.ceil(length / 2);
    else {
      yield stretch;
      at += length;
    }
  }
}

/** Undefined where it is longer than any text may be. What JSON has no word for becomes null. */
function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value ?? null);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function emptyOf(value: unknown): string {
  if (typeof value === 'string') return '""';
  return Array.isArray(value) ? '[]' : '{}';
}
