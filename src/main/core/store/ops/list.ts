/** The list of traces: newest first, in pages that stay put while traces come and go. A damaged trace is in it as well. */
import { ServiceError } from '../../../../shared/rpc/services.ts';
import type { Connection } from '../connection.ts';
import { conditionOf, UNFILTERED, type Condition, type SearchedText } from '../filter-sql.ts';
import { ABOVE_STORED } from '../lookup.ts';
import { damagedRow, LISTED, notLive, rowOf, type ListedColumns } from '../rows.ts';
import { askedOf, knownTraces, readOr } from '../salvage.ts';
import { query } from './operation.ts';

export interface ListPage {
  /** The text of a filter, see `readFilter`; absent: all. */
  readonly filter?: string | undefined;
  /** What a search gave for its texts. */
  readonly searched?: readonly SearchedText[] | undefined;
  readonly limit: number;
  /** Where the page is, one of these at most; the first unless said. The `next` of the page before, of the same filter. */
  readonly after?: string | undefined;
  /** The `previous` of the page behind, of the same filter. */
  readonly before?: string | undefined;
  /** Begins at this row, counted from 0; the last page where there are fewer. */
  readonly at?: number | undefined;
  /** Has the trace with this row number in its middle, or what stands where that would. */
  readonly around?: number | undefined;
}

export interface Listed {
  readonly rows: readonly ListedColumns[];
  /** The place of the first row, from 0. */
  readonly at: number;
  readonly previous: string | null;
  readonly next: string | null;
  readonly total: number;
}

/**
 * Newest first, which is the order in which they were made: a clock may step back. Deleted traces are not in it.
 */
export const list = query({
  run: (db: Connection, { filter = '', searched, limit, after, before, at, around }: ListPage): Listed => {
    const place = { after: placeOf(after), before: placeOf(before), at, around };
    const condition = conditionOf(filter, searched);
    return askedOf(
      db,
      (traces) => wholeList({ db, traces, ...condition }, limit, place),
      () => damagedList(db, condition, limit, place),
    );
  },
  // What is recorded beside a file is newer than all that is in it.
  layered: (own, stored, { filter, searched, limit, ...place }): Listed => {
    const page = { filter, searched };
    // Row numbers tell the two apart: what is in the file has lower ones, so that one of both is past its end, or before its beginning.
    const [above, under] = [own({ ...page, ...place, limit }), stored({ ...page, ...place, limit })];
    const total = above.total + under.total;
    const [at, end] = stretchOfBoth(above, under, place, limit);
    const part = (of: typeof own, first: number, end: number): readonly ListedColumns[] =>
      first < end ? of({ ...page, at: first, limit: end - first }).rows : [];
    const rows = part(own, at, Math.min(end, above.total));
    const then = part(stored, Math.max(0, at - above.total), end - above.total);
    return placed([...rows, ...then.map(notLive)], at, total);
  },
  result: ({ rows, ...page }, { shown, dataDir }) => ({
    ...page,
    rows: rows.map((row) => shown(rowOf(row, dataDir))),
  }),
});

const ROWS = `SELECT ${LISTED} FROM traces t WHERE t.nr IN (SELECT value FROM json_each(?)) AND t.deleted_at IS NULL`;

/** Rows of the list by their row numbers, in any order; without those that are not in it. */
export const rows = query({
  run: (db: Connection, nrs: readonly number[]): readonly ListedColumns[] =>
    db.all<ListedColumns>(ROWS, JSON.stringify(nrs)),
  layered: (own, stored, nrs) => [...own(nrs), ...stored(nrs).map(notLive)],
  result: (found, { shown, dataDir }) => found.map((row) => shown(rowOf(row, dataDir))),
});

/** `after`: below this row number, `before`: above it. */
interface Place {
  readonly after: number | undefined;
  readonly before: number | undefined;
  readonly at: number | undefined;
  readonly around: number | undefined;
}

/** What is asked, and of which table. */
interface Asked extends Condition {
  readonly db: Connection;
  readonly traces: string;
}

function wholeList(asked: Asked, limit: number, place: Place): Listed {
  const { db, traces, where, values } = asked;
  // Found apart from the rows that are shown, by an index where one has all that the filter asks.
  const rowsOf = (beyond: string, order: 'ASC' | 'DESC', more: object): readonly ListedColumns[] =>
    db.all<ListedColumns>(
      `SELECT ${LISTED}
        FROM (SELECT t.nr FROM ${traces} WHERE ${where} ${beyond} ORDER BY t.nr ${order} LIMIT :limit) found
        CROSS JOIN traces t ON t.nr = found.nr ORDER BY found.nr ${order}`,
      { ...values, ...more, limit },
    );
  const { after, before } = place;
  if (before !== undefined) {
    const rows = rowsOf('AND t.nr > :before', 'ASC', { before }).toReversed();
    return counted(asked, rows, rows[0]?.nr ?? before);
  }
  if (place.at !== undefined || place.around !== undefined) {
    const { total, above } = countsOf(asked, place.around ?? Infinity);
    const first = firstOf(place.at ?? above - Math.floor(limit / 2), limit, total);
    const start = db.one<{ readonly nr: number }>(
      `SELECT t.nr FROM ${traces} WHERE ${where} ORDER BY t.nr DESC LIMIT 1 OFFSET :first`,
      { ...values, first },
    );
    return placed(start ? rowsOf('AND t.nr <= :start', 'DESC', { start: start.nr }) : [], first, total);
  }
  if (after !== undefined) return counted(asked, rowsOf('AND t.nr < :after', 'DESC', { after }), after - 1);
  const rows = rowsOf('', 'DESC', {});
  const { total } = rows.length < limit ? { total: rows.length } : countsOf(asked, Infinity);
  return placed(rows, 0, total);
}

/** Rows of which the first, or what would be, has the row number `first`. */
function counted(asked: Asked, rows: readonly ListedColumns[], first: number): Listed {
  const { total, above } = countsOf(asked, rows[0]?.nr ?? first);
  return placed(rows, above, total);
}

interface Counts {
  readonly total: number;
  readonly above: number;
}

/** How many fit, and how many of them have a higher row number. */
function countsOf({ db, traces, where, values }: Asked, nr: number): Counts {
  if (where === UNFILTERED) return { total: allOf(db, traces), above: nr === Infinity ? 0 : newerThan(db, traces, nr) };
  // What a filter asks of a row may cost much, and is asked once.
  return db.one<Counts>(
    `SELECT count(*) AS total, count(*) FILTER (WHERE t.nr > :nr) AS above FROM ${traces} WHERE ${where}`,
    { ...values, nr },
  )!;
}

interface Counted {
  readonly count: number;
}

/** Of all rows SQLite knows the number without a look at each. */
const allOf = (db: Connection, traces: string): number =>
  db.one<Counted>(
    `SELECT (SELECT count(*) FROM ${traces}) - (SELECT count(*) FROM ${traces} WHERE t.deleted_at IS NOT NULL) AS count`,
  )!.count;

const newerThan = (db: Connection, traces: string, nr: number): number =>
  db.one<Counted>(`SELECT count(*) AS count FROM ${traces} WHERE ${UNFILTERED} AND t.nr > ?`, nr)!.count;

/** A page that would end past the last row begins earlier. */
const firstOf = (at: number, limit: number, total: number): number => Math.max(0, Math.min(at, total - limit));

function placed(rows: readonly ListedColumns[], at: number, total: number): Listed {
  const [first, last] = [rows[0], rows.at(-1)];
  return {
    rows,
    at,
    previous: at > 0 && first ? String(first.nr) : null,
    next: last && at + rows.length < total ? String(last.nr) : null,
    total,
  };
}

/** Where a page of two layers begins and ends, the first layer before the second. */
function stretchOfBoth(
  above: Listed,
  under: Listed,
  { after, before, at, around }: Omit<ListPage, 'limit'>,
  limit: number,
): readonly [at: number, end: number] {
  const total = above.total + under.total;
  const from = (first: number): readonly [number, number] => [first, Math.min(first + limit, total)];
  const of = (nr: number): readonly [Listed, number] => (nr < ABOVE_STORED ? [under, above.total] : [above, 0]);
  if (around !== undefined) {
    const [layer, first] = of(around);
    const found = layer.rows.findIndex(({ nr }) => nr <= around);
    const index = first + layer.at + (found < 0 ? layer.rows.length : found);
    return from(firstOf(index - Math.floor(limit / 2), limit, total));
  }
  if (before !== undefined) {
    const [layer, first] = of(Number(before));
    const end = first + layer.at + layer.rows.length;
    return [Math.max(0, end - limit), end];
  }
  if (after !== undefined) {
    const [layer, first] = of(Number(after));
    return from(first + layer.at);
  }
  return from(firstOf(at ?? 0, limit, total));
}

/** Row by row, where a page of the table cannot be read: those that can be are as any other, the others are said to be damaged. */
function damagedList(db: Connection, { where, values }: Condition, limit: number, place: Place): Listed {
  const rows = knownTraces(db).flatMap(({ nr, id }) =>
    readOr(
      () => db.all<ListedColumns>(`SELECT ${LISTED} FROM traces t WHERE t.nr = :nr AND ${where}`, { ...values, nr }),
      [damagedRow(nr, id)],
    ),
  );
  const at = firstIn(rows, limit, place);
  return placed(rows.slice(at, at + limit), at, rows.length);
}

function firstIn(rows: readonly ListedColumns[], limit: number, { after, before, at, around }: Place): number {
  const above = (nr: number): number => rows.filter((row) => row.nr > nr).length;
  if (after !== undefined) return above(after - 1);
  if (before !== undefined) return Math.max(0, above(before) - limit);
  if (around !== undefined) return firstOf(above(around) - Math.floor(limit / 2), limit, rows.length);
  return at === undefined ? 0 : firstOf(at, limit, rows.length);
}

function placeOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (!/^\d{1,16}$/.test(cursor))
    throw new ServiceError('bad-page', 'This position in the list is unknown. Reload the list from its start.');
  return Number(cursor);
}
