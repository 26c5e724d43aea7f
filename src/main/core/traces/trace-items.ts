/** `traces.items`: one list of items for each trace and decoding, wherever it comes from, for watchers that go on anywhere. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { ItemBatch } from '../../../shared/model/packed-items.ts';
import { FRAME_SIZE } from '../../../shared/rpc/frames.ts';
import type { StreamService } from '../../../shared/rpc/services.ts';
import type { TraceSource } from '../decoding/decode-stored.ts';
import { KeptViews } from '../decoding/kept-views.ts';
import type { LaneThread } from '../decoding/lane-thread.ts';
import { isAsRecorded } from '../decoding/same-decoding.ts';
import { storedInputs, viewed } from '../decoding/view.ts';
import type { LiveRecording } from '../recording/live-recording.ts';

/** A recording as long as it is live, until its result is stored. */
export type LiveTrace = (id: TraceId) => Pick<LiveRecording, 'trace' | 'items' | 'inputs'> | undefined;

export interface ItemsSetup {
  readonly source: TraceSource;
  readonly live: LiveTrace;
  /** Where they are decoded. */
  readonly thread: LaneThread;
}

export function traceItems({ source, live, thread }: ItemsSetup): StreamService<'traces.items'> {
  const views = new KeptViews();
  return async function* items({ id, from, ...decoding }, signal) {
    const recording = live(id);
    const trace = recording?.trace ?? (await source.get(id));
    let next = from;
    if (recording && isAsRecorded(decoding, trace)) {
      for await (const batch of recording.items.watch(next, signal)) {
        next += batch.length;
        yield batch;
      }
      if (recording.items.given(next)) return;
      // It is behind by more than is held: from here on it has a pass of its own.
    }
    const inputs = () => (recording ? recording.inputs(signal) : storedInputs(source, trace));
    const setup = { thread, trace, decoding, inputs };
    yield* fromItem(next, recording || !trace.ending ? viewed(setup) : views.view(setup), signal);
  };
}

/** Leaves out the items before number `from`, and ends when the watcher has gone. */
async function* fromItem(
  from: number,
  views: AsyncIterable<ItemBatch>,
  signal: AbortSignal,
): AsyncGenerator<ItemBatch> {
  let skip = from;
  for await (const items of views) {
    if (signal.aborted) return;
    if (items.length > skip) yield items.from(skip, FRAME_SIZE);
    skip = Math.max(0, skip - items.length);
  }
}
