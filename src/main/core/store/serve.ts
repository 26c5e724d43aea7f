/**
 * The store's own thread: opens the file, then answers messages one by one. It ends by itself once it was told to close
 * and has done so; it is never terminated from outside, which crashes SQLite's binding now and then.
 */
import { ServiceError } from '../../../shared/rpc/services.ts';
import { Channel, UNTOLD, type ChannelPort } from '../worker/channel.ts';
import type { Closable } from '../worker/worker-thread.ts';
import { CommitFlag } from './commit-flag.ts';
import { Connection } from './connection.ts';
import { databaseFile, openDatabase, type OnUpgrade, type OpenedDatabase } from './database.ts';
import { layeredQuery } from './layers.ts';
import type { Query } from './ops/operation.ts';
import { OPERATIONS, type ParamsOf, type QueryName, type WriteOp } from './ops/registry.ts';
import { OwnDatabase } from './own-database.ts';
import { readFact, writeFact } from './problems.ts';
import type { Written } from './writer.ts';

/** Given to the worker as it starts. */
export interface WorkerSetup {
  readonly dataDir: string;
  /** How long a deletion can be taken back, in milliseconds. */
  readonly undoMs: number;
  /** Without a write for so long, in milliseconds, the log is emptied. */
  readonly restMs: number;
  /** Of the program's CommitFlag. */
  readonly commitFlag: SharedArrayBuffer;
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
  readonly opened: () => {
    readonly file: string | undefined;
    readonly problem: string | undefined;
    /** Of a file with a problem: whether what it has can be read. */
    readonly readable: boolean;
    readonly remark: string | undefined;
  };
  /** `unawaited`: where all of it succeeds, that is said by the commit flag alone, unless the program waits by then. */
  readonly write: (ops: readonly WriteOp[], unawaited: boolean) => Written | NotWritten | typeof UNTOLD;
  readonly query: <Name extends QueryName>(name: Name, params: ParamsOf<Name>) => unknown;
};

/** What the store's thread tells the core unasked. */
export type StoreListener = { readonly upgrading: OnUpgrade };

type AnyQuery = Query<readonly unknown[], readonly unknown[], unknown, unknown>;
type ClosablePort = ChannelPort & { close(): void };

export function serveStore(port: ClosablePort, setup: WorkerSetup): void {
  void new Channel<StoreListener>(port, (core): StoreHandlers => {
    const thread = new StoreThread(port, setup, (bytes) => core.notify('upgrading', [bytes]));
    return {
      opened: () => thread.opened,
      write: (ops, unawaited) => thread.write(ops, unawaited),
      query: (name, params) => thread.query(name, params),
      close: () => thread.close(),
    };
  });
}

class StoreThread {
  readonly #port: ClosablePort;
  readonly #setup: WorkerSetup;
  readonly #opened: OpenedDatabase;
  readonly #stored: Connection | undefined;
  readonly #own: OwnDatabase;
  readonly #commitFlag: CommitFlag;

  constructor(port: ClosablePort, setup: WorkerSetup, onUpgrade: OnUpgrade) {
    this.#port = port;
    this.#setup = setup;
    this.#commitFlag = new CommitFlag(setup.commitFlag);
    this.#opened = openDatabase(setup.dataDir, undefined, onUpgrade);
    this.#stored = this.#opened.stored && new Connection(this.#opened.stored);
    this.#own = new OwnDatabase(this.#opened, this.#stored, setup);
  }

  get opened(): ReturnType<StoreHandlers['opened']> {
    const { file, problem, remark } = this.#opened;
    return { file, problem, readable: this.#stored !== undefined, remark };
  }

  write(ops: readonly WriteOp[], unawaited: boolean): Written | NotWritten | typeof UNTOLD {
    try {
      const written = this.#own.write(ops);
      return unawaited && isAllDone(written) && this.#commitFlag.raise() ? UNTOLD : written;
    } catch (error) {
      return writeFact(this.#opened.file ?? 'memory', this.#setup.dataDir, error);
    }
  }

  query(name: QueryName, params: readonly unknown[]): unknown {
    const operation = OPERATIONS[name] as unknown as AnyQuery;
    try {
      const raw = layeredQuery(operation, params, this.#own.connection, this.#stored);
      return operation.send ? operation.send(raw) : raw;
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      const { dataDir } = this.#setup;
      throw new ServiceError('store', readFact(databaseFile(dataDir), dataDir, error));
    }
  }

  close(): void {
    this.#own.close();
    this.#opened.stored?.close();
    this.#port.close();
  }
}

/** There is nothing to tell but that all of it was done. */
const isAllDone = ({ outcomes, changes }: Written): boolean =>
  changes.length === 0 && outcomes.every((outcome) => outcome.ok && outcome.value === undefined);
