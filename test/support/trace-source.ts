/** Traces in memory, for tests of what reads them: in pages as small as asked, so that page borders are met. */
import { traceId } from '../../src/shared/model/ids.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import type { Api, Read } from '../../src/shared/model/stream.ts';
import { DEFAULT_OPTIONS, type AdapterOptions, type Ending, type HttpHead } from '../../src/shared/model/trace.ts';
import { lanesReading } from '../../src/shared/lanes/registry.ts';
import { DecodePass } from '../../src/shared/lanes/decode-pass.ts';
import { MetricsMeter } from '../../src/shared/metrics/metrics.ts';
import { ServiceError } from '../../src/shared/rpc/services.ts';
import type { TraceSource } from '../../src/main/core/decoding/decode-stored.ts';
import { decodeSetup } from '../../src/main/core/decoding/decode-setup.ts';
import type { StoredTrace } from '../../src/main/core/store/store.ts';
import { laneSetup } from './lanes.ts';

export interface MemoryTrace {
  readonly trace: StoredTrace;
  readonly head: { readonly head: HttpHead; readonly tNs: number } | undefined;
  readonly reads: readonly Read[];
}

const HEAD: HttpHead = { status: 200, statusText: 'OK', headers: [['content-type', 'text/event-stream']] };
const ENDING: Ending = { state: 'complete', rule: 'Said so.' };

/** A trace over these reads, ended `afterNs` after the last one. */
export function memoryTrace(
  api: Api,
  reads: readonly Read[],
  {
    id = 'trace-1',
    options = DEFAULT_OPTIONS,
    afterNs = 5_000,
  }: { readonly id?: string; readonly options?: AdapterOptions; readonly afterNs?: number } = {},
): MemoryTrace {
  const { endpoint, request, messageId } = laneSetup(api);
  const totalNs = (reads.at(-1)?.tNs ?? 0) + afterNs;
  const bytes = reads.reduce((sum, read) => sum + read.bytes.length, 0);
  return {
    trace: {
      id: traceId(id),
      nr: 1,
      title: 'A trace',
      renamed: false,
      starred: false,
      source: 'run',
      api,
      model: 'm',
      startedAt: 1_760_000_000_000,
      timed: true,
      framing: 'sse',
      endpoint,
      request,
      options,
      lanes: lanesReading(api),
      messageId,
      stepId: 'step-1',
      ending: ENDING,
      responseHead: HEAD,
      httpStatus: 200,
      metrics: { ...new MetricsMeter().value(), totalNs },
      storedReads: reads.length,
      storedBytes: bytes,
    },
    head: { head: HEAD, tNs: 0 },
    reads,
  };
}

/** What a live stream of it gives: the order that every other reading must keep. */
export function liveItems({ trace, head, reads }: MemoryTrace, options?: AdapterOptions): readonly TraceItem[] {
  const reading = new DecodePass({ ...decodeSetup(trace, { options }) });
  return [
    ...reading.begin(),
    ...(head ? reading.head(head.head, head.tNs) : []),
    ...reads.flatMap((read) => reading.feed(read)),
    ...reading.end(trace.metrics.totalNs!, () => trace.ending!),
  ];
}

/** `pageReads`: how many reads a page holds. */
export function memorySource(traces: readonly MemoryTrace[], pageReads = 3): TraceSource {
  const find = (id: string): MemoryTrace => {
    const found = traces.find(({ trace }) => trace.id === id);
    if (!found) throw new ServiceError('not-found', `There is no trace ${id}.`);
    return found;
  };
  return {
    get: async (id) => find(id).trace,
    head: async (id) => find(id).head,
    reads: async (id, from) => find(id).reads.slice(from, from + pageReads),
    bytes: async (id, start, end) => {
      const body = new Uint8Array(find(id).reads.flatMap(({ bytes }) => [...bytes]));
      return { start, bytes: body.subarray(start, Math.min(end, body.length)), total: body.length };
    },
  };
}
