/** A connection to the file with its statements, each prepared once. Results are whole: never iterators. */
import type Database from 'better-sqlite3';

export class Connection {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(db: Database.Database) {
    this.#db = db;
    db.function('has_words', { deterministic: true, varargs: true }, hasWords);
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

  /** One state of the file for all statements within. */
  snapshot<Value>(read: () => Value): Value {
    return this.#db.inTransaction ? read() : this.#db.transaction(read)();
  }

  #prepared(sql: string): Database.Statement {
    let statement = this.#statements.get(sql);
    if (!statement) this.#statements.set(sql, (statement = this.#db.prepare(sql)));
    return statement;
  }
}

/**
 * Whether each word of the first text is somewhere in the others. SQLite itself folds the capitals of ASCII
 * only.
 */
function hasWords(words: unknown, ...texts: readonly unknown[]): 0 | 1 {
  const text = folded(texts.filter((one) => one !== null).join('\n'));
  return folded(String(words))
    .split(/\s+/)
    .every((word) => text.includes(word))
    ? 1
    : 0;
}

const folded = (text: string): string => text.normalize('NFKC').toLowerCase();
