/** Fills a new database with every row that can be read from the pages of another. */
import type Database from 'better-sqlite3';
import { rowsOf } from '../store/cells.ts';
import type { PageFile } from '../store/pages.ts';
import { knownTables, tableRowOf, type TableRow } from './tables.ts';

export interface Gathered {
  /** Rows that are there and cannot be read. */
  readonly broken: number;
  /** Pages that are missing or hold no rows, though the file says that they do. */
  readonly lostPages: number;
  /** Ids of traces and endpoints by their row numbers, as the file's indexes have them. */
  readonly ids: ReadonlyMap<number, ReadonlySet<string>>;
}

/** Rows between two commits: some megabytes. */
const ROWS_AT_ONCE = 2_000;

/** `db` has the tables of the newest format, and nothing in them. Throws what SQLite throws when it cannot be written. */
export function gather(file: PageFile, db: Database.Database): Gathered {
  const tables = knownTables();
  const insert = new Inserts(db);
  const ids = new Map<number, Set<string>>();
  let broken = 0;
  let lostPages = file.missing;
  let waiting = 0;
  db.pragma('foreign_keys = OFF');
  db.exec('BEGIN');
  for (let number = 1; number <= file.count; number++) {
    if (file.isFree(number)) continue;
    const found = rowsOf(file, number);
    broken += found.broken;
    if (!found.tree && file.isTree(number)) lostPages++;
    for (const row of found.rows) {
      const known = tableRowOf(row, tables);
      if (known) insert.row(known);
      else if (row.in === 'index') keepId(row.values, ids);
    }
    waiting += found.rows.length;
    if (waiting < ROWS_AT_ONCE) continue;
    db.exec('COMMIT; BEGIN');
    waiting = 0;
  }
  db.exec('COMMIT');
  db.pragma('foreign_keys = ON');
  return { broken, lostPages, ids };
}

/** An index of a text has the text and the row number. */
function keepId(values: readonly unknown[], ids: Map<number, Set<string>>): void {
  const [id, nr] = values;
  if (values.length !== 2 || typeof id !== 'string' || typeof nr !== 'number' || !UUID.test(id)) return;
  const same = ids.get(nr);
  if (same) same.add(id);
  else ids.set(nr, new Set([id]));
}

/** What Tracelane gives to traces and endpoints: a hash or the name of a setting is none. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One statement for each table and number of columns: a row of an older format has fewer. */
class Inserts {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(db: Database.Database) {
    this.#db = db;
  }

  /** A row whose key is there already is one too many. */
  row({ table, values }: TableRow): void {
    const names = Object.keys(values);
    const key = `${table} ${names.length}`;
    let statement = this.#statements.get(key);
    if (!statement) {
      const columns = names.join(', ');
      const places = names.map((name) => `:${name}`).join(', ');
      statement = this.#db.prepare(`INSERT OR IGNORE INTO ${table} (${columns}) VALUES (${places})`);
      this.#statements.set(key, statement);
    }
    statement.run(values);
  }
}
