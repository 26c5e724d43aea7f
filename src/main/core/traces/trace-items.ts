/** `traces.items`: one list of items for each trace and decoding, wherever it comes from, for watchers that go on anywhere. */
import { DecodePass } from '../../../shared/lanes/decode-pass.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { Decoding } from '../../../shared/model/trace.ts';
import type { StreamService } from '../../../shared/rpc/services.ts';
import { decodeSetup } from '../decoding/decode-setup.ts';
import type { LiveRecording } from '../recording/live-recording.ts';
import type { StoredTrace } from '../store/store.ts';
import { isAsRecorded } from '../decoding/same-decoding.ts';
import { TimeSlice } from '../decoding/time-slice.ts';
import { decodeStored, type TraceSource } from '../decoding/decode-stored.ts';

/** A batch leaves after this long, so that the first items of a long trace are there while the rest is read. */
const BATCH_MS = 16;
const BATCH_ITEMS = 4_000;

/** A recording as long as it is live, until its result is stored. */
export type LiveTrace = (id: TraceId) => Pick<LiveRecording, 'items' | 'readsFrom'> | undefined;

export interface ItemsSetup {
  readonly source: TraceSource;
  readonly live: LiveTrace;
  /** Resolves once all that live runs gave so far can be read from `source`. */
  readonly flush: () => Promise<void>;
}

export function traceItems({ source, live, flush }: ItemsSetup): StreamService<'traces.items'> {
  return async function* items({ id, from, ...decoding }, signal) {
    const recording = live(id);
    if (recording && !decoding.options && !decoding.lanes) return yield* recording.items.watch(from, signal);
    const trace = await source.get(id);
    if (recording && isAsRecorded(decoding, trace)) return yield* recording.items.watch(from, signal);
    const batches = recording
      ? decodeLive({ source, trace, decoding, recording, flush, signal })
      : storedBatches(source, trace, decoding);
    yield* fromItem(from, batches, signal);
  };
}

/** The items of a stored trace in batches that are worth sending. */
async function* storedBatches(
  source: TraceSource,
  trace: StoredTrace,
  decoding: Decoding,
): AsyncGenerator<readonly TraceItem[]> {
  const slices = new TimeSlice();
  let batch: TraceItem[] = [];
  let began = performance.now();
  try {
    for await (const { items } of decodeStored(source, trace, { decoding })) {
      for (const item of items) batch.push(item);
      if (batch.length >= BATCH_ITEMS || performance.now() - began >= BATCH_MS) {
        yield batch;
        batch = [];
        began = performance.now();
      }
      await slices.pause();
    }
  } catch (error) {
    // What is before a damaged part is whole.
    if (batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}

interface LiveDecoding {
  readonly source: TraceSource;
  readonly trace: StoredTrace;
  readonly decoding: Decoding;
  readonly recording: NonNullable<ReturnType<LiveTrace>>;
  readonly flush: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** A live recording in another decoding: its own items say when there is more. */
async function* decodeLive({ signal, ...live }: LiveDecoding): AsyncGenerator<readonly TraceItem[]> {
  const slices = new TimeSlice();
  const reading = new DecodePass(decodeSetup(live.trace, live.decoding));
  yield reading.begin();
  let next = 0;
  for await (const batch of live.recording.items.watch(0, signal)) {
    for (const item of batch) if (item.k === 'head') yield [item];
    for (let page = await readsFrom(live, next); page.length > 0; page = await readsFrom(live, next)) {
      const items: TraceItem[] = [];
      for (const read of page) {
        for (const item of reading.feed(read)) items.push(item);
        await slices.pause();
      }
      yield items;
      next = page.at(-1)!.n + 1;
    }
    for (const item of batch) if (item.k === 'ending') yield reading.end(item.tNs, () => item.ending);
  }
}

/** Those that have come: the latest are in memory, the store has the ones before. */
async function readsFrom(
  { recording, source, trace, flush }: Pick<LiveDecoding, 'recording' | 'source' | 'trace' | 'flush'>,
  next: number,
): Promise<readonly Read[]> {
  const held = recording.readsFrom(next);
  if (held) return held;
  await flush();
  return source.reads(trace.id, next);
}

/** Leaves out the items before number `from`, and ends when the watcher has gone. */
async function* fromItem(
  from: number,
  batches: AsyncIterable<readonly TraceItem[]>,
  signal: AbortSignal,
): AsyncGenerator<readonly TraceItem[]> {
  let skip = from;
  for await (const batch of batches) {
    if (signal.aborted) return;
    if (batch.length > skip) yield skip === 0 ? batch : batch.slice(skip);
    skip = Math.max(0, skip - batch.length);
  }
}
