/**
 * The store's own thread: opens the file, then answers messages one by one. It ends by itself once it was told to close
 * and has done so; it is never terminated from outside, which crashes SQLite's binding now and then.
 */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import type Database from 'better-sqlite3';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { openDatabase, openFile, type OpenedDatabase } from './database.ts';
import type { FromWorker, Question, ToWorker, WorkerSetup, WriteOp } from './worker-messages.ts';
import { FileGone, writeFact } from './problems.ts';
import { Queries } from './queries.ts';
import { WRITE } from './sql/statements.ts';
import { StoreWriter } from './writer.ts';

/** Without a write for so long, what the log holds is brought into the file and the log emptied. */
const IDLE_MS = 2000;

export function serveStore(port: MessagePort, setup: WorkerSetup): void {
  const thread = new StoreThread(port, setup);
  port.on('message', (message: ToWorker) => thread.take(message));
}

class StoreThread {
  readonly #port: MessagePort;
  readonly #opened: OpenedDatabase;
  readonly #since: number;
  #db: Database.Database;
  #queries: Queries;
  #writer: StoreWriter;
  #idle: NodeJS.Timeout | undefined;
  #purging: NodeJS.Immediate | undefined;

  constructor(port: MessagePort, setup: WorkerSetup) {
    this.#port = port;
    this.#since = setup.since;
    this.#opened = openDatabase(setup.dataDir);
    this.#db = this.#opened.db;
    this.#queries = new Queries(this.#db);
    this.#writer = this.#newWriter();
    this.#send({ type: 'opened', file: this.#opened.file, problem: this.#opened.problem });
    if (this.#opened.file !== undefined) this.#purging = setImmediate(() => this.#purge());
  }

  take(message: ToWorker): void {
    switch (message.type) {
      case 'write':
        this.#write(message.batch, message.ops);
        return;
      case 'ask':
        this.#answer(message.ask, message.question);
        return;
      case 'close':
        this.#close();
    }
  }

  #write(batch: number, ops: readonly WriteOp[]): void {
    try {
      const { outcomes, changes } = this.#writer.write(ops);
      this.#send({ type: 'written', batch, outcomes, changes });
    } catch (error) {
      this.#send({ type: 'failed', batch, ...writeFact(this.#opened.file ?? 'memory', error) });
      // Told first, repaired for the next try.
      if (error instanceof FileGone) this.#rewrite();
    }
    this.#checkpointWhenIdle();
  }

  #answer(ask: number, question: Question): void {
    try {
      const { value, transfer } = this.#look(question);
      this.#port.postMessage({ type: 'answer', ask, value } satisfies FromWorker, transfer);
    } catch (error) {
      const code = error instanceof ServiceError ? error.code : 'store';
      const message =
        error instanceof ServiceError
          ? error.message
          : `The stored traces cannot be read (${error instanceof Error ? error.message : String(error)}). Start Tracelane again to be told more.`;
      this.#send({ type: 'refused', ask, code, message });
    }
  }

  #look({ name, params }: Question): { readonly value: unknown; readonly transfer: ArrayBuffer[] } {
    const queries = this.#queries;
    switch (name) {
      case 'list':
        return whole(queries.list(params.limit, params.after));
      case 'get':
        return whole(queries.get(params.id));
      case 'head':
        return whole(queries.head(params.id));
      case 'providerTraces':
        return whole(queries.providerTraces(params.id));
      case 'unfinished':
        return whole(queries.unfinished());
      case 'settings':
        return whole(queries.settings());
      case 'endpoints':
        return whole(queries.endpoints());
      case 'reads': {
        const run = queries.reads(params.id, params.from, params.maxBytes);
        const bytes = ownBytes(run.bytes);
        return { value: { ...run, bytes }, transfer: [bytes.buffer] };
      }
      case 'bytes': {
        const page = queries.bytes(params.id, params.start, params.end);
        const bytes = ownBytes(page.bytes);
        return { value: { ...page, bytes }, transfer: [bytes.buffer] };
      }
    }
  }

  /** Removes what was deleted before this start, a slice at a time, so that nobody waits for it; then its pages leave the file. */
  #purge(): void {
    this.#purging = undefined;
    try {
      const next = this.#db.prepare<[number], { nr: number }>(WRITE.toPurge).get(this.#since);
      if (!next) return this.#shrink();
      if (this.#db.prepare(WRITE.purgeSegments).run(next.nr).changes === 0)
        this.#db.prepare(WRITE.purgeTrace).run(next.nr);
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
    this.#queries = new Queries(this.#db);
    this.#writer = this.#newWriter();
  }

  #newWriter(): StoreWriter {
    return new StoreWriter(this.#db, this.#queries, this.#opened.file, this.#since);
  }

  #close(): void {
    clearTimeout(this.#idle);
    clearImmediate(this.#purging);
    this.#checkpoint();
    this.#db.close();
    this.#opened.lock?.release();
    this.#send({ type: 'closed' });
    this.#port.close();
  }

  #send(message: FromWorker): void {
    this.#port.postMessage(message, []);
  }
}

function whole(value: unknown): { readonly value: unknown; readonly transfer: ArrayBuffer[] } {
  return { value, transfer: [] };
}

/** Bytes with a buffer of their own that can be handed over; those that zlib and SQLite give cannot. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const own = bytes.constructor === Uint8Array && bytes.byteLength === bytes.buffer.byteLength;
  return own ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
