/** The list of traces: newest first, in pages that stay put while traces come and go. */
import type { TraceQuery } from '../../../../shared/rpc/contract.ts';
import { ServiceError } from '../../../../shared/rpc/services.ts';
import type { Connection } from '../connection.ts';
import { LISTED, rowOf, type ListedColumns } from '../rows.ts';
import { query } from './operation.ts';

export interface ListPage {
  /** Absent: all. */
  readonly query?: TraceQuery | undefined;
  readonly limit: number;
  /** The `next` of the page before, of the same query. */
  readonly after?: string | undefined;
}

export interface Listed {
  readonly rows: readonly ListedColumns[];
  readonly next: string | null;
  readonly total: number;
}

/** What each part of a query asks of a trace `t`. */
const CONDITIONS: { readonly [Part in keyof TraceQuery]-?: string } = {
  text: `has_words(:text, t.title, t.model, t.api, t.source, ifnull(t.state, 'live'), t.endpoint ->> 'provider_name',
    (SELECT e.name FROM endpoints e WHERE e.id = t.endpoint_id))`,
  starred: 't.starred = :starred',
  api: 't.api = :api',
  source: 't.source = :source',
  state: "ifnull(t.state, 'live') = :state",
};

/** Newest first. Deleted traces are not in it. */
export const list = query({
  run: (db: Connection, { query = {}, limit, after }: ListPage): Listed =>
    db.snapshot(() => {
      const { where, values } = conditionsOf(query);
      const place = after === undefined ? undefined : placeOf(after);
      const rows = db.all<ListedColumns>(
        `SELECT ${LISTED} FROM traces t WHERE ${where} ${place ? 'AND (t.started_at, t.id) < (:after_started_at, :after_id)' : ''}
          ORDER BY t.started_at DESC, t.id DESC LIMIT :limit`,
        { ...values, ...place, limit: limit + 1 },
      );
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      const { total } = db.one<{ readonly total: number }>(
        `SELECT count(*) AS total FROM traces t WHERE ${where}`,
        values,
      )!;
      return { rows: rows.slice(0, limit), next: last ? `${last.started_at}:${last.id}` : null, total };
    }),
  result: ({ rows, next, total }, { shown }) => ({ rows: rows.map((row) => shown(rowOf(row))), next, total }),
});

/** Few texts, so that each is prepared once: what is asked for stands in the values. */
function conditionsOf({ text, starred, ...equal }: TraceQuery): {
  readonly where: string;
  readonly values: Readonly<Record<string, string | number>>;
} {
  const values = Object.fromEntries(
    Object.entries({
      ...equal,
      text: text === undefined || text.trim() === '' ? undefined : text,
      starred: starred === undefined ? undefined : Number(starred),
    }).filter((entry): entry is [keyof TraceQuery, string | number] => entry[1] !== undefined),
  );
  const parts = Object.keys(CONDITIONS).filter((part): part is keyof TraceQuery => part in values);
  return { where: ['t.deleted_at IS NULL', ...parts.map((part) => CONDITIONS[part])].join(' AND '), values };
}

function placeOf(after: string): { readonly after_started_at: number; readonly after_id: string } {
  const colon = after.indexOf(':');
  const startedAt = Number(after.slice(0, colon));
  if (colon < 1 || !Number.isFinite(startedAt))
    throw new ServiceError('bad-page', 'This position in the list is unknown. Reload the list from its start.');
  return { after_started_at: startedAt, after_id: after.slice(colon + 1) };
}
