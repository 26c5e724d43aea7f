/** What a command was given by name: files, or ids of traces in the data folder. */
import type { PagedTrace, TraceToExport } from '../../core/exports/exported.ts';
import { pagedTrace } from '../../core/exports/pages.ts';
import type { Api } from '../../../shared/model/stream.ts';
import { isFile, tracesIn } from './file-traces.ts';
import { inputName } from './input.ts';
import { sentenceOf, UsageError } from './terminal.ts';

interface NamedFlags {
  readonly api?: Api;
  readonly dataDir?: string;
}

/** In the order in which they were named. Throws UsageError for what is neither a file nor a trace. */
export const namedTraces = (names: readonly string[], flags: NamedFlags): Promise<readonly TraceToExport[]> =>
  withFolder(names, flags, (folder) => eachNamed(names, flags, (id) => folder!.whole(id)));

/** The same without the reads of stored traces, which `use` reads as it needs them. */
export const withNamedTraces = (
  names: readonly string[],
  flags: NamedFlags,
  use: (traces: readonly PagedTrace[]) => Promise<void>,
): Promise<void> =>
  withFolder(names, flags, async (folder) => {
    const traces = await eachNamed<PagedTrace | TraceToExport>(names, flags, (id) => folder!.paged(id));
    await use(traces.map((trace) => ('pages' in trace ? trace : pagedTrace(trace))));
  });

/** `use` is given the data folder where one of the names is none of a file. */
async function withFolder<Value>(
  names: readonly string[],
  { dataDir }: NamedFlags,
  use: (folder: OpenFolder | undefined) => Promise<Value>,
): Promise<Value> {
  const folder = names.every(isFile) ? undefined : await opened(dataDir);
  try {
    return await use(folder);
  } finally {
    folder?.close();
  }
}

interface OpenFolder {
  /** Both throw UsageError where there is no trace of this id. */
  whole(id: string): Promise<TraceToExport>;
  paged(id: string): Promise<PagedTrace>;
  close(): void;
}

/** Throws what `openFolder` throws. SQLite is loaded here alone: files need none. */
async function opened(dataDir: string | undefined): Promise<OpenFolder> {
  const { folderOf, openFolder, pagedIn, storedIn } = await import('./stored-traces.ts');
  const reader = openFolder(folderOf(dataDir));
  return { whole: (id) => storedIn(reader, id), paged: (id) => pagedIn(reader, id), close: () => reader.close() };
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
