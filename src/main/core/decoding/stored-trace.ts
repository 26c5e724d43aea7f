/** A stored trace, for an export or a check: as a whole, or with its reads where they are. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { Decoding } from '../../../shared/model/trace.ts';
import type { PagedTrace, TraceToExport } from '../exports/exported.ts';
import { wholeTrace } from '../exports/pages.ts';
import { recordedTrace } from '../exports/recorded.ts';
import { decodeSetup } from './decode-setup.ts';
import { storedPages, type TraceSource } from './decode-stored.ts';

/** Rejects with a ServiceError where there is none, or a part of it is damaged. */
export const storedTrace = async (source: TraceSource, id: TraceId): Promise<TraceToExport> =>
  wholeTrace(await pagedStored(source, id));

/** The same, read by read; a part that is damaged is met as it is read. */
export async function pagedStored(source: TraceSource, id: TraceId, decoding: Decoding = {}): Promise<PagedTrace> {
  const trace = await source.get(id);
  const head = await source.head(id);
  return {
    facts: recordedTrace(trace, head?.tNs ?? 0),
    setup: decodeSetup(trace, decoding),
    bytes: trace.storedBytes,
    pages: () => storedPages(source, trace),
  };
}
