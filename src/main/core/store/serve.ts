/**
 * The store's own thread: opens the file, then answers messages one by one. It ends by itself once it was told to close
 * and has done so; it is never terminated from outside, which crashes SQLite's binding now and then.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { Channel, type ChannelPort } from '../worker/channel.ts';
import type { Closable } from '../worker/worker-thread.ts';
import { Connection } from './connection.ts';
import { openDatabase, openFile, type OpenedDatabase } from './database.ts';
import type { Query } from './ops/operation.ts';
import { OPERATIONS, type ParamsOf, type QueryName, type WriteOp } from './ops/registry.ts';
import { FileGone, writeFact } from './problems.ts';
import { StoreWriter, type Written } from './writer.ts';

/** Given to the worker as it starts. */
export interface WorkerSetup {
  readonly dataDir: string;
  /** When the program opened the store: what was deleted before is purged, what was deleted since can be restored. */
  readonly since: number;
}

/** Why nothing of a batch was written. */
export interface NotWritten {
  readonly fact: string;
  readonly step: string;
}

/**
 * What the store's thread serves. Writes come in batches, one at a time, each answered before the next is sent, so that a batch
 * whose answer never came can be sent again.
 */
export type StoreHandlers = Closable & {
  readonly opened: () => { readonly file: string | undefined; readonly problem: string | undefined };
  readonly write: (ops: readonly WriteOp[]) => Written | NotWritten;
  readonly query: <Name extends QueryName>(name: Name, params: ParamsOf<Name>) => unknown;
};

type AnyQuery = Query<readonly unknown[], readonly unknown[], unknown, unknown>;
type ClosablePort = ChannelPort & { close(): void };

/** Without a write for so long, what the log holds is brought into the file and the log emptied. */
const IDLE_MS = 2000;

const TO_PURGE = 'SELECT nr FROM traces WHERE deleted_at < ? ORDER BY nr LIMIT 1';
const PURGE_SEGMENTS = 'DELETE FROM segments WHERE trace = ? LIMIT 256';
const PURGE_TRACE = 'DELETE FROM traces WHERE nr = ?';

export function serveStore(port: ClosablePort, setup: WorkerSetup): void {
  const thread = new StoreThread(port, setup);
  void new Channel(port, (): StoreHandlers => ({
    opened: () => thread.opened,
    write: (ops) => thread.write(ops),
    query: (name, params) => thread.query(name, params),
    close: () => thread.close(),
  }));
}

class StoreThread {
  readonly #port: ClosablePort;
  readonly #opened: OpenedDatabase;
  readonly #since: number;
  #db: Database.Database;
  #connection: Connection;
  #writer: StoreWriter;
  #idle: NodeJS.Timeout | undefined;
  #purging: NodeJS.Immediate | undefined;
  #repairing: NodeJS.Immediate | undefined;

  constructor(port: ClosablePort, setup: WorkerSetup) {
    this.#port = port;
    this.#since = setup.since;
    this.#opened = openDatabase(setup.dataDir);
    this.#db = this.#opened.db;
    this.#connection = new Connection(this.#db);
    this.#writer = this.#newWriter();
    if (this.#opened.file !== undefined) this.#purging = setImmediate(() => this.#purge());
  }

  get opened(): ReturnType<StoreHandlers['opened']> {
    return { file: this.#opened.file, problem: this.#opened.problem };
  }

  write(ops: readonly WriteOp[]): Written | NotWritten {
    try {
      return this.#writer.write(ops);
    } catch (error) {
      // Told first, repaired for the next try.
      if (error instanceof FileGone) this.#repairing = setImmediate(() => this.#rewrite());
      return writeFact(this.#opened.file ?? 'memory', error);
    } finally {
      this.#checkpointWhenIdle();
    }
  }

  query(name: QueryName, params: readonly unknown[]): unknown {
    const { run, send } = OPERATIONS[name] as unknown as AnyQuery;
    try {
      const raw = run(this.#connection, ...params);
      return send ? send(raw) : raw;
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      throw new ServiceError(
        'store',
        `The stored traces cannot be read (${error instanceof Error ? error.message : String(error)}). Restart Tracelane for details.`,
      );
    }
  }

  close(): void {
    clearTimeout(this.#idle);
    clearImmediate(this.#purging);
    clearImmediate(this.#repairing);
    this.#checkpoint();
    this.#db.close();
    this.#opened.lock?.release();
    this.#port.close();
  }

  /** Removes what was deleted before this start, a slice at a time, so that nobody waits for it; then its pages leave the file. */
  #purge(): void {
    this.#purging = undefined;
    try {
      const next = this.#connection.one<{ readonly nr: number }>(TO_PURGE, this.#since);
      if (!next) return this.#shrink();
      if (this.#connection.run(PURGE_SEGMENTS, next.nr) === 0) this.#connection.run(PURGE_TRACE, next.nr);
    } catch {
      // A file that cannot be written now is told of by the writes that matter; the purge waits for the next start.
      return;
    }
    this.#purging = setImmediate(() => this.#purge());
  }

  /** Gives back the pages of what was purged, now or by a thread that was closed before it came to this. */
  #shrink(): void {
    if (this.#db.pragma('freelist_count', { simple: true }) === 0) return;
    this.#db.pragma('incremental_vacuum');
    this.#checkpoint();
  }

  #checkpointWhenIdle(): void {
    if (this.#idle) this.#idle.refresh();
    else this.#idle = setTimeout(() => this.#checkpoint(), IDLE_MS);
  }

  #checkpoint(): void {
    if (this.#opened.file === undefined) return;
    try {
      // With a reader in its way it does what it can; the next one does the rest.
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // The disk is full, or the like: all of it stays in the log, which is as good a place.
    }
  }

  /**
   * The file is gone from its place, but not from this connection: all of it is written there again. What somebody else put
   * in its place is left alone.
   */
  #rewrite(): void {
    const { file } = this.#opened;
    if (file === undefined || existsSync(file)) return;
    const copy = `${file}.rewritten`;
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      rmSync(copy, { force: true });
      this.#db.prepare('VACUUM INTO ?').run(copy);
      // Closing takes the old log away, which must not meet the new file.
      this.#db.close();
      renameSync(copy, file);
    } catch {
      return;
    } finally {
      if (!this.#db.open) this.#reopen(file);
    }
  }

  #reopen(file: string): void {
    this.#db = openFile(file);
    this.#connection = new Connection(this.#db);
    this.#writer = this.#newWriter();
  }

  #newWriter(): StoreWriter {
    return new StoreWriter(this.#connection, this.#opened.file, this.#since);
  }
}
