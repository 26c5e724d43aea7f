/** The traces that a filter finds by what they have in common, for who looks at a long list by it. */
import type { RunGrouping } from '../../../../shared/rpc/agreed.ts';
import type { RunGroup, RunGroups } from '../../../../shared/rpc/contract.ts';
import type { Connection } from '../connection.ts';
import { conditionOf, groupKeySql, type Condition, type SearchedText } from '../filter-sql.ts';
import { askedOf, knownTraces, readOr } from '../salvage.ts';
import { query } from './operation.ts';

export interface Grouped {
  readonly by: RunGrouping;
  /** As for `list`. */
  readonly filter?: string | undefined;
  readonly searched?: readonly SearchedText[] | undefined;
}

export interface GroupRows {
  /** Null: its traces lack what others have in common. */
  readonly key: string | null;
  readonly title: string;
  /** Row numbers, the highest first. */
  readonly nrs: readonly number[];
}

/** Of conversations there may be as many as traces: older ones are given as one group. */
const MOST_GROUPS = 2000;

/** The group with the newest trace first, and the newest trace of each first. Damaged traces lack what others have in common. */
export const groups = query({
  run: (db: Connection, { by, filter = '', searched }: Grouped): readonly GroupRows[] => {
    const condition = conditionOf(filter, searched);
    return askedOf(
      db,
      (traces) => grouped(db, keyRows(db, traces, by, condition)),
      () => grouped(db, damagedKeyRows(db, by, condition)),
    );
  },
  // What is recorded beside a file is newer than all that is in it.
  layered: (own, stored, page): readonly GroupRows[] => {
    const both = new Map<string | null, GroupRows>();
    for (const group of [...own(page), ...stored(page)]) {
      const above = both.get(group.key);
      both.set(group.key, above ? { ...above, nrs: [...above.nrs, ...group.nrs] } : group);
    }
    return [...both.values()];
  },
  result: (all): RunGroups => ({
    groups: all.slice(0, MOST_GROUPS).map(({ nrs, ...group }): RunGroup => ({ ...group, steps: stepsOf(nrs) })),
    older: stepsOf(
      all
        .slice(MOST_GROUPS)
        .flatMap(({ nrs }) => nrs)
        .toSorted((a, b) => b - a),
    ),
  }),
});

interface KeyRow {
  readonly nr: number;
  readonly key: string | null;
}

const keysSql = (traces: string, by: RunGrouping, where: string): string =>
  `SELECT t.nr, ${groupKeySql(by)} AS key FROM ${traces} WHERE ${where}`;

const keyRows = (db: Connection, traces: string, by: RunGrouping, { where, values }: Condition): readonly KeyRow[] =>
  db.all<KeyRow>(`${keysSql(traces, by, where)} ORDER BY t.nr DESC`, values);

const damagedKeyRows = (db: Connection, by: RunGrouping, { where, values }: Condition): readonly KeyRow[] =>
  knownTraces(db).flatMap(({ nr }) =>
    readOr(
      () => db.all<KeyRow>(keysSql('traces t', by, `t.nr = :nr AND ${where}`), { ...values, nr }),
      [{ nr, key: null }],
    ),
  );

/** `rows`: the newest first. */
function grouped(db: Connection, rows: readonly KeyRow[]): readonly GroupRows[] {
  const nrs = new Map<string | null, number[]>();
  for (const { nr, key } of rows) {
    const group = nrs.get(key);
    if (group) group.push(nr);
    else nrs.set(key, [nr]);
  }
  return [...nrs].map(([key, of], n) => ({ key, title: n < MOST_GROUPS ? titleOf(db, of[0]!) : '', nrs: of }));
}

const TITLE = 'SELECT title FROM traces WHERE nr = ?';
const titleOf = (db: Connection, nr: number): string =>
  readOr(() => db.one<{ readonly title: string }>(TITLE, nr), undefined)?.title ?? '';

/** The first, and of each other how much lower it is: short as text. */
const stepsOf = (nrs: readonly number[]): readonly number[] => nrs.map((nr, at) => (at === 0 ? nr : nrs[at - 1]! - nr));
