/** `traces.*`: the list and what is done with the traces in it, over the store; a live run is asked where it knows more. */
import type { RunItems } from '../runs/run-items.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import type { TraceDetail } from '../../../shared/model/trace.ts';
import type { ListChange, EventDetail } from '../../../shared/rpc/contract.ts';
import type { Services } from '../../../shared/rpc/services.ts';
import { Latest } from '../latest.ts';
import { base64, EventIndex, eventDetail } from '../readings/event-detail.ts';
import { traceItems, type LiveItems } from '../readings/items.ts';
import { sameOptions } from '../readings/options.ts';
import type { Reader } from '../readings/reader.ts';
import type { Store, StoredTrace } from '../store/store.ts';

export interface TraceServicesSetup {
  readonly store: Store;
  readonly live: LiveItems;
  /** Ends a live run as cancelled, if it is one; resolves once its result is stored. */
  readonly endRun: (id: TraceId) => Promise<void>;
  readonly reader: Reader;
}

export type TraceServices = Pick<Services, Exclude<Extract<keyof Services, `traces.${string}`>, 'traces.import'>>;

export function traceServices({ store, live, endRun, reader }: TraceServicesSetup): TraceServices {
  /** Until it is in the store, what a live run gave cannot be read from there. */
  const flushed = async (id: TraceId): Promise<void> => {
    if (live(id)) await store.flush();
  };
  return {
    'traces.list': ({ limit, after }) => store.list({ limit, ...(after !== undefined && { after }) }),
    'traces.changes': async function* changes(_, signal) {
      const latest = new Latest<TraceId, ListChange>();
      const stop = store.onChange((change) => latest.set(change.type === 'upsert' ? change.row.id : change.id, change));
      try {
        yield* latest.watch(signal);
      } finally {
        stop();
      }
    },
    'traces.get': async ({ id }) => detailOf(await store.get(id)),
    'traces.rename': ({ id, title }) => store.rename(id, title),
    'traces.star': ({ id, starred }) => store.star(id, starred),
    'traces.delete': async ({ ids }) => {
      await Promise.all(ids.map(endRun));
      await store.delete(ids);
      return null;
    },
    'traces.restore': async ({ ids }) => {
      await store.restore(ids);
      return null;
    },
    'traces.items': traceItems({ source: store, live, flush: () => store.flush() }),
    'traces.event': async ({ id, index, options }) => {
      await flushed(id);
      const run = live(id);
      if (run && sameOptions(options, (await store.get(id)).options)) return liveEvent(run, index, (start, end) => store.bytes(id, start, end));
      return reader.run('event', { id, index, options });
    },
    'traces.providerTraces': async ({ id }) => (await store.providerTraces(id)).map(({ lane, stepId, document }) => ({ lane, stepId, document })),
    'traces.bytes': async ({ id, start, end }) => {
      await flushed(id);
      const found = await store.bytes(id, start, end);
      return { start: found.start, bytes: base64(found.bytes), total: found.total };
    },
  };
}

/** What only the core needs of a trace stays here. */
function detailOf(trace: StoredTrace): TraceDetail {
  const { messageId: _messageId, stepId: _stepId, storedReads: _storedReads, storedBytes: _storedBytes, ...detail } = trace;
  return detail;
}

/** Of a live run, from the items that it has given so far. */
async function liveEvent(run: RunItems, index: number, read: Parameters<typeof eventDetail>[1]): Promise<EventDetail> {
  const events = new EventIndex();
  const watcher = new AbortController();
  for await (const items of run.watch(0, watcher.signal)) {
    events.add(items);
    watcher.abort();
  }
  return eventDetail(events.find(index), read);
}
