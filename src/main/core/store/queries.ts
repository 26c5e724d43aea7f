/** Reading the file: the same code for the worker that writes it and for connections that only read. Pages, never iterators. */
import type Database from 'better-sqlite3';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { decodePart, joinRuns, SEGMENT_BYTES, sliceRun, type Part, type ReadRun } from './parts.ts';
import type {
  EndpointColumns,
  HeadColumns,
  ListedColumns,
  ProviderTraceColumns,
  StoredColumns,
  TraceColumns,
} from './rows.ts';
import { READ } from './sql/statements.ts';

/** Bytes of a page of reads when the caller does not say. */
export const PAGE_BYTES = 1024 * 1024;
/** Segments fetched at once, at most. */
const SEGMENTS = 16;

export interface ListPage {
  readonly rows: readonly ListedColumns[];
  readonly next: string | null;
  readonly total: number;
}

export interface BytesPage {
  readonly start: number;
  readonly bytes: Uint8Array;
  readonly total: number;
}

export interface StoredEnd {
  readonly reads: number;
  readonly bytes: number;
}

interface Found {
  readonly nr: number;
  readonly title: string;
}

export class Queries {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(db: Database.Database) {
    this.#db = db;
  }

  row(id: string): ListedColumns | undefined {
    return this.#one<ListedColumns>(READ.row, id);
  }

  list(limit: number, after?: string): ListPage {
    return this.#snapshot(() => {
      const rows =
        after === undefined
          ? this.#all<ListedColumns>(READ.list, { limit: limit + 1 })
          : this.#all<ListedColumns>(READ.listAfter, { limit: limit + 1, ...placeOf(after) });
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      const { total } = this.#one<{ total: number }>(READ.total)!;
      return { rows: rows.slice(0, limit), next: last ? `${last.started_at}:${last.id}` : null, total };
    });
  }

  get(id: string): StoredColumns {
    return this.#snapshot(() => {
      const columns = this.#one<TraceColumns>(READ.detail, id);
      if (!columns) throw notFound();
      const end = this.end(columns.nr);
      return { ...columns, stored_reads: end.reads, stored_bytes: end.bytes };
    });
  }

  head(id: string): HeadColumns {
    const columns = this.#one<HeadColumns>(READ.head, id);
    if (!columns) throw notFound();
    return columns;
  }

  /**
   * Reads from number `from` on: whole parts, until they hold `maxBytes`. A damaged part ends the page; where it is the
   * first, it is an error.
   */
  runs(id: string, from: number, maxBytes = PAGE_BYTES): readonly ReadRun[] {
    return this.#snapshot(() => {
      const trace = this.#find(id);
      const page = new Page(from, maxBytes);
      const { first_read } = this.#one<{ first_read: number | null }>(READ.segmentWithRead, {
        trace: trace.nr,
        read: from,
      })!;
      // One more than fill the page, since the first of them may begin before `from`.
      const limit = Math.min(SEGMENTS, Math.ceil(maxBytes / SEGMENT_BYTES) + 1);
      let after = { first_read: first_read ?? 0, start: -1 };
      for (;;) {
        const parts = this.#all<Part>(READ.segmentsFromRead, { trace: trace.nr, ...after, limit });
        const last = parts.at(-1);
        if (!page.take(parts, trace.title)) return page.runs();
        if (!last) break;
        after = { first_read: last.first_read, start: last.start };
      }
      page.take(this.#all<Part>(READ.openFromRead, { trace: trace.nr, ...after }), trace.title);
      return page.runs();
    });
  }

  /** The same as one run, which crosses a thread as one piece of memory. */
  reads(id: string, from: number, maxBytes?: number): ReadRun {
    return joinRuns(this.runs(id, from, maxBytes));
  }

  bytes(id: string, start: number, end: number): BytesPage {
    return this.#snapshot(() => {
      const trace = this.#find(id);
      const total = this.end(trace.nr).bytes;
      const from = Math.min(start, total);
      const to = Math.max(from, Math.min(end, total));
      const bytes = new Uint8Array(to - from);
      if (bytes.length === 0) return { start: from, bytes, total };
      const range = { trace: trace.nr, from, end: to };
      for (const part of [
        ...this.#all<Part>(READ.segmentsInRange, range),
        ...this.#all<Part>(READ.openInRange, range),
      ]) {
        const run = decodePart(part);
        if (!run) throw damaged(trace.title, part);
        const [low, high] = [Math.max(from, part.start), Math.min(to, part.start + part.length)];
        bytes.set(run.bytes.subarray(low - part.start, high - part.start), low - from);
      }
      return { start: from, bytes, total };
    });
  }

  /** Where the stored reads of the trace with this row number end. */
  end(nr: number): StoredEnd {
    return this.#one<StoredEnd>(READ.end, { trace: nr }) ?? { reads: 0, bytes: 0 };
  }

  providerTraces(id: string): readonly ProviderTraceColumns[] {
    return this.#all<ProviderTraceColumns>(READ.providerTraces, id);
  }

  unfinished(): readonly string[] {
    return this.#all<{ readonly id: string }>(READ.unfinished).map(({ id }) => id);
  }

  settings(): readonly { readonly key: string; readonly value: string }[] {
    return this.#all(READ.settings);
  }

  endpoints(): readonly EndpointColumns[] {
    return this.#all<EndpointColumns>(READ.endpoints);
  }

  #find(id: string): Found {
    const found = this.#one<Found>(READ.find, id);
    if (!found) throw notFound();
    return found;
  }

  /** One state of the file for all statements within. */
  #snapshot<T>(read: () => T): T {
    return this.#db.inTransaction ? read() : this.#db.transaction(read)();
  }

  #one<T>(sql: string, ...params: readonly unknown[]): T | undefined {
    return this.#prepared(sql).get(...params) as T | undefined;
  }

  #all<T>(sql: string, ...params: readonly unknown[]): T[] {
    return this.#prepared(sql).all(...params) as T[];
  }

  #prepared(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}

/** Gathers parts into reads: the pieces of a long read become one again. */
class Page {
  readonly #from: number;
  readonly #maxBytes: number;
  readonly #runs: ReadRun[] = [];
  #bytes = 0;
  #nextRead = 0;

  constructor(from: number, maxBytes: number) {
    this.#from = from;
    this.#maxBytes = maxBytes;
  }

  /** False once the page is full. */
  take(parts: readonly Part[], title: string): boolean {
    for (const part of parts) {
      const goesOn = this.#runs.length > 0 && part.first_read < this.#nextRead;
      if (this.#bytes >= this.#maxBytes && !goesOn) return false;
      if (part.first_read + part.reads <= this.#from) continue;
      const run = decodePart(part);
      if (!run) {
        if (this.#runs.length === 0 || goesOn) throw damaged(title, part);
        return false;
      }
      this.#runs.push(run);
      this.#bytes += part.length;
      this.#nextRead = part.first_read + part.reads;
    }
    return true;
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

function placeOf(after: string): { readonly started_at: number; readonly id: string } {
  const colon = after.indexOf(':');
  const startedAt = Number(after.slice(0, colon));
  if (colon < 1 || !Number.isFinite(startedAt))
    throw new ServiceError('bad-page', 'This place in the list is not known. Load the list again from its start.');
  return { started_at: startedAt, id: after.slice(colon + 1) };
}

export function notFound(): ServiceError {
  return new ServiceError('not-found', 'There is no such trace any more. Load the list again.');
}

function damaged(title: string, part: Part): ServiceError {
  const range = `bytes ${part.start} to ${part.start + part.length - 1} (${part.reads === 1 ? `read ${part.first_read}` : `reads ${part.first_read} to ${part.first_read + part.reads - 1}`})`;
  return new ServiceError(
    'damaged',
    `A part of the trace "${title}" is damaged in the file: ${range} cannot be read. What is before and after them is whole; a copy of the file from a backup may still have them.`,
  );
}
