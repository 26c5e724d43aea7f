/**
 * Traces that a stopped program left without a result: each gets one, by a recording of what is stored of it. What was being imported is
 * deleted: nobody was told that it is there, and its file has all of it.
 */
import { stoppedEnding } from '../../../shared/metrics/ending.ts';
import { MetricsMeter } from '../../../shared/metrics/metrics.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import { storedPages } from '../decoding/decode-stored.ts';
import type { RecordStream } from '../decoding/record.ts';
import type { Store, StoredTrace, TraceResult } from '../store/store.ts';

export type RecoverySource = Pick<Store, 'unfinished' | 'get' | 'head' | 'reads' | 'finishTrace' | 'delete'>;

/** Above it a trace is not read at opening: it gets its counts, but no times. */
const READ_BYTES = 32 * 1024 * 1024;

/** To be awaited before anybody sees the traces. Never rejects: what cannot be written now waits for the next start. */
export async function recoverTraces(store: RecoverySource, record: RecordStream): Promise<void> {
  const ids = await store.unfinished().catch(() => []);
  for (const id of ids) await recover(store, id, record).catch(() => undefined);
}

async function recover(store: RecoverySource, id: TraceId, record: RecordStream): Promise<void> {
  const trace = await store.get(id);
  if (trace.source === 'import') return store.delete([id]);
  await store.finishTrace(id, await resultOf(store, trace, record));
}

/** A trace that cannot be read is ended all the same. */
async function resultOf(store: RecoverySource, trace: StoredTrace, record: RecordStream): Promise<TraceResult> {
  try {
    if (trace.storedBytes <= READ_BYTES) return await recorded(store, trace, record);
  } catch {
    // Damaged: the reads are kept as they are, and opening the trace says what is wrong with it.
  }
  const { storedReads: reads, storedBytes: bytes } = trace;
  return {
    endedAtNs: 0,
    ending: stoppedEnding({ reads, bytes }),
    metrics: { ...new MetricsMeter().value(), reads, bytes },
  };
}

async function recorded(store: RecoverySource, trace: StoredTrace, record: RecordStream): Promise<TraceResult> {
  return record({
    trace,
    head: await store.head(trace.id),
    pages: () => storedPages(store, trace),
    end: { how: 'stopped', reads: trace.storedReads },
    endNs: null,
  });
}
