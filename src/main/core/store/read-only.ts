/**
 * Stored traces on a connection of one's own, for another thread that reads much: the reads of a running store are not kept
 * waiting by it. It sees what is committed. A store that works in memory has no file: `Store.file` says so, and its own
 * methods stand in.
 */
import Database from 'better-sqlite3';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { Connection } from './connection.ts';
import { checkLog, databaseFile, openToReadAnywhere } from './database.ts';
import type { Caller, Query } from './ops/operation.ts';
import { OPERATIONS, type QueryMethods } from './ops/registry.ts';
import { detailOf, readFact } from './problems.ts';

/** The store's methods of these names, without the wait. */
export type StoreReader = QueryMethods & { readonly close: () => void };

/** Throws a ServiceError with code `store` where SQLite cannot be loaded, as when it was installed for another system. */
export function checkSqlite(): void {
  try {
    new Database(':memory:').close();
  } catch (error) {
    throw new ServiceError(
      'store',
      `SQLite cannot be loaded (${detailOf(error)}). Install Tracelane again; in a clone of it, run npm ci.`,
    );
  }
}

/** Throws a ServiceError with code `store` when there is no file that this version can read. */
export const openReadOnly = (dataDir: string): StoreReader => readerOn(dataDir, openToReadAnywhere);

/** The same in a process that has no store open, which otherwise has looked at the log: also throws for one of another file. */
export const openReadOnlyAlone = (dataDir: string): StoreReader =>
  readerOn(dataDir, (file) => {
    checkLog(file);
    return openToReadAnywhere(file);
  });

function readerOn(dataDir: string, opener: (file: string) => Database.Database): StoreReader {
  const db = open(databaseFile(dataDir), dataDir, opener);
  return { ...queriesOn(new Connection(db), dataDir), close: () => void db.close() };
}

/** The queries on a connection to the trace file of a folder. */
export function queriesOn(connection: Connection, dataDir: string): QueryMethods {
  // Another connection knows of no running trace.
  const caller: Caller = { shown: (row) => row, dataDir, records: () => false };
  const methods = Object.entries(OPERATIONS).flatMap(([name, operation]) =>
    operation.type === 'query' ? [[name, queryOn(connection, operation as unknown as AnyQuery, caller)]] : [],
  );
  return Object.fromEntries(methods) as QueryMethods;
}

type AnyQuery = Query<readonly unknown[], readonly unknown[], unknown, unknown>;

function queryOn(
  connection: Connection,
  { params, run, result }: AnyQuery,
  caller: Caller,
): (...args: readonly unknown[]) => unknown {
  return (...args) => {
    const raw = run(connection, ...(params ? params(...args) : args));
    return result ? result(raw, caller) : raw;
  };
}

function open(file: string, dataDir: string, opener: (file: string) => Database.Database): Database.Database {
  try {
    return opener(file);
  } catch (error) {
    throw new ServiceError('store', readFact(file, dataDir, error));
  }
}
