/**
 * Where the values of a JSON text stand among the bytes that it came in. It is read as bytes, one character for each, since
 * all that has a meaning in JSON is ASCII: so that places are offsets of bytes, whatever the bytes in strings are.
 */
import type { ByteRange } from '../text/byte-range.ts';
import { utf8Length } from '../text/utf8-length.ts';
import { jsonMembers, type JsonMember } from './json-members.ts';

/** Keys of objects and places in arrays, from the outside in; none: the whole text. */
export type JsonPath = readonly (string | number)[];

// One character for each byte, whichever: that of the bytes above 0x7f does not matter.
const bytewise = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
const LF = 0x0a;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;

/** A JSON text in UTF-8 with its place in a body. */
export class JsonPlaces {
  /** Where bytes `from` to `to` of the text lie in the body, in pieces. */
  readonly ranges: (from: number, to: number) => readonly ByteRange[];
  readonly #bytes: Uint8Array;
  readonly #text: string;
  #members: readonly JsonMember[] | undefined;
  #numbers: ReadonlyMap<string, number> | undefined;

  constructor(bytes: Uint8Array, ranges: JsonPlaces['ranges']) {
    this.ranges = ranges;
    this.#bytes = bytes;
    this.#text = bytewise.decode(bytes);
  }

  /** A text in one piece or, like the data lines of an event, in several that LF joins. `bytes` are those of the body from `start` on. */
  static ofPieces(bytes: Uint8Array, start: number, pieces: readonly ByteRange[]): JsonPlaces {
    const texts = pieces.map(([from, to]) => bytes.subarray(from - start, to - start));
    return new JsonPlaces(joined(texts), (from, to) => rangesIn(pieces, from, to));
  }

  /** All values but the outermost one, in the order in which they begin. Offsets are bytes of the text. */
  get members(): readonly JsonMember[] {
    return (this.#members ??= jsonMembers(this.#text));
  }

  /** The value at a path, in pieces; null where there is none. Of a key that stands twice the last counts, as for parsers. */
  valueAt(path: JsonPath): readonly ByteRange[] | null {
    if (path.length === 0) {
      const start = this.#text.search(/[^ \t\r\n]/);
      let end = this.#text.length;
      while (end > start && ' \t\r\n'.includes(this.#text[end - 1]!)) end--;
      return start < 0 ? null : this.ranges(start, end);
    }
    const member = this.memberAt(path);
    return member ? this.ranges(member.valueStart, member.end) : null;
  }

  /** UTF-16 units `from` to `to` of the string at a path, in pieces; null where there is no string. Characters stay whole. */
  charactersAt(path: JsonPath, from: number, to: number): readonly ByteRange[] | null {
    const member = this.memberAt(path);
    return member && this.#text[member.valueStart] === '"' ? this.characters(member, from, to) : null;
  }

  /** The same of a member that is a string. */
  characters({ valueStart, end }: JsonMember, from: number, to: number): readonly ByteRange[] {
    const bytes = this.#bytes;
    let [at, units, start] = [valueStart + 1, 0, -1];
    while (at < end - 1 && units < to) {
      const [size, width] = characterAt(bytes, at);
      if (start < 0 && units + width > from) start = at;
      at += size;
      units += width;
    }
    return start < 0 ? [] : this.ranges(start, at);
  }

  /** A member's value as it is written. */
  source({ valueStart, end }: JsonMember): string {
    return utf8.decode(this.#bytes.subarray(valueStart, end));
  }

  /** A member's value as a string; null where it is none. */
  string(member: JsonMember): string | null {
    return this.#text[member.valueStart] === '"' ? parsed(this.source(member)) : null;
  }

  memberAt(path: JsonPath): JsonMember | undefined {
    this.#numbers ??= new Map(
      this.members.map((member, number) => [stepOf(member.parent, this.#keyOf(member)), number]),
    );
    let number = -1;
    for (const step of path) {
      const next = this.#numbers.get(stepOf(number, step));
      if (next === undefined) return undefined;
      number = next;
    }
    return this.members[number];
  }

  #keyOf({ key, start, at }: JsonMember): string | number {
    // What is cut from the text byte by byte is decoded from the bytes again.
    return key === null ? at : (parsed(utf8.decode(this.#bytes.subarray(start, start + key.length + 2))) ?? key);
  }
}

const stepOf = (parent: number, step: string | number): string => `${parent} ${typeof step} ${step}`;

function parsed(source: string): string | null {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** Bytes and UTF-16 units of the character, or the escape, at `at` of a string. */
function characterAt(bytes: Uint8Array, at: number): readonly [size: number, units: number] {
  if (bytes[at] === BACKSLASH) return [bytes[at + 1] === LOWER_U ? 6 : 2, 1];
  const size = utf8Length(bytes, at);
  return [size, size === 4 ? 2 : 1];
}

function rangesIn(pieces: readonly ByteRange[], from: number, to: number): readonly ByteRange[] {
  let before = 0;
  return pieces.flatMap(([start, end]): ByteRange[] => {
    const offset = start - before;
    const [first, last] = [Math.max(start, from + offset), Math.min(end, to + offset)];
    before += end - start + 1;
    return first < last ? [[first, last]] : [];
  });
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length + 1, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
    whole[at++] = LF;
  }
  // Behind the last one there is none.
  return whole.subarray(0, Math.max(0, at - 1));
}
