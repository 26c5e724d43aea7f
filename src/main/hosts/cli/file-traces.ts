/** The traces of files, which need no data folder. */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { TraceToExport } from '../../core/exports/exported.ts';
import { exportable, importedTrace } from '../../core/imports/imported-trace.ts';
import { recognize, type RecognizedStream } from '../../core/imports/recognize.ts';
import type { Api } from '../../../shared/model/stream.ts';
import { DEFAULT_OPTIONS } from '../../../shared/model/trace.ts';
import { inputName, readInput } from './input.ts';

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

/** Of what was named: a file where there is one of this name, else the id of a stored trace. */
export const isFile = (name: string): boolean => name === '-' || existsSync(name);
