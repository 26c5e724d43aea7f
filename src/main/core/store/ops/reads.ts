/** The body of a trace as it came: its reads, and any bytes of it. */
import type { TraceId } from '../../../../shared/model/ids.ts';
import type { Read } from '../../../../shared/model/stream.ts';
import { ServiceError } from '../../../../shared/rpc/services.ts';
import { Transferred } from '../../worker/channel.ts';
import type { Connection } from '../connection.ts';
import { findTrace, rowNumber, storedEnd } from '../lookup.ts';
import {
  decodePart,
  joinRuns,
  packReads,
  SEGMENT_BYTES,
  sliceRun,
  unpackReads,
  type Part,
  type ReadRun,
} from '../parts.ts';
import { keptWrite, query } from './operation.ts';

/** Bytes of a page of reads when the caller does not say. */
const PAGE_BYTES = 1024 * 1024;
/** Segments fetched at once, at most. */
const SEGMENTS = 16;

/** Reads that follow on those before; what is there already is passed over. */
export const appendReads = keptWrite({
  params: (id: TraceId, reads: readonly Read[]): [string, ReadRun] => [id, packReads(reads)],
  run: (transaction, id: string, run: ReadRun): void => transaction.tail(rowNumber(transaction.db, id)).append(run),
});

const SEGMENTS_FROM_READ = `SELECT first_read, start, reads, length, crc, places, body FROM segments
  WHERE trace = :trace AND (first_read, start) > (:first_read, :start) ORDER BY first_read, start LIMIT :limit`;
const OPEN_FROM_READ = `SELECT first_read, start, reads, length, NULL AS crc, places, body FROM open_reads
  WHERE trace = :trace AND (first_read, start) > (:first_read, :start) ORDER BY first_read, start`;
/** The first read of the part that holds a given one. */
const SEGMENT_WITH_READ =
  'SELECT max(first_read) AS first_read FROM segments WHERE trace = :trace AND first_read <= :read';

/**
 * Reads from number `from` on: whole segments, until they hold `maxBytes`; empty at the end. A damaged part ends the page;
 * where it is the first, it is an error.
 */
export const reads = query({
  run: (db: Connection, id: TraceId, from: number, maxBytes: number = PAGE_BYTES): readonly ReadRun[] =>
    db.snapshot(() => {
      const trace = findTrace(db, id);
      const page = new Page(from, maxBytes);
      const { first_read } = db.one<{ readonly first_read: number | null }>(SEGMENT_WITH_READ, {
        trace: trace.nr,
        read: from,
      })!;
      // One more than fill the page, since the first of them may begin before `from`.
      const limit = Math.min(SEGMENTS, Math.ceil(maxBytes / SEGMENT_BYTES) + 1);
      let after = { first_read: first_read ?? 0, start: -1 };
      for (;;) {
        const parts = db.all<Part>(SEGMENTS_FROM_READ, { trace: trace.nr, ...after, limit });
        const last = parts.at(-1);
        if (!page.take(parts, trace.title)) return page.runs();
        if (!last) break;
        after = { first_read: last.first_read, start: last.start };
      }
      page.take(db.all<Part>(OPEN_FROM_READ, { trace: trace.nr, ...after }), trace.title);
      return page.runs();
    }),
  // As one run, which crosses as one piece of memory.
  send: (runs) => {
    const run = joinRuns(runs);
    const bytes = ownBytes(run.bytes);
    return new Transferred([{ ...run, bytes }], [bytes.buffer]);
  },
  result: (runs): readonly Read[] => runs.flatMap(unpackReads),
});

export interface BytesPage {
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly total: number;
}

const SEGMENTS_IN_RANGE = `SELECT first_read, start, reads, length, crc, places, body FROM segments
  WHERE trace = :trace AND start < :end AND length > 0
    AND start >= ifnull((SELECT max(start) FROM segments WHERE trace = :trace AND start <= :from), 0) ORDER BY start, first_read`;
const OPEN_IN_RANGE = `SELECT first_read, start, reads, length, NULL AS crc, places, body FROM open_reads
  WHERE trace = :trace AND start < :end AND start + length > :from ORDER BY first_read, start`;

/** Body bytes, `end` exclusive, cut at the body's end. */
export const bytes = query({
  run: (db: Connection, id: TraceId, start: number, end: number): BytesPage =>
    db.snapshot(() => {
      const trace = findTrace(db, id);
      const total = storedEnd(db, trace.nr).bytes;
      const from = Math.min(start, total);
      const to = Math.max(from, Math.min(end, total));
      const body = new Uint8Array(to - from);
      if (body.length === 0) return { start: from, bytes: body, total };
      const range = { trace: trace.nr, from, end: to };
      let at = from;
      for (const part of [...db.all<Part>(SEGMENTS_IN_RANGE, range), ...db.all<Part>(OPEN_IN_RANGE, range)]) {
        if (part.start > at) break;
        const run = decodePart(part);
        if (!run) throw damaged(trace.title, bytesOf(part));
        const [low, high] = [Math.max(from, part.start), Math.min(to, part.start + part.length)];
        if (high > low) body.set(run.bytes.subarray(low - part.start, high - part.start), low - from);
        at = Math.max(at, high);
      }
      if (at < to) throw damaged(trace.title, `bytes from ${at} on`);
      return { start: from, bytes: body, total };
    }),
  send: (page) => {
    const bytes = ownBytes(page.bytes);
    return new Transferred({ ...page, bytes }, [bytes.buffer]);
  },
});

/** Gathers parts into reads: the pieces of a long read become one again. */
class Page {
  readonly #from: number;
  readonly #maxBytes: number;
  readonly #runs: ReadRun[] = [];
  #bytes = 0;
  /** Where the next part must begin; at first it may begin before. */
  #nextRead: number;
  #nextByte: number | undefined;

  constructor(from: number, maxBytes: number) {
    this.#from = from;
    this.#nextRead = from;
    this.#maxBytes = maxBytes;
  }

  /** False once the page is full. */
  take(parts: readonly Part[], title: string): boolean {
    for (const part of parts) {
      const goesOn = this.#runs.length > 0 && part.first_read < this.#nextRead;
      if (this.#bytes >= this.#maxBytes && !goesOn) return false;
      if (part.first_read + part.reads <= this.#from) continue;
      const missing = this.#missingBefore(part);
      const run = missing === undefined ? decodePart(part) : undefined;
      if (!run) {
        if (this.#runs.length === 0 || goesOn) throw damaged(title, missing ?? bytesOf(part));
        return false;
      }
      this.#runs.push(run);
      this.#bytes += part.length;
      this.#nextRead = part.first_read + part.reads;
      this.#nextByte = part.start + part.length;
    }
    return true;
  }

  /** What is gone between the parts so far and this one. */
  #missingBefore({ first_read, start }: Part): string | undefined {
    if (first_read > this.#nextRead) return `reads ${this.#nextRead} to ${first_read - 1}`;
    if (this.#nextByte === undefined || start === this.#nextByte) return undefined;
    return `bytes ${this.#nextByte} to ${start - 1}`;
  }

  runs(): readonly ReadRun[] {
    const [first, ...others] = mergePieces(this.#runs);
    if (!first) return [];
    const skip = Math.min(Math.max(0, this.#from - first.first), first.times.length);
    return [skip === 0 ? first : sliceRun(first, skip, first.times.length), ...others];
  }
}

/** The pieces of a long read, each a run of its own, become one run. */
function mergePieces(runs: readonly ReadRun[]): readonly ReadRun[] {
  const merged: ReadRun[] = [];
  for (let i = 0; i < runs.length;) {
    const { first, offset, times } = runs[i]!;
    let end = i + 1;
    while (runs[end]?.first === first) end++;
    if (end === i + 1) merged.push(runs[i]!);
    else {
      const { bytes } = joinRuns(runs.slice(i, end));
      merged.push({ first, offset, times, lengths: Uint32Array.of(bytes.length), bytes });
    }
    i = end;
  }
  return merged;
}

function bytesOf(part: Part): string {
  return `bytes ${part.start} to ${part.start + part.length - 1} (${part.reads === 1 ? `read ${part.first_read}` : `reads ${part.first_read} to ${part.first_read + part.reads - 1}`})`;
}

function damaged(title: string, range: string): ServiceError {
  return new ServiceError(
    'damaged',
    `Part of the trace "${title}" is damaged in the file: ${range} cannot be read. Everything before and after them is intact; a backup of the file may still have them.`,
  );
}

/** Bytes with a buffer of their own that can be handed over; those that zlib and SQLite give cannot. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const own = bytes.constructor === Uint8Array && bytes.byteLength === bytes.buffer.byteLength;
  return own ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
