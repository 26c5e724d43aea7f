/** The list of traces: newest first, in pages that stay put while traces come and go. A damaged trace is in it as well. */
import Database from 'better-sqlite3';
import { readFilter } from '../../../../shared/filter/read-filter.ts';
import { ServiceError } from '../../../../shared/rpc/services.ts';
import type { Connection } from '../connection.ts';
import { filterSql, type Condition, type SearchedText } from '../filter-sql.ts';
import { isDamage } from '../problems.ts';
import { damagedRow, LISTED, notLive, rowOf, type ListedColumns } from '../rows.ts';
import { query } from './operation.ts';

export interface ListPage {
  /** The text of a filter, see `readFilter`; absent: all. */
  readonly filter?: string | undefined;
  /** What a search gave for its texts. */
  readonly searched?: readonly SearchedText[] | undefined;
  readonly limit: number;
  /** The `next` of the page before, of the same filter. */
  readonly after?: string | undefined;
}

export interface Listed {
  readonly rows: readonly ListedColumns[];
  readonly next: string | null;
  readonly total: number;
}

/**
 * Newest first, which is the order in which they were made: a clock may step back. Deleted traces are not in it.
 */
export const list = query({
  run: (db: Connection, { filter = '', searched, limit, after }: ListPage): Listed => {
    const place = after === undefined ? {} : { after: placeOf(after) };
    const condition = conditionOf(filter, searched);
    try {
      return db.snapshot(() => wholeList(db, condition, limit, place));
    } catch (error) {
      if (!isDamage(error)) throw error;
      return damagedList(db, condition, limit, place);
    }
  },
  // What is recorded beside a file is newer than all that is in it.
  layered: (own, stored, { limit, after, ...page }): Listed => {
    const inFile = after?.startsWith(IN_FILE) === true;
    const first = own(inFile ? { ...page, limit: 0 } : { ...page, limit, after });
    const room = limit - first.rows.length;
    const then = stored({ ...page, limit: room, after: inFile ? after.slice(IN_FILE.length) : undefined });
    const next = !inFile && first.next !== null ? first.next : then.next && IN_FILE + then.next;
    return { rows: [...first.rows, ...then.rows.map(notLive)], next, total: first.total + then.total };
  },
  result: ({ rows, next, total }, { shown }) => ({ rows: rows.map((row) => shown(rowOf(row))), next, total }),
});

const ROWS = `SELECT ${LISTED} FROM traces t WHERE t.nr IN (SELECT value FROM json_each(?)) AND t.deleted_at IS NULL`;

/** Rows of the list by their row numbers, in any order; without those that are not in it. */
export const rows = query({
  run: (db: Connection, nrs: readonly number[]): readonly ListedColumns[] =>
    db.all<ListedColumns>(ROWS, JSON.stringify(nrs)),
  layered: (own, stored, nrs) => [...own(nrs), ...stored(nrs).map(notLive)],
  result: (found, { shown }) => found.map((row) => shown(rowOf(row))),
});

/** Before the place of a page in the file, where there are two layers. */
const IN_FILE = 'file:';

type Place = { readonly after?: number };

function wholeList(db: Connection, { where, values }: Condition, limit: number, place: Place): Listed {
  const rows = db.all<ListedColumns>(
    `SELECT ${LISTED} FROM traces t WHERE ${where} ${place.after === undefined ? '' : 'AND t.nr < :after'}
      ORDER BY t.nr DESC LIMIT :limit`,
    { ...values, ...place, limit: limit + 1 },
  );
  const { total } = db.one<{ readonly total: number }>(
    `SELECT count(*) AS total FROM traces t WHERE ${where}`,
    values,
  )!;
  return pageOf(rows, limit, total);
}

/** `rows`: one more than fit, where there are more. */
function pageOf(rows: readonly ListedColumns[], limit: number, total: number): Listed {
  const beyond = rows[limit];
  return { rows: rows.slice(0, limit), next: beyond ? String(beyond.nr + 1) : null, total };
}

/** What knows of traces beside their own rows: each lies in other pages of the file. */
const WITNESSES = [
  'SELECT nr FROM traces',
  'SELECT nr FROM traces INDEXED BY sqlite_autoindex_traces_1',
  'SELECT trace AS nr FROM trace_documents',
  'SELECT DISTINCT trace AS nr FROM segments INDEXED BY segments_by_read',
];
const IDS = 'SELECT nr, id FROM traces INDEXED BY sqlite_autoindex_traces_1';

/** Row by row, where a page of the table cannot be read: those that can be are as any other, the others are said to be damaged. */
function damagedList(db: Connection, { where, values }: Condition, limit: number, place: Place): Listed {
  const known = new Set(WITNESSES.flatMap((sql) => readable<{ readonly nr: number }>(db, sql).map(({ nr }) => nr)));
  const ids = new Map(
    readable<{ readonly nr: number; readonly id: string }>(db, IDS).map(({ nr, id }) => [nr, id] as const),
  );
  const rows = [...known]
    .toSorted((a, b) => b - a)
    .flatMap((nr) => {
      const [row] = tried(
        () => db.all<ListedColumns>(`SELECT ${LISTED} FROM traces t WHERE t.nr = :nr AND ${where}`, { ...values, nr }),
        [damagedRow(nr, ids.get(nr) ?? `damaged-${nr}`)],
      );
      return row ? [row] : [];
    });
  const { after } = place;
  return pageOf(after === undefined ? rows : rows.filter(({ nr }) => nr < after), limit, rows.length);
}

const readable = <Row>(db: Connection, sql: string): readonly Row[] => tried(() => db.all<Row>(sql), []);

function tried<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return otherwise;
  }
}

/** A filter that cannot be read finds nothing: half of it would find what was not asked for. */
function conditionOf(text: string, searched: readonly SearchedText[] | undefined): Condition {
  const { filter, problems } = readFilter(text, Date.now());
  if (problems[0]) throw new ServiceError('bad-filter', problems[0].sentence);
  const { where, values } = filterSql(filter, searched);
  return { where: `t.deleted_at IS NULL AND ${where}`, values };
}

function placeOf(after: string): number {
  if (!/^\d{1,16}$/.test(after))
    throw new ServiceError('bad-page', 'This position in the list is unknown. Reload the list from its start.');
  return Number(after);
}
