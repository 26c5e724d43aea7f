/** A connection to the file with its statements, prepared once and kept as long as there is room. Results are whole: never iterators. */
import type Database from 'better-sqlite3';
import { folded } from '../../../shared/text/fold.ts';

const MOST_STATEMENTS = 200;

export class Connection {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(db: Database.Database) {
    this.#db = db;
    db.function('has_text', { deterministic: true }, hasText);
  }

  get inTransaction(): boolean {
    return this.#db.inTransaction;
  }

  one<Row>(sql: string, ...params: readonly unknown[]): Row | undefined {
    return this.#prepared(sql).get(...params) as Row | undefined;
  }

  all<Row>(sql: string, ...params: readonly unknown[]): Row[] {
    return this.#prepared(sql).all(...params) as Row[];
  }

  /** Number of rows that were changed. */
  run(sql: string, ...params: readonly unknown[]): number {
    return this.#prepared(sql).run(...params).changes;
  }

  /** What is committed within outlives a power loss; anything else may be lost with the seconds before one, as configure() has it. */
  synced<Value>(work: () => Value): Value {
    this.#db.pragma('synchronous = FULL');
    try {
      return work();
    } finally {
      this.#db.pragma('synchronous = NORMAL');
    }
  }

  /** One state of the file for all statements within. */
  snapshot<Value>(read: () => Value): Value {
    return this.#db.inTransaction ? read() : this.#db.transaction(read)();
  }

  #prepared(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) {
      // Filters are as many as people think of; the others are never so many.
      if (this.#statements.size >= MOST_STATEMENTS) this.#statements.delete(this.#statements.keys().next().value!);
      this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    }
    return statement;
  }
}

/** Whether a text has another in it, which is folded already. SQLite itself folds the capitals of ASCII only. */
const hasText = (wanted: unknown, text: unknown): 0 | 1 =>
  text !== null && folded(String(text)).includes(String(wanted)) ? 1 : 0;
