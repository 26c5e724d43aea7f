/** The values that traces have in a field, for who filters by it. */
import type { ListedField } from '../../../../shared/filter/fields.ts';
import type { FieldValue } from '../../../../shared/rpc/contract.ts';
import type { Connection } from '../connection.ts';
import { valuesSql } from '../filter-sql.ts';
import { askedOf } from '../salvage.ts';
import { query } from './operation.ts';

/** More are found by typing. */
const MOST = 500;

/** The commonest first. */
export const values = query({
  run: (db: Connection, field: ListedField): readonly FieldValue[] => {
    const ask = (traces: string): readonly FieldValue[] =>
      db.all<FieldValue>(
        `SELECT CAST(value AS TEXT) AS value, count(*) AS traces
          FROM (${valuesSql(field, traces)})
          WHERE value IS NOT NULL AND value <> '' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${MOST}`,
      );
    // Where the table itself is damaged, who asks is told.
    return askedOf(db, ask, () => ask('traces t'));
  },
  layered: (own, stored, field): readonly FieldValue[] => {
    const counts = new Map<string, number>();
    for (const { value, traces } of [...own(field), ...stored(field)])
      counts.set(value, (counts.get(value) ?? 0) + traces);
    return [...counts].map(([value, traces]) => ({ value, traces })).toSorted((a, b) => b.traces - a.traces);
  },
});
