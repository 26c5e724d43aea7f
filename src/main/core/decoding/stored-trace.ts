/** A stored trace as a whole, for an export or a check. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { Decoding } from '../../../shared/model/trace.ts';
import type { TraceToExport } from '../exports/exported.ts';
import { recordedTrace } from '../exports/recorded.ts';
import { decodeSetup } from './decode-setup.ts';
import { allReads, type TraceSource } from './decode-stored.ts';

/** Rejects with a ServiceError where there is none, or a part of it is damaged. */
export async function storedTrace(source: TraceSource, id: TraceId, decoding: Decoding = {}): Promise<TraceToExport> {
  const trace = await source.get(id);
  const head = await source.head(id);
  return {
    facts: recordedTrace(trace, head?.tNs ?? 0),
    reads: await allReads(source, trace),
    setup: decodeSetup(trace, decoding),
  };
}
