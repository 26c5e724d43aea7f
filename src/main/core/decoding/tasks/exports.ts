/** Exports: what would leave of stored traces, and the file. */
import { ExportError, type PagedTrace } from '../../exports/exported.ts';
import { makeExport, previewExport } from '../../exports/make.ts';
import type { TraceId } from '../../../../shared/model/ids.ts';
import type { Decoding } from '../../../../shared/model/trace.ts';
import { ServiceError } from '../../../../shared/rpc/services.ts';
import type { TraceSource } from '../decode-stored.ts';
import { base64 } from '../event-detail.ts';
import { pagedStored } from '../stored-trace.ts';
import type { TaskDefinitions } from './task.ts';

export const exportTasks = {
  'exports.preview': ({ source }, { ids, options, lanes, ...choice }) =>
    told(async () => previewExport(await tracesToExport(source, ids, { options, lanes }), choice)),
  'exports.make': ({ source, version }, { ids, options, lanes, ...choice }) =>
    told(async () => {
      const file = await makeExport(await tracesToExport(source, ids, { options, lanes }), choice, version);
      const pieces: Uint8Array[] = [];
      for await (const piece of file.pieces) pieces.push(piece);
      return { name: file.name, mediaType: file.mediaType, base64: base64(Buffer.concat(pieces)) };
    }),
} satisfies TaskDefinitions;

/** In the order of `ids`. */
async function tracesToExport(
  source: TraceSource,
  ids: readonly TraceId[],
  decoding: Decoding,
): Promise<readonly PagedTrace[]> {
  const traces: PagedTrace[] = [];
  for (const id of new Set(ids)) traces.push(await pagedStored(source, id, decoding));
  return traces;
}

async function told<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ExportError ? new ServiceError(error.code, error.message) : error;
  }
}
