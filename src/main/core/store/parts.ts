/**
 * How reads lie in the file: in parts, each a run of bytes and the places of the reads in it. A part holds whole reads, or one
 * piece of a read that is longer than a segment. Times and lengths survive exactly, whatever numbers they are.
 */
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { byteCount } from '../../../shared/model/byte-count.ts';
import type { Read } from '../../../shared/model/stream.ts';

/** Bytes of the body at which a part is sealed: the smallest and the fastest of the sizes that were measured. */
export const SEGMENT_BYTES = 64 * 1024;
/** Reads at which it is sealed though the bytes are few. */
export const SEGMENT_READS = 8192;
/** Of zstd: as small as gzip 6 at three times its speed. */
const LEVEL = 3;

/** Reads one after the other, bodies joined. Number and offset of the others follow from the first's. */
export interface ReadRun {
  readonly first: number;
  readonly offset: number;
  readonly times: Float64Array;
  readonly lengths: Uint32Array;
  readonly bytes: Uint8Array;
}

/** A row of `segments` or `open_reads`. */
export interface Part {
  readonly first_read: number;
  readonly start: number;
  readonly reads: number;
  readonly length: number;
  /** Null: not sealed, and so neither compressed nor checked. */
  readonly crc: number | null;
  readonly places: Uint8Array;
  readonly body: Uint8Array;
}

/** Packs reads that follow one another into one run; their bytes are copied. */
export function packReads(reads: readonly Read[]): ReadRun {
  const times = new Float64Array(reads.length);
  const lengths = new Uint32Array(reads.length);
  const bytes = new Uint8Array(byteCount(reads));
  let at = 0;
  // Done for every read in the main thread: without an iterator's object for each.
  for (let i = 0; i < reads.length; i++) {
    const read = reads[i]!;
    times[i] = read.tNs;
    lengths[i] = read.bytes.length;
    bytes.set(read.bytes, at);
    at += read.bytes.length;
  }
  return { first: reads[0]?.n ?? 0, offset: reads[0]?.offset ?? 0, times, lengths, bytes };
}

/** The reads of a run; their bytes are views of it. */
export function unpackReads(run: ReadRun): Read[] {
  const reads: Read[] = [];
  let at = 0;
  for (let i = 0; i < run.times.length; i++) {
    const length = run.lengths[i]!;
    reads.push({
      n: run.first + i,
      tNs: run.times[i]!,
      offset: run.offset + at,
      bytes: run.bytes.subarray(at, at + length),
    });
    at += length;
  }
  return reads;
}

/** Reads `from` to before `to` of a run, counted from its own first. */
export function sliceRun(run: ReadRun, from: number, to: number): ReadRun {
  const before = sum(run.lengths, 0, from);
  const within = sum(run.lengths, from, to);
  return {
    first: run.first + from,
    offset: run.offset + before,
    times: run.times.subarray(from, to),
    lengths: run.lengths.subarray(from, to),
    bytes: run.bytes.subarray(before, before + within),
  };
}

/** Joins runs that follow one another. */
export function joinRuns(runs: readonly ReadRun[]): ReadRun {
  const [only] = runs;
  if (only && runs.length === 1) return only;
  const reads = runs.reduce((count, run) => count + run.times.length, 0);
  const times = new Float64Array(reads);
  const lengths = new Uint32Array(reads);
  const bytes = new Uint8Array(runs.reduce((count, run) => count + run.bytes.length, 0));
  let [read, at] = [0, 0];
  for (const run of runs) {
    times.set(run.times, read);
    lengths.set(run.lengths, read);
    bytes.set(run.bytes, at);
    read += run.times.length;
    at += run.bytes.length;
  }
  return { first: only?.first ?? 0, offset: only?.offset ?? 0, times, lengths, bytes };
}

/** A run as it is kept until it is sealed. */
export function openPart(run: ReadRun): Part {
  return { ...placed(run), crc: null, places: encodePlaces(run.times, run.lengths), body: run.bytes };
}

/** A run as it is kept for good. */
export function sealedPart(run: ReadRun): Part {
  const places = compress(encodePlaces(run.times, run.lengths));
  const body = compress(run.bytes);
  return { ...placed(run), crc: crcOf(places, body), places, body };
}

/** Undefined when the part is damaged. */
export function decodePart(part: Part): ReadRun | undefined {
  try {
    if (part.crc !== null && part.crc !== crcOf(part.places, part.body)) return undefined;
    const places = part.crc === null ? part.places : decompress(part.places, mostPlaces(part.reads));
    const bytes = part.crc === null ? part.body : decompress(part.body, part.length);
    const { times, lengths } = decodePlaces(places, part.reads);
    if (bytes.length !== part.length || sum(lengths, 0, lengths.length) !== part.length) return undefined;
    return { first: part.first_read, offset: part.start, times, lengths, bytes };
  } catch {
    return undefined;
  }
}

function placed(run: ReadRun): Pick<Part, 'first_read' | 'start' | 'reads' | 'length'> {
  return { first_read: run.first, start: run.offset, reads: run.times.length, length: run.bytes.length };
}

function compress(bytes: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
}

/** In one piece: `most` is the longest that it may be. The least that zlib takes is 64. */
function decompress(bytes: Uint8Array, most: number): Uint8Array {
  return zstdDecompressSync(bytes, { chunkSize: Math.max(64, most + 1), maxOutputLength: Math.max(1, most) });
}

function crcOf(places: Uint8Array, body: Uint8Array): number {
  return crc32(body, crc32(places));
}

/** Times as steps of whole nanoseconds, or, where they are none, as the doubles they are. */
const [STEPS, DOUBLES] = [0, 1];
/** Times up to 26 days, so that twice the difference of two of them is still a whole number. */
const MAX_STEPPED = 2 ** 51;
const VARINT_BYTES = 8;
/** A length is a number of 32 bits. */
const LENGTH_BYTES = 5;

/** Bytes that the places of so many reads take at most. */
const mostPlaces = (reads: number): number => 1 + (LENGTH_BYTES + VARINT_BYTES) * reads;

/** Kind of times, lengths, times. */
function encodePlaces(times: Float64Array, lengths: Uint32Array): Uint8Array {
  const stepped = times.every(
    (time) => Number.isInteger(time) && Math.abs(time) <= MAX_STEPPED && !Object.is(time, -0),
  );
  const bytes = new Uint8Array(mostPlaces(lengths.length));
  bytes[0] = stepped ? STEPS : DOUBLES;
  let at = 1;
  for (const length of lengths) at = putVarint(bytes, at, length);
  if (!stepped) {
    bytes.set(new Uint8Array(times.buffer, times.byteOffset, times.byteLength), at);
    return bytes.subarray(0, at + times.byteLength);
  }
  let last = 0;
  for (const time of times) {
    const step = time - last;
    at = putVarint(bytes, at, step < 0 ? -2 * step - 1 : 2 * step);
    last = time;
  }
  return bytes.subarray(0, at);
}

function decodePlaces(bytes: Uint8Array, count: number): Pick<ReadRun, 'times' | 'lengths'> {
  const lengths = new Uint32Array(count);
  const cursor = { at: 1 };
  for (let i = 0; i < count; i++) lengths[i] = takeVarint(bytes, cursor);
  const times = new Float64Array(count);
  if (bytes[0] === DOUBLES) {
    new Uint8Array(times.buffer).set(bytes.subarray(cursor.at, cursor.at + times.byteLength));
    return { times, lengths };
  }
  let last = 0;
  for (let i = 0; i < count; i++) {
    const code = takeVarint(bytes, cursor);
    last += code % 2 === 1 ? -(code + 1) / 2 : code / 2;
    times[i] = last;
  }
  return { times, lengths };
}

/** Seven bits a byte, lowest first. By arithmetic, since bit operators end at 32 bits. */
function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let [place, rest] = [at, value];
  while (rest >= 0x80) {
    bytes[place++] = (rest % 0x80) + 0x80;
    rest = Math.floor(rest / 0x80);
  }
  bytes[place++] = rest;
  return place;
}

function takeVarint(bytes: Uint8Array, cursor: { at: number }): number {
  let [value, scale] = [0, 1];
  for (;;) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) throw new RangeError('The places of a part end too early.');
    value += (byte % 0x80) * scale;
    if (byte < 0x80) return value;
    scale *= 0x80;
  }
}

function sum(lengths: Uint32Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += lengths[i]!;
  return total;
}
