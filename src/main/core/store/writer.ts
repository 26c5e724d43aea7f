/** The one that writes: takes a batch of writes, commits it as one transaction, and says what became of each. */
import { lstatSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { CommittedChange, Outcome, WriteOp } from './worker-messages.ts';
import { FileGone, isFileTrouble } from './problems.ts';
import { notFound, type Queries } from './queries.ts';
import type { FinishedColumns } from './rows.ts';
import { WRITE } from './sql/statements.ts';
import { Tail, TailStatements } from './tail.ts';

export interface Written {
  readonly outcomes: readonly Outcome[];
  readonly changes: readonly CommittedChange[];
}

export class StoreWriter {
  readonly #db: Database.Database;
  readonly #queries: Queries;
  readonly #statements: Statements;
  readonly #tails = new Map<number, Tail>();
  readonly #tailStatements: TailStatements;
  /** What was deleted since then can be restored. */
  readonly #since: number;
  readonly #file: WatchedFile | undefined;

  /** `file` is undefined in memory. */
  constructor(db: Database.Database, queries: Queries, file: string | undefined, since: number) {
    this.#db = db;
    this.#queries = queries;
    this.#statements = new Statements(db);
    this.#tailStatements = new TailStatements(db);
    this.#since = since;
    this.#file = file === undefined ? undefined : new WatchedFile(file);
  }

  /**
   * All of it in one transaction. When a write of it cannot be done for a reason of its own, the others are done without
   * it. Throws when the file cannot be written; then nothing was.
   */
  write(ops: readonly WriteOp[]): Written {
    this.#file?.check();
    try {
      return this.#transaction(ops);
    } catch (error) {
      if (isFileTrouble(error) || ops.length === 1) throw error;
    }
    const each = ops.map((op) => this.#alone(op));
    return { outcomes: each.flatMap(({ outcomes }) => outcomes), changes: each.flatMap(({ changes }) => changes) };
  }

  #alone(op: WriteOp): Written {
    try {
      return this.#transaction([op]);
    } catch (error) {
      if (isFileTrouble(error)) throw error;
      return {
        outcomes: [{ ok: false, code: 'fault', message: error instanceof Error ? error.message : String(error) }],
        changes: [],
      };
    }
  }

  #transaction(ops: readonly WriteOp[]): Written {
    const { begin, commit, rollback } = this.#statements;
    begin.run();
    try {
      const touched = new Map<string, 'row' | 'gone'>();
      const outcomes = ops.map((op) => this.#outcome(op, touched));
      const changes = [...touched].map(([id, what]) => this.#change(id, what)).filter((change) => change !== undefined);
      commit.run();
      return { outcomes, changes };
    } catch (error) {
      // SQLite has rolled back by itself after some errors, such as a full disk.
      if (this.#db.inTransaction) rollback.run();
      this.#tails.clear();
      throw error;
    }
  }

  #outcome(op: WriteOp, touched: Map<string, 'row' | 'gone'>): Outcome {
    try {
      return this.#do(op, touched);
    } catch (error) {
      // Thrown before anything was written of it.
      if (error instanceof ServiceError) return { ok: false, code: error.code, message: error.message };
      throw error;
    }
  }

  #do(op: WriteOp, touched: Map<string, 'row' | 'gone'>): Outcome {
    const sql = this.#statements;
    switch (op.op) {
      case 'create': {
        const { request, request_head, ...columns } = op.trace;
        sql.create.run(columns);
        sql.createDocuments.run({ id: op.trace.id, request, request_head });
        touched.set(op.trace.id, 'row');
        return DONE;
      }
      case 'reads':
        this.#tail(this.#nr(op.id)).append(op.run);
        return DONE;
      case 'head': {
        const nr = this.#nr(op.id);
        sql.head.run(op.status, op.tNs, nr);
        sql.headDocument.run(op.head, nr);
        touched.set(op.id, 'row');
        return DONE;
      }
      case 'finish':
        this.#finish(this.#nr(op.id), op.result);
        touched.set(op.id, 'row');
        return DONE;
      case 'provider-trace':
        sql.providerTrace.run(this.#nr(op.id), op.lane, op.step_id, op.document);
        return DONE;
      case 'rename':
        if (sql.rename.run(op.title, op.id).changes === 0) throw notFound();
        return this.#row(op.id, touched);
      case 'star':
        if (sql.star.run(op.starred ? 1 : 0, op.id).changes === 0) throw notFound();
        return this.#row(op.id, touched);
      case 'delete':
        for (const id of op.ids) if (sql.hide.run(Date.now(), id).changes > 0) touched.set(id, 'gone');
        return DONE;
      case 'restore':
        for (const id of op.ids) if (sql.restore.run(id, this.#since).changes > 0) touched.set(id, 'row');
        return DONE;
      case 'settings':
        for (const { key, value } of op.values) sql.saveSetting.run(key, value);
        return DONE;
      case 'save-endpoint':
        sql.saveEndpoint.run(op.endpoint);
        return DONE;
      case 'remove-endpoint':
        sql.removeEndpoint.run(op.id);
        return DONE;
    }
  }

  #finish(nr: number, result: FinishedColumns): void {
    this.#tail(nr).seal();
    this.#tails.delete(nr);
    this.#statements.finish.run({ ...result, nr });
  }

  #row(id: string, touched: Map<string, 'row' | 'gone'>): Outcome {
    touched.set(id, 'row');
    return { ok: true, row: this.#queries.row(id)! };
  }

  #change(id: string, what: 'row' | 'gone'): CommittedChange | undefined {
    if (what === 'gone') return { type: 'delete', id };
    const row = this.#queries.row(id);
    return row && { type: 'upsert', row };
  }

  /** Row number of a trace, a hidden one too: it may be running still. */
  #nr(id: string): number {
    const found = this.#statements.findAny.get(id);
    if (!found) throw notFound();
    return found.nr;
  }

  #tail(nr: number): Tail {
    let tail = this.#tails.get(nr);
    if (!tail) this.#tails.set(nr, (tail = new Tail(nr, this.#tailStatements, this.#queries.end(nr))));
    return tail;
  }
}

const DONE: Outcome = { ok: true };

class Statements {
  readonly begin: Database.Statement;
  readonly commit: Database.Statement;
  readonly rollback: Database.Statement;
  readonly create: Database.Statement;
  readonly createDocuments: Database.Statement;
  readonly findAny: Database.Statement<[string], { nr: number }>;
  readonly head: Database.Statement;
  readonly headDocument: Database.Statement;
  readonly finish: Database.Statement;
  readonly providerTrace: Database.Statement;
  readonly rename: Database.Statement;
  readonly star: Database.Statement;
  readonly hide: Database.Statement;
  readonly restore: Database.Statement;
  readonly saveSetting: Database.Statement;
  readonly saveEndpoint: Database.Statement;
  readonly removeEndpoint: Database.Statement;

  constructor(db: Database.Database) {
    this.begin = db.prepare('BEGIN IMMEDIATE');
    this.commit = db.prepare('COMMIT');
    this.rollback = db.prepare('ROLLBACK');
    this.create = db.prepare(WRITE.create);
    this.createDocuments = db.prepare(WRITE.createDocuments);
    this.findAny = db.prepare<[string], { nr: number }>(WRITE.findAny);
    this.head = db.prepare(WRITE.head);
    this.headDocument = db.prepare(WRITE.headDocument);
    this.finish = db.prepare(WRITE.finish);
    this.providerTrace = db.prepare(WRITE.providerTrace);
    this.rename = db.prepare(WRITE.rename);
    this.star = db.prepare(WRITE.star);
    this.hide = db.prepare(WRITE.hide);
    this.restore = db.prepare(WRITE.restore);
    this.saveSetting = db.prepare(WRITE.saveSetting);
    this.saveEndpoint = db.prepare(WRITE.saveEndpoint);
    this.removeEndpoint = db.prepare(WRITE.removeEndpoint);
  }
}

/** Writing to a file that was deleted succeeds, and is lost: so its place is looked at before each batch. */
class WatchedFile {
  readonly #file: string;
  readonly #identity: string | undefined;

  constructor(file: string) {
    this.#file = file;
    this.#identity = identityOf(file);
  }

  check(): void {
    if (identityOf(this.#file) !== this.#identity) throw new FileGone(`${this.#file} is no longer there.`);
  }
}

function identityOf(file: string): string | undefined {
  const found = lstatSync(file, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}
