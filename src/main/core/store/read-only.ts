/**
 * Stored traces on a connection of one's own, for another thread that reads much: the reads of a running store are not kept
 * waiting by it. It sees what is committed. A store that works in memory has no file: `Store.file` says so, and its own
 * `reads` and `bytes` stand in.
 */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { Read } from '../../../shared/model/stream.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { databaseFile, openToRead } from './database.ts';
import { detailOf } from './problems.ts';
import { unpackReads } from './parts.ts';
import { Queries } from './queries.ts';
import { headOf, traceOf } from './rows.ts';
import type { Store, StoredTrace } from './store.ts';

/** The store's methods of these names, without the wait. */
export interface StoreReader {
  get(id: TraceId): StoredTrace;
  head(id: TraceId): Awaited<ReturnType<Store['head']>>;
  reads(id: TraceId, from: number, maxBytes?: number): readonly Read[];
  bytes(id: TraceId, start: number, end: number): Awaited<ReturnType<Store['bytes']>>;
  close(): void;
}

/** Throws a ServiceError with code `store` when there is no file that this version can read. */
export function openReadOnly(dataDir: string): StoreReader {
  const db = open(databaseFile(dataDir));
  const queries = new Queries(db);
  return {
    get: (id) => traceOf(queries.get(id)),
    head: (id) => headOf(queries.head(id)),
    reads: (id, from, maxBytes) => queries.runs(id, from, maxBytes).flatMap(unpackReads),
    bytes: (id, start, end) => queries.bytes(id, start, end),
    close: () => db.close(),
  };
}

function open(file: string): ReturnType<typeof openToRead> {
  try {
    return openToRead(file);
  } catch (error) {
    throw new ServiceError(
      'store',
      `The file of traces, ${file}, cannot be read (${detailOf(error)}). Start Tracelane again to be told more.`,
    );
  }
}
