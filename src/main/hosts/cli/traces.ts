/** Traces that commands work on: those of files, and those of the data folder, which is only read. */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { sourceOver } from '../../core/decoding/decode-stored.ts';
import { pagedStored, storedTrace } from '../../core/decoding/stored-trace.ts';
import type { PagedTrace, TraceToExport } from '../../core/exports/exported.ts';
import { pagedTrace } from '../../core/exports/pages.ts';
import { exportable, importedTrace } from '../../core/imports/imported-trace.ts';
import { recognize, type RecognizedStream } from '../../core/imports/recognize.ts';
import { checkSqlite, openReadOnly, type StoreReader } from '../../core/store/read-only.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { traceId } from '../../../shared/model/ids.ts';
import type { Api } from '../../../shared/model/stream.ts';
import { DEFAULT_OPTIONS } from '../../../shared/model/trace.ts';
import { dataDirectory } from '../environment.ts';
import { inputName, readInput } from './input.ts';
import { sentenceOf, UsageError } from './terminal.ts';

export interface FileTrace {
  /** In the format that the file has. */
  readonly stream: RecognizedStream;
  readonly trace: TraceToExport;
}

/** The traces that importing the file would make. Throws an ImportError where there are none, UsageError where it cannot be read. */
export const tracesIn = (file: string, api?: Api): Promise<readonly FileTrace[]> =>
  tracesOf(file, readInput(file), api);

/** The same of bytes that were read. */
export async function tracesOf(file: string, bytes: Uint8Array, api?: Api): Promise<readonly FileTrace[]> {
  const name = file === '-' ? inputName(file) : basename(file);
  const { streams } = recognize(name, bytes, api ?? null);
  const traces: FileTrace[] = [];
  for (const stream of streams) {
    const read = await importedTrace(name, stream, streams.length, { options: DEFAULT_OPTIONS, lanes: null });
    traces.push({ stream, trace: exportable(read) });
  }
  return traces;
}

export const folderOf = (given: string | undefined): string => (given === undefined ? dataDirectory() : resolve(given));

/** Throws UsageError where the folder has no traces that can be read, and ServiceError where no folder's can. */
export function openFolder(dataDir: string): StoreReader {
  checkSqlite();
  try {
    return openReadOnly(dataDir);
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

/** Of what was named: a file where there is one of this name, else the id of a stored trace. */
export const isFile = (name: string): boolean => name === '-' || existsSync(name);

interface NamedFlags {
  readonly api?: Api;
  readonly dataDir?: string;
}

/** In the order in which they were named. Throws UsageError for what is neither a file nor a trace. */
export const namedTraces = (names: readonly string[], flags: NamedFlags): Promise<readonly TraceToExport[]> =>
  withFolder(names, flags, (folder) => eachNamed(names, flags, (id) => storedIn(folder!, id)));

/** The same without the reads of stored traces, which `use` reads as it needs them. */
export const withNamedTraces = (
  names: readonly string[],
  flags: NamedFlags,
  use: (traces: readonly PagedTrace[]) => Promise<void>,
): Promise<void> =>
  withFolder(names, flags, async (folder) => {
    const traces = await eachNamed<PagedTrace | TraceToExport>(names, flags, (id) =>
      found(id, pagedStored(sourceOver(folder!), traceId(id))),
    );
    await use(traces.map((trace) => ('pages' in trace ? trace : pagedTrace(trace))));
  });

/** `use` is given the data folder where one of the names is none of a file. */
async function withFolder<Value>(
  names: readonly string[],
  { dataDir }: NamedFlags,
  use: (folder: StoreReader | undefined) => Promise<Value>,
): Promise<Value> {
  const folder = names.every(isFile) ? undefined : openFolder(folderOf(dataDir));
  try {
    return await use(folder);
  } finally {
    folder?.close();
  }
}

async function eachNamed<Trace>(
  names: readonly string[],
  { api }: NamedFlags,
  stored: (id: string) => Promise<Trace>,
): Promise<readonly (Trace | TraceToExport)[]> {
  const traces: (Trace | TraceToExport)[] = [];
  for (const name of names) {
    if (isFile(name)) traces.push(...(await namedIn(name, api)));
    else traces.push(await stored(name));
  }
  return traces;
}

async function namedIn(file: string, api: string | undefined): Promise<readonly TraceToExport[]> {
  try {
    return (await tracesIn(file, api)).map(({ trace }) => trace);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${inputName(file)}: ${sentenceOf(error)}`);
  }
}
