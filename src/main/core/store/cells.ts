/**
 * The rows in one page: the cells of a b-tree page, each with its record, whose end may lie in pages of its own. Whatever cannot
 * be what SQLite wrote is passed over.
 */
import type { PageFile } from './pages.ts';

/** As SQLite has it; an integer beyond 2^53 is the nearest number. */
export type Value = null | number | string | Buffer;

export interface Row {
  /** The page's kind: of a table with row numbers, or of one that is kept in the order of its key, as an index is. */
  readonly in: 'table' | 'index';
  /** In an index: 0. */
  readonly rowid: number;
  readonly values: readonly Value[];
}

const [LEAF_TABLE, LEAF_INDEX, INTERIOR_INDEX] = [0x0d, 0x0a, 0x02];
const HEADER_BYTES = 100;

/** Pages of a table that lead to others, and have no rows themselves. */
const INTERIOR_TABLE = 0x05;

export interface PageRows {
  /** Whether the page is one of those that tables and indexes are made of. */
  readonly tree: boolean;
  readonly rows: readonly Row[];
  /** How many of its cells cannot be read. */
  readonly broken: number;
}

/** What can be read of the page. */
export function rowsOf(file: PageFile, number: number): PageRows {
  const page = file.page(number);
  const start = number === 1 ? HEADER_BYTES : 0;
  const kind = page?.[start];
  if (kind === INTERIOR_TABLE) return { tree: true, rows: [], broken: 0 };
  if (!page || (kind !== LEAF_TABLE && kind !== LEAF_INDEX && kind !== INTERIOR_INDEX)) return NOT_A_TREE;
  const pointers = start + (kind === INTERIOR_INDEX ? 12 : 8);
  const count = page.readUInt16BE(start + 3);
  if (pointers + 2 * count > file.usable) return NOT_A_TREE;
  const rows: Row[] = [];
  let broken = 0;
  for (let i = 0; i < count; i++) {
    const row = rowAt(file, page, page.readUInt16BE(pointers + 2 * i), kind);
    if (row) rows.push(row);
    else broken++;
  }
  return { tree: true, rows, broken };
}

/** More levels than a table of any size has. */
const MOST_LEVELS = 20;

/** The page with the lowest or the highest row numbers of the table whose root this is. Throws RangeError where a page is none of a table. */
export function edgeOf(file: PageFile, root: number, edge: 'lowest' | 'highest'): number {
  let number = root;
  for (let level = 0; level < MOST_LEVELS; level++) {
    const page = file.page(number);
    if (page?.[0] === LEAF_TABLE) return number;
    if (page?.[0] !== INTERIOR_TABLE) break;
    const children = page.readUInt16BE(3);
    number = page.readUInt32BE(edge === 'highest' || children === 0 ? 8 : page.readUInt16BE(12));
  }
  throw new RangeError('No page of a table is there.');
}

const NOT_A_TREE: PageRows = { tree: false, rows: [], broken: 0 };

function rowAt(file: PageFile, page: Buffer, at: number, kind: number): Row | undefined {
  try {
    const cursor = new Cursor(page.subarray(0, file.usable), at + (kind === INTERIOR_INDEX ? 4 : 0));
    const length = cursor.varint();
    const rowid = kind === LEAF_TABLE ? cursor.varint() : 0;
    const payload = payloadOf(file, cursor, length, kind === LEAF_TABLE);
    const values = payload && valuesOf(payload);
    return values && { in: kind === LEAF_TABLE ? 'table' : 'index', rowid, values };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** As much of it as the page may hold lies there, the rest in a chain of pages. */
function payloadOf(file: PageFile, cursor: Cursor, length: number, table: boolean): Buffer | undefined {
  const { usable, count } = file;
  // No row is longer than all pages together.
  if (length < 2 || length > count * usable) return undefined;
  const most = table ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  if (length <= most) return cursor.bytes(length);
  const fitting = least + ((length - least) % (usable - 4));
  const pieces = [cursor.bytes(fitting <= most ? fitting : least)];
  let left = length - pieces[0]!.length;
  for (let next = cursor.uint32(); left > 0;) {
    const overflow = file.page(next);
    if (!overflow) return undefined;
    const piece = overflow.subarray(4, Math.min(usable, 4 + left));
    pieces.push(piece);
    left -= piece.length;
    next = overflow.readUInt32BE(0);
  }
  return Buffer.concat(pieces);
}

/** The columns of a record: the kind of each first, then their contents. Undefined where they do not fill it exactly. */
function valuesOf(payload: Buffer): readonly Value[] | undefined {
  const header = new Cursor(payload, 0);
  const end = header.varint();
  if (end > payload.length) return undefined;
  const kinds: number[] = [];
  while (header.at < end) kinds.push(header.varint());
  if (header.at !== end) return undefined;
  const body = new Cursor(payload, end);
  const values = kinds.map((kind) => body.value(kind));
  return body.at === payload.length ? values : undefined;
}

/** Reads one thing after another; throws RangeError beyond the end, or for what cannot be. */
class Cursor {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  /** Seven bits a byte, highest first, in at most nine bytes, of which the last has eight. */
  varint(): number {
    let value = 0;
    for (let i = 0; i < 8; i++) {
      const byte = this.#byte();
      value = value * 0x80 + (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    value = value * 0x100 + this.#byte();
    if (!Number.isSafeInteger(value)) throw new RangeError('A number is too long.');
    return value;
  }

  uint32(): number {
    return this.bytes(4).readUInt32BE(0);
  }

  bytes(length: number): Buffer {
    const end = this.at + length;
    if (end > this.#bytes.length) throw new RangeError('A row ends too early.');
    const bytes = this.#bytes.subarray(this.at, end);
    this.at = end;
    return bytes;
  }

  value(kind: number): Value {
    if (kind === 0) return null;
    if (kind <= 6) return this.#integer([1, 2, 3, 4, 6, 8][kind - 1]!);
    if (kind === 7) return this.bytes(8).readDoubleBE(0);
    if (kind === 8 || kind === 9) return kind - 8;
    if (kind < 12) throw new RangeError('There is no such kind of value.');
    const bytes = this.bytes(Math.floor((kind - 12) / 2));
    return kind % 2 === 1 ? bytes.toString('utf8') : bytes;
  }

  #integer(length: number): number {
    const bytes = this.bytes(length);
    return length <= 6 ? bytes.readIntBE(0, length) : Number(bytes.readBigInt64BE(0));
  }

  #byte(): number {
    const byte = this.#bytes[this.at];
    if (byte === undefined) throw new RangeError('A row ends too early.');
    this.at++;
    return byte;
  }
}
