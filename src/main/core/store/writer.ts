/** The only writer: takes a batch of writes, commits it as one transaction, and returns the outcome of each. */
import { ServiceError } from '../../../shared/rpc/services.ts';
import { monotonicMs } from '../worker/monotonic.ts';
import type { Connection } from './connection.ts';
import { ABOVE_STORED, listedRow, notFound, readOnly, storedEnd } from './lookup.ts';
import type { Transaction, Write } from './ops/operation.ts';
import { OPERATIONS, type WriteOp } from './ops/registry.ts';
import { isFileTrouble } from './problems.ts';
import type { ListedColumns } from './rows.ts';
import { Tail } from './tail.ts';

/** Of one write. */
export type Outcome =
  | { readonly ok: true; readonly value?: unknown }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** What a batch changed in the list. */
export type CommittedChange =
  | { readonly type: 'upsert'; readonly row: ListedColumns }
  | { readonly type: 'delete'; readonly id: string; readonly nr: number };

export interface Written {
  readonly outcomes: readonly Outcome[];
  readonly changes: readonly CommittedChange[];
}

type AnyWrite = Write<'write' | 'kept', readonly unknown[], readonly unknown[], unknown, unknown>;

const NR = 'SELECT nr FROM traces WHERE id = ?';
const LAST_NR = 'SELECT max(nr) AS nr FROM traces';
export class StoreWriter {
  readonly #db: Connection;
  readonly #tails = new Map<number, Tail>();
  readonly #stored: Connection | undefined;
  #lastNr: number;

  /** `stored`: a file under a database in memory, whose traces cannot be changed. */
  constructor(db: Connection, stored: Connection | undefined) {
    this.#db = db;
    this.#stored = stored;
    this.#lastNr = stored ? ABOVE_STORED : 0;
  }

  /**
   * All of it in one transaction. When a write of it cannot be done for a reason of its own, the others are done without
   * it. Throws when the file cannot be written; then nothing was.
   */
  write(ops: readonly WriteOp[]): Written {
    try {
      return this.#transaction(ops);
    } catch (error) {
      // Each that was given up meanwhile is left out, and so there is an end to this.
      if (error instanceof GivenUp) return this.write(ops);
      if (isFileTrouble(error) || ops.length === 1) throw error;
    }
    const each = ops.map((op) => this.#alone(op));
    return { outcomes: each.flatMap(({ outcomes }) => outcomes), changes: each.flatMap(({ changes }) => changes) };
  }

  #alone(op: WriteOp): Written {
    try {
      return this.#transaction([op]);
    } catch (error) {
      if (error instanceof GivenUp) return this.#alone(op);
      if (isFileTrouble(error)) throw error;
      return {
        outcomes: [{ ok: false, code: 'fault', message: error instanceof Error ? error.message : String(error) }],
        changes: [],
      };
    }
  }

  /** A trace is no more: another may get its row number in the next run of the program. */
  forget(nr: number): void {
    this.#tails.delete(nr);
  }

  #nextNr(): number {
    const { nr } = this.#db.one<{ readonly nr: number | null }>(LAST_NR)!;
    this.#lastNr = Math.max(this.#lastNr, nr ?? 0) + 1;
    return this.#lastNr;
  }

  /** A trace that has ended is there for good, power loss or not. One that runs is not worth a sync for each of its batches. */
  #transaction(ops: readonly WriteOp[]): Written {
    return ops.some(({ name }) => name === 'finishTrace')
      ? this.#db.synced(() => this.#committed(ops))
      : this.#committed(ops);
  }

  #committed(ops: readonly WriteOp[]): Written {
    this.#db.run('BEGIN IMMEDIATE');
    try {
      const touched = new Map<string, 'row' | 'gone'>();
      const transaction = this.#context(touched);
      const begunMs = monotonicMs();
      const outcomes = ops.map((op) => (isLate(op, begunMs) ? tooLate() : outcomeOf(op, transaction)));
      const changes = [...touched].map(([id, what]) => this.#change(id, what)).filter((change) => change !== undefined);
      const nowMs = monotonicMs();
      if (ops.some((op) => isLate(op, nowMs) && !isLate(op, begunMs))) throw new GivenUp();
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
      nextNr: () => this.#nextNr(),
      tail: (nr) => this.#tail(nr),
      endTail: (nr) => void this.#tails.delete(nr),
      touch: (id) => void touched.set(id, 'row'),
      gone: (id) => void touched.set(id, 'gone'),
      touched: (id) => {
        const row = listedRow(this.#db, id);
        if (!row) throw this.#missing(id);
        touched.set(id, 'row');
        return row;
      },
      isBelow: (table, id) => this.#isBelow(table, id),
    };
  }

  #missing(id: string): ServiceError {
    return this.#isBelow('traces', id) ? readOnly() : notFound();
  }

  #isBelow(table: 'traces' | 'endpoints', id: string): boolean {
    return this.#stored?.one(`SELECT 1 FROM ${table} WHERE id = ?`, id) !== undefined;
  }

  #change(id: string, what: 'row' | 'gone'): CommittedChange | undefined {
    if (what === 'gone') {
      // Hidden, not gone from the file.
      const hidden = this.#db.one<{ readonly nr: number }>(NR, id);
      return hidden && { type: 'delete', id, nr: hidden.nr };
    }
    const row = listedRow(this.#db, id);
    return row && { type: 'upsert', row };
  }

  #tail(nr: number): Tail {
    let tail = this.#tails.get(nr);
    if (!tail) this.#tails.set(nr, (tail = new Tail(nr, this.#db, storedEnd(this.#db, nr))));
    return tail;
  }
}

/** Somebody gave up waiting for a write while it was done: it must not be carried out. */
class GivenUp extends Error {}

const isLate = ({ until }: WriteOp, nowMs: number): boolean => until !== undefined && nowMs >= until;

/** `afterMs`: how long it waited. */
export function tooLate(afterMs?: number): Outcome {
  const within = afterMs === undefined ? 'in time' : `within ${Math.round(afterMs / 1000)} seconds`;
  return {
    ok: false,
    code: 'not-stored',
    message: `The disk that holds the traces did not answer ${within}. This was not stored, and will not be. Check the disk, then try again.`,
  };
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
