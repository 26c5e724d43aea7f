/**
 * The pages of a database file as they lie on the disk, without SQLite, which gives up on a file where the first of them are
 * damaged: those of the log, where it has newer ones, before those of the file.
 * Both formats: https://www.sqlite.org/fileformat2.html
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isRegular } from './files.ts';

export interface PageFile {
  readonly pageSize: number;
  /** What of a page is not reserved at its end. */
  readonly usable: number;
  /** How many there are, as far as anything says. */
  readonly count: number;
  /** A copy of the page with this number, from 1 on; undefined where there is none. A page that is cut off is filled up with zeros. */
  page(number: number): Buffer | undefined;
  /** How many more the file's header says that there are: the end of the file is missing. */
  readonly missing: number;
  /** Whether the page is out of use, as far as the file still says: what lies in a free one was deleted. */
  isFree(number: number): boolean;
  /** Whether the file says of the page that it is one of those that hold rows. */
  isTree(number: number): boolean;
  close(): void;
}

const HEADER_BYTES = 100;
const MAGIC = 'SQLite format 3\0';
/** What SQLite takes unless told otherwise, and so of every file that Tracelane made. */
const USUAL_PAGE_BYTES = 4096;
const [SMALLEST_PAGE, LARGEST_PAGE] = [512, 65_536];

/** `alone`: without its log. Undefined where neither has a page. Throws what the system throws. */
export function openPages(file: string, { alone = false } = {}): PageFile | undefined {
  const main = openIfThere(file);
  const log = alone ? undefined : openIfThere(`${file}-wal`);
  const pages = new Pages(main, log);
  if (pages.count > 0) return pages;
  pages.close();
  return undefined;
}

function openIfThere(path: string): number | undefined {
  if (!isRegular(path)) return undefined;
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

class Pages implements PageFile {
  readonly pageSize: number;
  readonly usable: number;
  readonly count: number;
  readonly missing: number;
  readonly #main: number | undefined;
  readonly #log: number | undefined;
  /** Where the newest version of a page begins in the log. */
  readonly #inLog: ReadonlyMap<number, number>;
  readonly #free: ReadonlySet<number>;
  /** Whether there is a page that says of others what they are. */
  readonly #mapped: boolean;

  constructor(main: number | undefined, log: number | undefined) {
    this.#main = main;
    this.#log = log;
    const bytes = main === undefined ? 0 : fstatSync(main).size;
    const frames = log === undefined ? undefined : readLog(log);
    this.#inLog = frames?.pages ?? new Map();
    this.pageSize = frames?.pageSize ?? pageSizeOf(this.#header());
    this.count = [...this.#inLog.keys()].reduce(
      (most, number) => Math.max(most, number),
      Math.ceil(bytes / this.pageSize),
    );
    const header = this.page(1) ?? Buffer.alloc(HEADER_BYTES);
    const sound = header.toString('latin1', 0, MAGIC.length) === MAGIC;
    this.usable = this.pageSize - (sound ? header[20]! : 0);
    const said = sound ? header.readUInt32BE(28) : 0;
    this.missing = Math.max(0, said - this.count);
    // The files that Tracelane makes have a map of their pages; without a header nothing says otherwise.
    this.#mapped = sound ? header.readUInt32BE(52) !== 0 : true;
    this.#free = sound ? this.#freePages(header.readUInt32BE(32)) : new Set();
  }

  page(number: number): Buffer | undefined {
    if (number < 1 || number > this.count) return undefined;
    const page = Buffer.alloc(this.pageSize);
    const at = this.#inLog.get(number);
    if (at !== undefined) readSync(this.#log!, page, 0, this.pageSize, at);
    else if (
      this.#main === undefined ||
      readSync(this.#main, page, 0, this.pageSize, (number - 1) * this.pageSize) === 0
    )
      return undefined;
    return page;
  }

  isFree(number: number): boolean {
    const kind = this.#kindOf(number);
    // The map is in many places, and the list hangs on one number: a list that is damaged takes no page out of use.
    return kind === 'map' || (PAGE_KINDS.has(kind) ? kind === FREE_PAGE : this.#free.has(number));
  }

  isTree(number: number): boolean {
    const kind = this.#kindOf(number);
    return kind === ROOT_PAGE || kind === TREE_PAGE;
  }

  close(): void {
    for (const fd of [this.#main, this.#log]) if (fd !== undefined) closeSync(fd);
  }

  #header(): Buffer {
    const header = Buffer.alloc(HEADER_BYTES);
    if (this.#main !== undefined) readSync(this.#main, header, 0, HEADER_BYTES, 0);
    return header;
  }

  /** Each page of the map has five bytes for each of the pages behind it: a kind, and the page that points to it. 0: nothing says. */
  #kindOf(number: number): number | 'map' {
    if (number === 1) return ROOT_PAGE;
    if (!this.#mapped) return 0;
    const entries = Math.floor(this.usable / 5);
    const map = number - ((number - 2) % (entries + 1));
    if (map === number) return 'map';
    return this.page(map)?.[(number - map - 1) * 5] ?? 0;
  }

  /** The list of free pages: each of its pages has the next one's number, a count, and so many numbers. */
  #freePages(first: number): ReadonlySet<number> {
    const free = new Set<number>();
    for (let trunk = first; trunk > 0 && !free.has(trunk);) {
      const page = this.page(trunk);
      if (!page) break;
      free.add(trunk);
      const count = Math.min(page.readUInt32BE(4), Math.floor((this.usable - 8) / 4));
      for (let i = 0; i < count; i++) free.add(page.readUInt32BE(8 + 4 * i));
      trunk = page.readUInt32BE(0);
    }
    return free;
  }
}

const [ROOT_PAGE, FREE_PAGE, TREE_PAGE] = [1, 2, 5];
/** These, and the two of pages that hold the ends of long rows. */
const PAGE_KINDS: ReadonlySet<number | 'map'> = new Set([ROOT_PAGE, FREE_PAGE, 3, 4, TREE_PAGE]);

function pageSizeOf(header: Buffer): number {
  const said = header.readUInt16BE(16);
  const size = said === 1 ? LARGEST_PAGE : said;
  const sound = header.toString('latin1', 0, MAGIC.length) === MAGIC && isPageSize(size);
  return sound ? size : USUAL_PAGE_BYTES;
}

const isPageSize = (size: number): boolean =>
  size >= SMALLEST_PAGE && size <= LARGEST_PAGE && (size & (size - 1)) === 0;

const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const LOG_MAGIC = 0x377f0682;

/**
 * The newest version of each page that was committed to the log. A frame that is damaged costs only itself: each says the
 * checksum that the next one goes on from. Undefined where it is no log, or has nothing.
 */
function readLog(fd: number): { readonly pageSize: number; readonly pages: ReadonlyMap<number, number> } | undefined {
  const header = Buffer.alloc(LOG_HEADER_BYTES);
  if (readSync(fd, header, 0, LOG_HEADER_BYTES, 0) < LOG_HEADER_BYTES) return undefined;
  const magic = header.readUInt32BE(0);
  const pageSize = header.readUInt32BE(8);
  if ((magic & ~1) !== LOG_MAGIC || !isPageSize(pageSize)) return undefined;
  const salts = header.subarray(16, 24);
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + pageSize);
  const committed = new Map<number, number>();
  let since = new Map<number, number>();
  let sum: Checksum = [header.readUInt32BE(24), header.readUInt32BE(28)];
  for (let at = LOG_HEADER_BYTES; readSync(fd, frame, 0, frame.length, at) === frame.length; at += frame.length) {
    // What follows is from before the log was begun anew.
    if (!frame.subarray(8, 16).equals(salts)) break;
    const said: Checksum = [frame.readUInt32BE(16), frame.readUInt32BE(20)];
    const found = checksum(frame.subarray(FRAME_HEADER_BYTES), checksum(frame.subarray(0, 8), sum, magic), magic);
    sum = said;
    if (found[0] !== said[0] || found[1] !== said[1]) continue;
    since.set(frame.readUInt32BE(0), at + FRAME_HEADER_BYTES);
    if (frame.readUInt32BE(4) === 0) continue;
    for (const [page, place] of since) committed.set(page, place);
    since = new Map();
  }
  return committed.size === 0 ? undefined : { pageSize, pages: committed };
}

type Checksum = readonly [number, number];

/** Of the log, over pairs of words; the lowest bit of its magic number says which byte of a word comes first. */
function checksum(bytes: Buffer, [first, second]: Checksum, magic: number): Checksum {
  const big = (magic & 1) === 1;
  let [a, b] = [first, second];
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + (big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + b) >>> 0;
    b = (b + (big ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + a) >>> 0;
  }
  return [a, b];
}
