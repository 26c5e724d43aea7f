/** `traces.*`: the list and what is done with the traces in it, over the store; a live recording is asked where it knows more. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { TraceDetail } from '../../../shared/model/trace.ts';
import type { ListChange } from '../../../shared/rpc/contract.ts';
import type { Services } from '../../../shared/rpc/services.ts';
import { ConflatingQueue } from '../watch/conflating-queue.ts';
import { base64 } from '../decoding/event-detail.ts';
import { partnersIn } from './partners.ts';
import { traceItems } from './trace-items.ts';
import type { LaneThread } from '../decoding/lane-thread.ts';
import type { DecodeWorker } from '../decoding/decode-worker.ts';
import type { Recordings } from '../recording/recordings.ts';
import type { Store, StoredTrace } from '../store/store.ts';

export interface TraceServicesSetup {
  readonly store: Store;
  readonly recordings: Pick<Recordings, 'get' | 'stop' | 'settled'>;
  /** Where watched traces are decoded. */
  readonly views: LaneThread;
  /** What looks up events of stored traces. */
  readonly lookups: DecodeWorker;
}

export type TraceServices = Pick<
  Services,
  Exclude<
    Extract<keyof Services, `traces.${string}`>,
    'traces.import' | 'traces.list' | 'traces.groups' | 'traces.search' | 'traces.eventOf'
  >
>;

export function traceServices({ store, recordings, views, lookups }: TraceServicesSetup): TraceServices {
  /** What a live recording gave can be read from the store once it is committed. */
  const flushed = async (id: TraceId): Promise<void> => {
    if (recordings.get(id)) await store.flush();
  };
  /** A recording knows more of its trace than the store does, all but what people did to it. */
  const latest = async (id: TraceId): Promise<StoredTrace> => {
    const live = recordings.get(id)?.trace;
    if (!live) return store.get(id);
    const stored = await store.get(id).catch(() => live);
    const { nr, title, renamed, starred, storedReads, storedBytes } = stored;
    return { ...live, nr, title, renamed, starred, storedReads, storedBytes };
  };
  /** A result that came after its trace was deleted would put it on the list again. */
  const endRecording = async (id: TraceId): Promise<void> => {
    recordings.stop(id);
    await recordings.settled(id);
  };
  return {
    'traces.values': ({ field }) => store.values(field),
    'traces.rows': ({ nrs }) => store.rows(nrs),
    'traces.changes': async function* changes(_, signal) {
      const changed = new ConflatingQueue<TraceId, ListChange>();
      const stop = store.onChange((change) =>
        changed.set(change.type === 'upsert' ? change.row.id : change.id, change),
      );
      try {
        yield* changed.watch(signal);
      } finally {
        stop();
      }
    },
    'traces.get': async ({ id }) => detailOf(await latest(id)),
    'traces.partners': ({ id }) => partnersIn(store, id),
    'traces.rename': ({ id, title }) => store.rename(id, title),
    'traces.star': async ({ ids, starred }) => {
      await store.star(ids, starred);
      return null;
    },
    'traces.tag': async ({ ids, ...change }) => {
      await store.tag(ids, change);
      return null;
    },
    'traces.delete': async ({ ids }) => {
      await Promise.all(ids.map(endRecording));
      await store.delete(ids);
      return null;
    },
    'traces.restore': async ({ ids }) => {
      await store.restore(ids);
      return null;
    },
    'traces.items': traceItems({ source: store, live: (id) => recordings.get(id), thread: views }),
    'traces.event': async ({ id, index, ...decoding }) => {
      await flushed(id);
      return lookups.run('traces.event', { id, index, ...decoding });
    },
    'traces.providerTraces': async ({ id }) =>
      (await store.providerTraces(id)).map(({ lane, stepId, document }) => ({ lane, stepId, document })),
    'traces.bytes': async ({ id, start, end }) => {
      await flushed(id);
      const found = await store.bytes(id, start, end);
      return { start: found.start, bytes: base64(found.bytes), total: found.total };
    },
  };
}

/** What only the core needs of a trace stays here; how long it has run is said by the clock that it was started by. */
function detailOf(trace: StoredTrace): TraceDetail {
  const {
    messageId: _messageId,
    stepId: _stepId,
    storedReads: _storedReads,
    storedBytes: _storedBytes,
    ...detail
  } = trace;
  return detail.ending === undefined ? { ...detail, agoMs: Date.now() - detail.startedAt } : detail;
}
