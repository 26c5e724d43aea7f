/** Traces that a stopped program left without a result: each gets one, by a recording of what is stored of it. */
import { stoppedEnding } from '../../../shared/metrics/ending.ts';
import { MetricsMeter } from '../../../shared/metrics/metrics.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import { WIRE } from '../../../shared/model/messages.ts';
import { storedReads } from '../decoding/decode-stored.ts';
import { TimeSlice } from '../decoding/time-slice.ts';
import type { Store, StoredTrace, TraceResult } from '../store/store.ts';
import { Recording } from '../decoding/recording.ts';

export type RecoverySource = Pick<Store, 'unfinished' | 'get' | 'head' | 'reads' | 'finishTrace'>;

/** Above it a trace is not read at opening: it gets its counts, but no times. */
const READ_BYTES = 32 * 1024 * 1024;

/** To be awaited before anybody sees the traces. Never rejects: what cannot be written now waits for the next start. */
export async function recoverTraces(store: RecoverySource): Promise<void> {
  const ids = await store.unfinished().catch(() => []);
  for (const id of ids) await recover(store, id).catch(() => undefined);
}

async function recover(store: RecoverySource, id: TraceId): Promise<void> {
  const trace = await store.get(id);
  await store.finishTrace(id, await resultOf(store, trace));
}

/** A trace that cannot be read is ended all the same. */
async function resultOf(store: RecoverySource, trace: StoredTrace): Promise<TraceResult> {
  try {
    if (trace.storedBytes <= READ_BYTES) return await recorded(store, trace);
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

async function recorded(store: RecoverySource, trace: StoredTrace): Promise<TraceResult> {
  const slices = new TimeSlice();
  const recording = new Recording({ trace, lanes: [WIRE] });
  recording.begin();
  const head = await store.head(trace.id);
  if (head) recording.head(head.head, head.tNs);
  for await (const read of storedReads(store, trace)) {
    recording.read(read);
    await slices.pause();
  }
  recording.end({ how: 'stopped', reads: trace.storedReads }, recording.lastNs);
  return recording.result!;
}
