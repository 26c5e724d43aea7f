/** The traces of the data folder, which is only read. Needs SQLite: a command that is given files alone does not load this. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { sourceOver } from '../../core/decoding/decode-stored.ts';
import { pagedStored, storedTrace } from '../../core/decoding/stored-trace.ts';
import type { PagedTrace, TraceToExport } from '../../core/exports/exported.ts';
import { checkSqlite, openReadOnlyAlone, type StoreReader } from '../../core/store/read-only.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { traceId } from '../../../shared/model/ids.ts';
import { dataDirectory } from '../environment.ts';
import { sentenceOf, UsageError } from './terminal.ts';

export const folderOf = (given: string | undefined): string => (given === undefined ? dataDirectory() : resolve(given));

/** Throws UsageError where the folder has no traces that can be read, and ServiceError where no folder's can. */
export function openFolder(dataDir: string): StoreReader {
  checkSqlite();
  try {
    return openReadOnlyAlone(dataDir);
  } catch (error) {
    const reason = existsSync(dataDir) ? sentenceOf(error) : 'there is no such folder.';
    throw new UsageError(
      `No traces can be read in the data folder ${dataDir}: ${reason} Name another with --data-dir.`,
    );
  }
}

/** Throws UsageError where there is none of this id. */
export const storedIn = (reader: StoreReader, id: string): Promise<TraceToExport> =>
  found(id, storedTrace(sourceOver(reader), traceId(id)));

/** The same, with its reads where they are. */
export const pagedIn = (reader: StoreReader, id: string): Promise<PagedTrace> =>
  found(id, pagedStored(sourceOver(reader), traceId(id)));

async function found<Trace>(id: string, trace: Promise<Trace>): Promise<Trace> {
  try {
    return await trace;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'not-found')
      throw new UsageError(
        `There is no trace with the id ${JSON.stringify(id)} in the data folder, and no file of this name.`,
      );
    throw error;
  }
}
