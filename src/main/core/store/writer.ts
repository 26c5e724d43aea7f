/** The only writer: takes a batch of writes, commits it as one transaction, and returns the outcome of each. */
import { lstatSync } from 'node:fs';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { Connection } from './connection.ts';
import { listedRow, notFound, storedEnd } from './lookup.ts';
import type { Transaction, Write } from './ops/operation.ts';
import { OPERATIONS, type WriteOp } from './ops/registry.ts';
import { FileGone, isFileTrouble } from './problems.ts';
import type { ListedColumns } from './rows.ts';
import { Tail } from './tail.ts';

/** Of one write. */
export type Outcome =
  | { readonly ok: true; readonly value?: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** What a batch changed in the list. */
export type CommittedChange =
  { readonly type: 'upsert'; readonly row: ListedColumns } | { readonly type: 'delete'; readonly id: string };

export interface Written {
  readonly outcomes: readonly Outcome[];
  readonly changes: readonly CommittedChange[];
}

type AnyWrite = Write<'write' | 'kept', readonly unknown[], readonly unknown[], unknown, unknown>;

export class StoreWriter {
  readonly #db: Connection;
  readonly #tails = new Map<number, Tail>();
  readonly #since: number;
  readonly #file: WatchedFile | undefined;

  /** `file` is undefined in memory; `since`: what was deleted since then can be restored. */
  constructor(db: Connection, file: string | undefined, since: number) {
    this.#db = db;
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
    this.#db.run('BEGIN IMMEDIATE');
    try {
      const touched = new Map<string, 'row' | 'gone'>();
      const transaction = this.#context(touched);
      const outcomes = ops.map((op) => outcomeOf(op, transaction));
      const changes = [...touched].map(([id, what]) => this.#change(id, what)).filter((change) => change !== undefined);
      this.#db.run('COMMIT');
      return { outcomes, changes };
    } catch (error) {
      // SQLite has rolled back by itself after some errors, such as a full disk.
      if (this.#db.inTransaction) this.#db.run('ROLLBACK');
      this.#tails.clear();
      throw error;
    }
  }

  #context(touched: Map<string, 'row' | 'gone'>): Transaction {
    return {
      db: this.#db,
      since: this.#since,
      tail: (nr) => this.#tail(nr),
      endTail: (nr) => void this.#tails.delete(nr),
      touch: (id) => void touched.set(id, 'row'),
      gone: (id) => void touched.set(id, 'gone'),
      touched: (id) => {
        const row = listedRow(this.#db, id);
        if (!row) throw notFound();
        touched.set(id, 'row');
        return row;
      },
    };
  }

  #change(id: string, what: 'row' | 'gone'): CommittedChange | undefined {
    if (what === 'gone') return { type: 'delete', id };
    const row = listedRow(this.#db, id);
    return row && { type: 'upsert', row };
  }

  #tail(nr: number): Tail {
    let tail = this.#tails.get(nr);
    if (!tail) this.#tails.set(nr, (tail = new Tail(nr, this.#db, storedEnd(this.#db, nr))));
    return tail;
  }
}

function outcomeOf({ name, params }: WriteOp, transaction: Transaction): Outcome {
  try {
    return { ok: true, value: (OPERATIONS[name] as unknown as AnyWrite).run(transaction, ...params) };
  } catch (error) {
    // Thrown before anything was written of it.
    if (error instanceof ServiceError) return { ok: false, code: error.code, message: error.message };
    throw error;
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
