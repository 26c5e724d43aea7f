/** The list of traces: newest first, in pages that stay put while traces come and go. */
import { ServiceError } from '../../../../shared/rpc/services.ts';
import type { Connection } from '../connection.ts';
import { LISTED, rowOf, type ListedColumns } from '../rows.ts';
import { query } from './operation.ts';

export interface ListPage {
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
}

export interface Listed {
  readonly rows: readonly ListedColumns[];
  readonly next: string | null;
  readonly total: number;
}

const FIRST = `SELECT ${LISTED} FROM traces t WHERE t.deleted_at IS NULL ORDER BY t.started_at DESC, t.id DESC LIMIT :limit`;
const AFTER = `SELECT ${LISTED} FROM traces t WHERE t.deleted_at IS NULL AND (t.started_at, t.id) < (:started_at, :id)
  ORDER BY t.started_at DESC, t.id DESC LIMIT :limit`;
const TOTAL = 'SELECT count(*) AS total FROM traces WHERE deleted_at IS NULL';

/** Newest first. Deleted traces are not in it. */
export const list = query({
  run: (db: Connection, { limit, after }: ListPage): Listed =>
    db.snapshot(() => {
      const rows =
        after === undefined
          ? db.all<ListedColumns>(FIRST, { limit: limit + 1 })
          : db.all<ListedColumns>(AFTER, { limit: limit + 1, ...placeOf(after) });
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      const { total } = db.one<{ readonly total: number }>(TOTAL)!;
      return { rows: rows.slice(0, limit), next: last ? `${last.started_at}:${last.id}` : null, total };
    }),
  result: ({ rows, next, total }, { shown }) => ({ rows: rows.map((row) => shown(rowOf(row))), next, total }),
});

function placeOf(after: string): { readonly started_at: number; readonly id: string } {
  const colon = after.indexOf(':');
  const startedAt = Number(after.slice(0, colon));
  if (colon < 1 || !Number.isFinite(startedAt))
    throw new ServiceError('bad-page', 'This place in the list is not known. Load the list again from its start.');
  return { started_at: startedAt, id: after.slice(colon + 1) };
}
