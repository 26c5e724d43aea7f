/**
 * Which table a row is of, told by its own columns: the schema of a damaged file may be what is damaged. The tables are so
 * unlike each other that a row fits one of them, whatever format wrote it.
 */
import Database from 'better-sqlite3';
import { migrateWith } from '../store/migrate.ts';
import { MIGRATIONS } from '../store/sql/migrations.ts';
import type { Row, Value } from '../store/cells.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  /** Not null. */
  readonly required: boolean;
  /** The row's number: it is not in the record. */
  readonly rowid: boolean;
}

export interface Table {
  readonly name: string;
  readonly in: Row['in'];
  readonly columns: readonly Column[];
  /** As many as the first format had; a row has no more columns than its format when it was written. */
  readonly fewest: number;
}

/** A row of a table: its columns by name, those that a later format added left out. */
export interface TableRow {
  readonly table: string;
  readonly values: Readonly<Record<string, Value>>;
}

/** The tables of the newest format. */
export function knownTables(): readonly Table[] {
  const first = new Map(tablesOf(MIGRATIONS.slice(0, 1)).map((table) => [table.name, table.columns.length]));
  return tablesOf(MIGRATIONS).map((table) => ({ ...table, fewest: first.get(table.name) ?? table.columns.length }));
}

function tablesOf(steps: readonly string[]): readonly Omit<Table, 'fewest'>[] {
  const db = new Database(':memory:');
  try {
    migrateWith(db, 0, steps);
    const tables = db
      .prepare<[], { name: string; wr: number }>(
        "SELECT name, wr FROM pragma_table_list WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
      )
      .all();
    return tables.map(({ name, wr }) => ({
      name,
      in: wr === 1 ? 'index' : 'table',
      columns: columnsOf(db, name, wr === 0),
    }));
  } finally {
    db.close();
  }
}

function columnsOf(db: Database.Database, table: string, hasRowid: boolean): readonly Column[] {
  return db
    .prepare<[string], { name: string; type: string; required: number; pk: number }>(
      'SELECT name, type, "notnull" AS required, pk FROM pragma_table_info(?)',
    )
    .all(table)
    .map(({ name, type, required, pk }) => ({
      name,
      type,
      required: required === 1 || pk > 0,
      rowid: hasRowid && pk > 0 && type === 'INTEGER',
    }));
}

/** Columns of a trace that may be damaged: the others still tell it from any other row. */
const MOST_DAMAGED = 3;

/** Undefined for a row of none, such as one of an index. */
export function tableRowOf(row: Row, tables: readonly Table[]): TableRow | undefined {
  const fitting = tables.filter((table) => table.in === row.in && isOfLength(row, table));
  for (const table of fitting) if (faults(row, table) === 0) return { table: table.name, values: named(row, table) };
  const traces = fitting.find(({ name }) => name === 'traces');
  // A trace without its id is none: everything else of it is found by that.
  if (!traces || typeof row.values[1] !== 'string' || faults(row, traces) > MOST_DAMAGED) return undefined;
  return { table: traces.name, values: named(row, traces) };
}

const isOfLength = ({ values }: Row, { columns, fewest }: Table): boolean =>
  values.length >= fewest && values.length <= columns.length;

const faults = ({ values }: Row, { columns }: Table): number =>
  values.filter((value, at) => !fits(value, columns[at]!)).length;

function fits(value: Value, { type, required, rowid }: Column): boolean {
  if (rowid) return value === null;
  if (value === null) return !required;
  switch (type) {
    case 'INTEGER':
      return Number.isInteger(value);
    case 'REAL':
      return typeof value === 'number';
    case 'TEXT':
      return typeof value === 'string';
    default:
      return Buffer.isBuffer(value);
  }
}

function named({ values, rowid }: Row, { columns }: Table): TableRow['values'] {
  return Object.fromEntries(
    values.map((value, at) => {
      const column = columns[at]!;
      if (column.rowid) return [column.name, rowid];
      return [column.name, fits(value, column) ? value : damaged(column)];
    }),
  );
}

/** What a column can hold and is not taken for sound: see store/sound.ts. */
function damaged({ type, required }: Column): Value {
  if (!required) return null;
  return type === 'TEXT' ? '' : 0;
}
