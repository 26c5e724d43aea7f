/** What is worked out of traces that have ended, and what people call them. */
import type { TraceFacts } from '../../../../shared/model/facts.ts';
import { traceId, type TraceId } from '../../../../shared/model/ids.ts';
import type { Connection } from '../connection.ts';
import { readOnly, rowNumber } from '../lookup.ts';
import { tagsOf } from '../sound.ts';
import { query, write, type Transaction } from './operation.ts';

const ENDED = `SELECT t.nr, t.id, ifnull(f.version, 0) AS version FROM traces t LEFT JOIN trace_facts f ON f.trace = t.nr
  WHERE t.state IS NOT NULL AND t.deleted_at IS NULL AND t.nr < :before ORDER BY t.nr DESC LIMIT :limit`;

export interface Ended {
  readonly nr: number;
  readonly id: string;
  /** Of its facts; 0: it has none. */
  readonly version: number;
}

/** Traces that have ended, newest first, from below a row number. */
export const ended = query({
  run: (db: Connection, before: number | null, limit: number): readonly Ended[] =>
    db.all<Ended>(ENDED, { before: before ?? Number.MAX_SAFE_INTEGER, limit }),
  // What is in a file that cannot be written gets no facts.
  layered: (own, _stored, before, limit) => own(before, limit),
  result: (rows) => rows.map(({ nr, id, version }) => ({ nr, id: traceId(id), version })),
});

const PUT = 'INSERT OR REPLACE INTO trace_facts (trace, version, facts) VALUES (?, ?, ?)';
const FORGET = "DELETE FROM trace_values WHERE trace = ? AND field <> 'tag'";
const PUT_VALUE = 'INSERT OR IGNORE INTO trace_values (field, value, trace) VALUES (?, ?, ?)';

/** In the place of those that the trace had. */
export const setFacts = write({
  run: ({ db, touch }: Transaction, id: TraceId, facts: TraceFacts): void => {
    const nr = rowNumber(db, id);
    db.run(PUT, nr, facts.version, JSON.stringify(facts));
    db.run(FORGET, nr);
    for (const [field, value] of valuesOf(facts)) db.run(PUT_VALUE, field, value, nr);
    touch(id);
  },
});

function* valuesOf({ differs, apart, lint, tools }: TraceFacts): Iterable<readonly [field: string, value: string]> {
  for (const tool of tools) yield ['tool', tool];
  if (lint.worst !== null) yield ['lint', lint.worst];
  for (const rule of lint.rules) yield ['lint', rule];
  for (const { lane, kinds } of differs) {
    yield ['diff', lane];
    for (const kind of kinds) yield ['diff', kind];
  }
  for (const [a, b] of apart) yield ['diff', `${a}≠${b}`];
}

const TAGS = 'UPDATE traces SET tags = ? WHERE nr = ?';
const FORGET_TAGS = "DELETE FROM trace_values WHERE trace = ? AND field = 'tag'";

export interface TagChange {
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
}

/** Gives tags to traces and takes tags from them, capitals aside. Rejects where one of the traces is not in the list. */
export const tag = write({
  run: ({ db, touched, isBelow }: Transaction, ids: readonly TraceId[], { add = [], remove = [] }: TagChange): void => {
    if (ids.some((id) => isBelow('traces', id))) throw readOnly();
    for (const row of ids.map((id) => touched(id))) {
      const tags = new Map(tagsOf(row.tags).map((one) => [one.toLowerCase(), one]));
      for (const one of remove) tags.delete(one.toLowerCase());
      for (const one of add) if (!tags.has(one.toLowerCase())) tags.set(one.toLowerCase(), one);
      db.run(TAGS, tags.size === 0 ? null : JSON.stringify([...tags.values()]), row.nr);
      db.run(FORGET_TAGS, row.nr);
      for (const one of tags.keys()) db.run(PUT_VALUE, 'tag', one, row.nr);
    }
  },
});
