/** `traces.items`: one list of items for each trace and options, wherever it comes from, for watchers that go on anywhere. */
import { DecodePass } from '../../../shared/lanes/decode-pass.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import type { AdapterOptions } from '../../../shared/model/trace.ts';
import type { StreamService } from '../../../shared/rpc/services.ts';
import { decodeSetup } from './decode-setup.ts';
import type { RunItems } from '../runs/run-items.ts';
import type { StoredTrace } from '../store/store.ts';
import { sameOptions } from './options.ts';
import { TimeSlice } from './time-slice.ts';
import { decodeStored } from './decode-stored.ts';
import type { TraceSource } from './trace-source.ts';

/** A batch leaves after this long, so that the first items of a long trace are there while the rest is read. */
const BATCH_MS = 16;
const BATCH_ITEMS = 4_000;

/** The items of a run as long as it is live, until its result is stored. */
export type LiveItems = (id: TraceId) => RunItems | undefined;

export interface ItemsSetup {
  readonly source: TraceSource;
  readonly live: LiveItems;
  /** Resolves once all that live runs gave so far can be read from `source`. */
  readonly flush: () => Promise<void>;
}

export function traceItems({ source, live, flush }: ItemsSetup): StreamService<'traces.items'> {
  return async function* items({ id, from, options }, signal) {
    const run = live(id);
    if (run && !options) return yield* run.watch(from, signal);
    const trace = await source.get(id);
    if (run && sameOptions(options, trace.options)) return yield* run.watch(from, signal);
    const batches = run
      ? decodeLive({ source, trace, options, run, flush, signal })
      : storedBatches(source, trace, options);
    yield* fromItem(from, batches, signal);
  };
}

/** The items of a stored trace in batches that are worth sending. */
async function* storedBatches(
  source: TraceSource,
  trace: StoredTrace,
  options: AdapterOptions | undefined,
): AsyncGenerator<readonly TraceItem[]> {
  const slices = new TimeSlice();
  let batch: TraceItem[] = [];
  let began = performance.now();
  try {
    for await (const { items } of decodeStored(source, trace, { options })) {
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
  readonly options: AdapterOptions | undefined;
  readonly run: RunItems;
  readonly flush: () => Promise<void>;
  readonly signal: AbortSignal;
}

/** A live run with other options: its own items say when there is more, the store gives the bytes. */
async function* decodeLive({
  source,
  trace,
  options,
  run,
  flush,
  signal,
}: LiveDecoding): AsyncGenerator<readonly TraceItem[]> {
  const slices = new TimeSlice();
  const reading = new DecodePass(decodeSetup(trace, options));
  yield reading.begin();
  let next = 0;
  for await (const batch of run.watch(0, signal)) {
    for (const item of batch) if (item.k === 'head') yield [item];
    await flush();
    for (let page = await source.reads(trace.id, next); page.length > 0; page = await source.reads(trace.id, next)) {
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
