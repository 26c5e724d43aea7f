/** Where a trace is in the file: its row of the list, its row number, and where its stored reads end. */
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { Connection } from './connection.ts';
import { LISTED, type ListedColumns, type StoredColumns } from './rows.ts';

/** In `deleted_at`: the trace is being taken out of the file, and cannot be brought back whole. */
export const PURGED = 0;

/** Row numbers in memory begin here where a file lies under it: what is recorded now is newer than all that it has. */
export const ABOVE_STORED = 2 ** 40;

export interface Found {
  readonly nr: number;
  readonly title: string;
}

export interface StoredEnd {
  readonly reads: number;
  readonly bytes: number;
}

const ROW = `SELECT ${LISTED} FROM traces t WHERE t.id = ? AND t.deleted_at IS NULL`;
const FIND = 'SELECT nr, title FROM traces WHERE id = ? AND deleted_at IS NULL';
const FIND_ANY = 'SELECT nr FROM traces WHERE id = ?';
const END = `SELECT first_read + reads AS reads, start + length AS bytes FROM (
    SELECT * FROM (SELECT first_read, start, reads, length FROM segments WHERE trace = :trace ORDER BY first_read DESC, start DESC LIMIT 1)
    UNION ALL
    SELECT * FROM (SELECT first_read, start, reads, length FROM open_reads WHERE trace = :trace ORDER BY first_read DESC, start DESC LIMIT 1)
  ) ORDER BY reads DESC, bytes DESC LIMIT 1`;

/** How much of the file a trace takes with its reads and its request, in bytes; `nr` is the row number of the trace in whose row this is set. */
export const SIZE = `(SELECT ifnull(sum(length(places) + length(body)), 0) FROM segments WHERE trace = traces.nr)
  + (SELECT ifnull(sum(length(places) + length(body)), 0) FROM open_reads WHERE trace = traces.nr)
  + ifnull((SELECT ifnull(octet_length(request), 0) + ifnull(octet_length(request_head), 0) + ifnull(octet_length(response_head), 0)
      FROM trace_documents WHERE trace = traces.nr), 0)`;

export function listedRow(db: Connection, id: string): ListedColumns | undefined {
  return db.one<ListedColumns>(ROW, id);
}

/** Throws a ServiceError when there is no such trace, or it is deleted. */
export function findTrace(db: Connection, id: string): Found {
  const found = db.one<Found>(FIND, id);
  if (!found) throw notFound();
  return found;
}

/** Row number of a trace, of a deleted one too: it may be running still. */
export function rowNumber(db: Connection, id: string): number {
  const found = db.one<{ readonly nr: number }>(FIND_ANY, id);
  if (!found) throw notFound();
  return found.nr;
}

/** Where the stored reads of the trace with this row number end. */
export function storedEnd(db: Connection, nr: number): StoredEnd {
  return db.one<StoredEnd>(END, { trace: nr }) ?? { reads: 0, bytes: 0 };
}

const DETAIL = `SELECT ${LISTED}, t.framing, t.endpoint, t.options, t.lanes, t.message_id, t.step_id, d.request, d.request_head, d.response_head, d.capture, d.imported, d.trace IS NOT NULL AS documents
  FROM traces t LEFT JOIN trace_documents d ON d.trace = t.nr WHERE t.id = ? AND t.deleted_at IS NULL`;

/** All of a trace but its reads. Throws a ServiceError when there is none. */
export function storedColumns(db: Connection, id: string): StoredColumns {
  const columns = db.one<Omit<StoredColumns, 'stored_reads' | 'stored_bytes'>>(DETAIL, id);
  if (!columns) throw notFound();
  const end = storedEnd(db, columns.nr);
  return { ...columns, stored_reads: end.reads, stored_bytes: end.bytes };
}

/** What one layer has, or the one under it. */
export function orFound<Value>(own: () => Value, under: () => Value): Value {
  try {
    return own();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== NOT_FOUND) throw error;
    return under();
  }
}

const NOT_FOUND = 'not-found';

/** What lies in a file that is only read. */
export function readOnly(): ServiceError {
  return new ServiceError(
    'read-only',
    'The trace file cannot be written now, so nothing in it can be changed. The message at the top of the window says why, and what to do.',
  );
}

export function notFound(): ServiceError {
  return new ServiceError(NOT_FOUND, 'This trace no longer exists. Reload the list.');
}
