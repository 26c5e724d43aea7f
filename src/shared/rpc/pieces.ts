/**
 * A value that is too long for one frame crosses in pieces, each in a frame of its own, so that nobody parses more than a frame
 * at once: its long texts, lists and objects are taken out of it and cut, and the receiver puts each back in its place.
 */
import { FRAME_SIZE, type Piece, type Place, type ServerFrame } from './frames.ts';

/** Within a value that is cut, what is longer than this is taken out of what it stands in: a few of them fit into a frame. */
const LONG = FRAME_SIZE / 8;
/** What stands deeper stays whole. Each level is made a text once more, and whoever nests deeply would otherwise choose the cost. */
const DEEPEST = 16;

/** The JSON text of a value; undefined where it is longer than a frame, or than any text may be. */
export function frameText(value: unknown): string | undefined {
  const text = textOf(value);
  return text !== undefined && text.length <= FRAME_SIZE ? text : undefined;
}

/** The frames of a value that is too long for one: of the result of call `id`, or of item `at` of stream `id`. */
export function* pieceFrames(id: number, value: unknown, at?: number): Generator<string> {
  const places: Place[] = [];
  for (const { slot, text } of taken(value, [], places))
    yield `{"t":"piece","id":${id},"slot":${slot},"value":${text}}`;
  yield JSON.stringify({ t: 'whole', id, places, ...(at !== undefined && { at }) } satisfies ServerFrame);
}

/** Puts the pieces of one value together again. */
export class Pieces {
  readonly #values: unknown[] = [];

  add({ slot, value }: Piece): void {
    this.#values[slot] = slot in this.#values ? joined(this.#values[slot], value) : value;
  }

  /** The value, once all its pieces have come. */
  whole(places: readonly Place[]): unknown {
    const [value] = this.#values;
    for (const [slot, place] of places.entries()) {
      const key = place.at(-1);
      if (key === undefined) continue;
      const holder = place.slice(0, -1).reduce((within, step) => (within as Holder)[step], value);
      // It has the key already, so that even one that is named `__proto__` is only written over.
      (holder as Holder)[key] = this.#values[slot];
    }
    return value;
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

/** Gives the pieces of a text, list or object and of all that is taken out of it, and adds their places. */
function* taken(value: unknown, place: Place, places: Place[]): Generator<PieceText> {
  const slot = places.push(place) - 1;
  if (typeof value === 'string') for (const text of stretches(value)) yield { slot, text };
  else yield* groups(value as object, slot, place, places);
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

function* groups(value: object, slot: number, place: Place, places: Place[]): Generator<PieceText> {
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  let texts: string[] = [];
  let size = 0;
  for (const [key, child] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    let text = place.length < DEEPEST ? textOf(child) : JSON.stringify(child ?? null);
    if (text === undefined || (text.length > LONG && place.length < DEEPEST)) {
      yield* taken(child, [...place, key], places);
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
