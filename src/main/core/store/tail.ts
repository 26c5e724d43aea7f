/**
 * The end of one trace as it is written: reads go into open rows, batch by batch, until they fill a segment; the segment
 * takes their place in the same transaction. Throw it away when a transaction was rolled back: the file says where to go on.
 */
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { Connection } from './connection.ts';
import type { StoredEnd } from './lookup.ts';
import {
  decodePart,
  joinRuns,
  openPart,
  sealedPart,
  SEGMENT_BYTES,
  SEGMENT_READS,
  sliceRun,
  type Part,
  type ReadRun,
} from './parts.ts';

const APPEND = `INSERT INTO open_reads (trace, first_read, start, reads, length, places, body)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;
const OPEN_PARTS =
  'SELECT first_read, start, reads, length, NULL AS crc, places, body FROM open_reads WHERE trace = ? ORDER BY first_read, start';
const DROP_OPEN = 'DELETE FROM open_reads WHERE trace = ?';
const SEAL = `INSERT INTO segments (trace, first_read, start, reads, length, crc, places, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;

export class Tail {
  readonly #trace: number;
  readonly #db: Connection;
  /** What is in open rows. */
  #open: ReadRun[] = [];
  #openReads = 0;
  #openBytes = 0;
  #nextRead: number;
  #nextByte: number;

  /** `end`: where the stored reads of the trace end. */
  constructor(trace: number, db: Connection, end: StoredEnd) {
    this.#trace = trace;
    this.#db = db;
    this.#nextRead = end.reads;
    this.#nextByte = end.bytes;
    for (const part of db.all<Part>(OPEN_PARTS, trace)) {
      const run = decodePart(part);
      if (!run)
        throw new ServiceError(
          'damaged',
          'The last reads of a trace are damaged in the file; nothing can be added to it.',
        );
      this.#keep(run);
    }
  }

  /** Adds reads; those that are there already are passed over, a gap is an error. Call within a transaction. */
  append(run: ReadRun): void {
    const known = Math.min(Math.max(0, this.#nextRead - run.first), run.times.length);
    const fresh = known === 0 ? run : sliceRun(run, known, run.times.length);
    if (fresh.times.length === 0) return;
    if (fresh.first !== this.#nextRead || fresh.offset !== this.#nextByte) {
      throw new ServiceError(
        'gap',
        `Read ${fresh.first} at byte ${fresh.offset} does not continue the stored reads, which end before read ${this.#nextRead} at byte ${this.#nextByte}.`,
      );
    }
    this.#nextRead += fresh.times.length;
    this.#nextByte += fresh.bytes.length;
    this.#place(fresh);
  }

  /** Seals what is open, whatever its size. Call within a transaction. */
  seal(): void {
    if (this.#openReads > 0) this.#seal([]);
  }

  #place(run: ReadRun): void {
    let from = 0;
    let [reads, bytes] = [this.#openReads, this.#openBytes];
    for (let i = 0; i < run.times.length; i++) {
      const length = run.lengths[i]!;
      if (length > SEGMENT_BYTES) {
        if (i > from || this.#openReads > 0) this.#seal(i > from ? [sliceRun(run, from, i)] : []);
        this.#sealLong(sliceRun(run, i, i + 1));
      } else if (bytes + length >= SEGMENT_BYTES || (reads + 1 >= SEGMENT_READS && bytes + length > 0)) {
        this.#seal([sliceRun(run, from, i + 1)]);
      } else {
        reads++;
        bytes += length;
        continue;
      }
      from = i + 1;
      [reads, bytes] = [0, 0];
    }
    if (from === run.times.length) return;
    const rest = from === 0 ? run : sliceRun(run, from, run.times.length);
    const { first_read, start, reads: count, length, places, body } = openPart(rest);
    this.#db.run(APPEND, this.#trace, first_read, start, count, length, places, body);
    this.#keep(rest);
  }

  /** One segment of what is open and of `more` behind it. */
  #seal(more: readonly ReadRun[]): void {
    this.#write(joinRuns([...this.#open, ...more]));
    if (this.#openReads > 0) this.#db.run(DROP_OPEN, this.#trace);
    this.#open = [];
    [this.#openReads, this.#openBytes] = [0, 0];
  }

  /** A read longer than a segment has segments of its own, so that a piece of it can be read without the others. */
  #sealLong(run: ReadRun): void {
    for (let at = 0; at < run.bytes.length; at += SEGMENT_BYTES) {
      const bytes = run.bytes.subarray(at, at + SEGMENT_BYTES);
      this.#write({
        first: run.first,
        offset: run.offset + at,
        times: run.times,
        lengths: Uint32Array.of(bytes.length),
        bytes,
      });
    }
  }

  #write(run: ReadRun): void {
    const { first_read, start, reads, length, crc, places, body } = sealedPart(run);
    this.#db.run(SEAL, this.#trace, first_read, start, reads, length, crc, places, body);
  }

  #keep(run: ReadRun): void {
    this.#open.push(run);
    this.#openReads += run.times.length;
    this.#openBytes += run.bytes.length;
  }
}
