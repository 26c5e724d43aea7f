/** Whether a file has the tables of its format: a table, a column or an index may be lacking, or a view stand in its place. */
import Database from 'better-sqlite3';
import { migrateWith } from './migrate.ts';

interface Made {
  readonly type: string;
  readonly name: string;
  readonly columns: readonly string[];
}

/**
 * The first thing that is not as `steps` make it, as the end of a sentence; undefined when all is. Of a file of a later format
 * only the tables are looked at: it may have other indexes.
 */
export function schemaFault(
  db: Database.Database,
  steps: readonly string[],
  looked: 'all' | 'tables' = 'all',
): string | undefined {
  const found = new Map(schemaOf(db).map((made) => [made.name, made]));
  const expected = expectedSchema(steps).filter(({ type }) => looked === 'all' || type === 'table');
  for (const { type, name, columns } of expected) {
    const there = found.get(name);
    if (!there) return `the ${type} ${name} is missing`;
    if (there.type !== type) return `${name} is a ${there.type} instead of a ${type}`;
    const lacking = columns.find((column) => !there.columns.includes(column));
    if (lacking !== undefined) return `the ${type} ${name} has no column ${lacking.split(' ')[0]} as it should be`;
  }
  const trigger = schemaOf(db).find(({ type }) => type === 'trigger');
  return trigger && `the trigger ${trigger.name} was added to it`;
}

function expectedSchema(steps: readonly string[]): readonly Made[] {
  const db = new Database(':memory:');
  try {
    migrateWith(db, 0, steps);
    return schemaOf(db);
  } finally {
    db.close();
  }
}

function schemaOf(db: Database.Database): readonly Made[] {
  const made = db.prepare<[], { type: string; name: string }>('SELECT type, name FROM sqlite_schema').all();
  return made.map(({ type, name }) => ({ type, name, columns: type === 'table' ? columnsOf(db, name) : [] }));
}

/** Name, type and rules of each column. */
function columnsOf(db: Database.Database, table: string): readonly string[] {
  return db
    .prepare<[string], { name: string; type: string; required: number; key: number }>(
      'SELECT name, type, "notnull" AS required, pk AS key FROM pragma_table_xinfo(?)',
    )
    .all(table)
    .map(({ name, type, required, key }) => [name, type, required, key].join(' '));
}
