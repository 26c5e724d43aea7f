/** Broken databases, made of a healthy one: each is one kind of damage, the same at every run. */
import { Random } from '../../src/main/core/providers/sample/random.ts';

export interface BrokenFile {
  readonly name: string;
  readonly bytes: Buffer;
}

const PAGE_BYTES = 4096;
const HEADER_BYTES = 100;

export function* brokenFiles(healthy: Buffer, seed: number): Generator<BrokenFile> {
  const pages = healthy.length / PAGE_BYTES;
  for (let page = 0; page < pages; page++) {
    const [start, end] = [page * PAGE_BYTES, (page + 1) * PAGE_BYTES];
    // Beyond the roots of the tables, one page is much like the next.
    if (page > 18 && page % 12 !== 0) continue;
    if (page > 0) yield { name: `cut off before page ${page + 1}`, bytes: healthy.subarray(0, start) };
    yield { name: `cut off in page ${page + 1}`, bytes: healthy.subarray(0, start + 1500) };
    yield { name: `page ${page + 1} zeroed`, bytes: changed(healthy, (bytes) => bytes.fill(0, start, end)) };
    yield {
      name: `the next page instead of page ${page + 1}`,
      bytes: changed(healthy, (bytes) => bytes.copy(bytes, start, end, end + PAGE_BYTES)),
    };
  }
  yield { name: 'no header', bytes: changed(healthy, (bytes) => bytes.fill(0, 0, HEADER_BYTES)) };
  for (const [name, at, value] of HEADERS)
    yield { name: `a header with ${name}`, bytes: changed(healthy, (bytes) => value.copy(bytes, at)) };
  const random = new Random(seed);
  for (let i = 0; i < 30; i++) {
    const at = random.below(healthy.length);
    const bit = random.below(8);
    yield { name: `bit ${bit} of byte ${at} flipped`, bytes: changed(healthy, (bytes) => (bytes[at]! ^= 1 << bit)) };
  }
}

/** A field of the header, where it is, and what stands there instead. */
const HEADERS: readonly (readonly [string, number, Buffer])[] = [
  ['another page size', 16, Buffer.from([0x20, 0x00])],
  ['an impossible page size', 16, Buffer.from([0x12, 0x34])],
  ['no log', 18, Buffer.from([1, 1])],
  ['a newer format', 18, Buffer.from([9, 9])],
  ['bytes reserved in each page', 20, Buffer.from([200])],
  ['another number of pages', 28, Buffer.from([0, 0, 0, 3])],
  ['a list of free pages that is none', 32, Buffer.from([0, 0, 0, 5, 0, 0, 0, 9])],
  ['no map of its pages', 52, Buffer.alloc(4)],
  ['UTF-16', 56, Buffer.from([0, 0, 0, 2])],
  ['a newer schema', 60, Buffer.from([0, 0, 3, 0xe7])],
  ['another program’s mark', 68, Buffer.from('abcd')],
];

function changed(healthy: Buffer, change: (bytes: Buffer) => unknown): Buffer {
  const bytes = Buffer.from(healthy);
  change(bytes);
  return bytes;
}
