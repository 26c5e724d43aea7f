/** A trace from its beginning to its end, and what people do to it. */
import type { CaptureFacts } from '../../../../shared/model/capture.ts';
import { traceId, type TraceId } from '../../../../shared/model/ids.ts';
import type { Api } from '../../../../shared/model/stream.ts';
import type { ResponseHead } from '../../../../shared/model/trace.ts';
import { ServiceError } from '../../../../shared/rpc/services.ts';
import type { Connection } from '../connection.ts';
import { notFound, orFound, PURGED, readOnly, rowNumber, SIZE, storedColumns } from '../lookup.ts';
import {
  createdColumns,
  finishedColumns,
  headOf,
  notLive,
  rowOf,
  traceOf,
  type CreatedColumns,
  type FinishedColumns,
  type HeadColumns,
  type StoredColumns,
} from '../rows.ts';
import type { NewTrace, TraceResult } from '../stored.ts';
import { keptWrite, query, write } from './operation.ts';

const CREATE = `INSERT OR IGNORE INTO traces (nr, id, started_at, title, renamed, starred, source, api, framing, timed, model, metrics, message_id, step_id, endpoint_id, endpoint, options, lanes)
  VALUES (:nr, :id, :started_at, :title, :renamed, :starred, :source, :api, :framing, :timed, :model, :metrics, :message_id, :step_id, :endpoint_id, :endpoint, :options, :lanes)`;
const CREATE_DOCUMENTS = `INSERT OR IGNORE INTO trace_documents (trace, request, request_head, capture, imported)
  SELECT nr, :request, :request_head, :capture, :imported FROM traces WHERE id = :id`;

/**
 * Resolves once it is committed: from then on a crash leaves a readable, truncated trace. Rejects with code `not-stored`
 * where the file takes nothing: a run without a trace is not begun.
 */
export const createTrace = write({
  params: (trace: NewTrace): [CreatedColumns] => [createdColumns(trace)],
  run: ({ db, nextNr, touch }, trace: CreatedColumns): void => {
    const { request, request_head, capture, imported, ...columns } = trace;
    db.run(CREATE, { ...columns, nr: nextNr() });
    db.run(CREATE_DOCUMENTS, { id: trace.id, request, request_head, capture, imported });
    touch(trace.id);
  },
  size: (trace) => trace.request?.length ?? 0,
});

const HEAD = 'UPDATE traces SET http_status = ?, head_ns = ? WHERE nr = ?';
const HEAD_DOCUMENT = 'UPDATE trace_documents SET response_head = ? WHERE trace = ?';

/** The response's head, committed with the batch it falls in; `tNs` is when it arrived. */
export const setHead = keptWrite({
  params: (id: TraceId, head: ResponseHead, tNs: number): [string, number, string, number] => [
    id,
    head.status,
    JSON.stringify(head),
    tNs,
  ],
  run: ({ db, touch }, id: string, status: number, head: string, tNs: number): void => {
    const nr = rowNumber(db, id);
    db.run(HEAD, status, tNs, nr);
    db.run(HEAD_DOCUMENT, head, nr);
    touch(id);
  },
});

const CAPTURE = 'UPDATE trace_documents SET capture = ? WHERE trace = ?';

/** What is known of an exchange beside its bytes, in the place of what was known before; its last facts come after the result. */
export const setCapture = keptWrite({
  params: (id: TraceId, facts: CaptureFacts): [string, string] => [id, JSON.stringify(facts)],
  run: ({ db, touch }, id: string, facts: string): void => {
    db.run(CAPTURE, facts, rowNumber(db, id));
    touch(id);
  },
});

const FINISH = `UPDATE traces SET ended_ns = :ended_ns, state = :state, rule = :rule, advice = :advice, metrics = :metrics,
  model = CASE WHEN :says_model THEN :model ELSE model END, usage = :usage, finish = :finish, cost = :cost, size = ${SIZE} WHERE nr = :nr`;

/** Seals the last segment and writes the result. */
export const finishTrace = keptWrite({
  params: (id: TraceId, result: TraceResult): [string, FinishedColumns] => [id, finishedColumns(result)],
  run: (transaction, id: string, result: FinishedColumns): void => {
    const { db } = transaction;
    const nr = rowNumber(db, id);
    transaction.tail(nr).seal();
    transaction.endTail(nr);
    db.run(FINISH, { ...result, nr });
    transaction.touch(id);
  },
});

/** Rejects with code `not-found` when there is none. */
export const get = query({
  run: (db: Connection, id: TraceId): StoredColumns => db.snapshot(() => storedColumns(db, id)),
  layered: (own, stored, id) =>
    orFound(
      () => own(id),
      () => notLive(stored(id)),
    ),
  result: (columns, { shown, dataDir }) => shown(traceOf(columns, dataDir)),
});

const RESPONSE_HEAD = `SELECT d.response_head, t.head_ns FROM traces t LEFT JOIN trace_documents d ON d.trace = t.nr
  WHERE t.id = ? AND t.deleted_at IS NULL`;

/** The head and the time it came, when one did. */
export const head = query({
  run: (db: Connection, id: TraceId): HeadColumns => {
    const columns = db.one<HeadColumns>(RESPONSE_HEAD, id);
    if (!columns) throw notFound();
    return columns;
  },
  result: headOf,
});

const IMPORTED = `SELECT t.id FROM trace_documents d JOIN traces t ON t.nr = d.trace
  WHERE d.imported IS NOT NULL AND d.imported ->> 'sha256' = ? AND t.api = ? AND t.deleted_at IS NULL LIMIT 1`;

/** The trace that an earlier import made of a body, by its digest and API; null when there is none. */
export const importedBefore = query({
  run: (db: Connection, sha256: string, api: Api): string | null =>
    db.one<{ readonly id: string }>(IMPORTED, sha256, api)?.id ?? null,
  layered: (own, stored, sha256, api) => own(sha256, api) ?? stored(sha256, api),
  result: (id) => (id === null ? null : traceId(id)),
});

const RENAME = 'UPDATE traces SET title = ?, renamed = 1 WHERE id = ? AND deleted_at IS NULL';

export const rename = write({
  run: ({ db, touched }, id: TraceId, title: string) => {
    db.run(RENAME, title, id);
    return touched(id);
  },
  result: (row, { shown, dataDir }) => shown(rowOf(row, dataDir)),
});

const STAR = 'UPDATE traces SET starred = ? WHERE nr = ?';

/** Gives them a star or takes it. Rejects where one of the traces is not in the list. */
export const star = write({
  run: ({ db, touched, isBelow }, ids: readonly TraceId[], starred: boolean): void => {
    if (ids.some((id) => isBelow('traces', id))) throw readOnly();
    for (const { nr } of ids.map((id) => touched(id))) db.run(STAR, starred ? 1 : 0, nr);
  },
});

const HIDE = 'UPDATE traces SET deleted_at = ? WHERE id = ? AND deleted_at IS NULL';

/** Hides them; `restore` brings them back until they are purged. */
const hide = write({
  run: ({ db, gone, isBelow }, ids: readonly TraceId[]): void => {
    if (ids.some((id) => isBelow('traces', id))) throw readOnly();
    for (const id of ids) if (db.run(HIDE, Math.max(PURGED + 1, Date.now()), id) > 0) gone(id);
  },
});
export { hide as delete };

const KEPT = `SELECT 1 FROM traces WHERE id = ? AND deleted_at IS NOT ${PURGED}`;
const RESTORE = 'UPDATE traces SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL';

/** Those that are still in the file. Rejects with code `not-found` where none of them is. */
export const restore = write({
  run: ({ db, touch }, ids: readonly TraceId[]): void => {
    const kept = ids.filter((id) => db.one(KEPT, id) !== undefined);
    if (kept.length === 0)
      throw new ServiceError('not-found', 'This was deleted for good and cannot be brought back any more.');
    for (const id of kept) if (db.run(RESTORE, id) > 0) touch(id);
  },
});
