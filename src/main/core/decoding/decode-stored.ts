/**
 * Reads a stored trace through the lanes: what comes out is item for item what the live stream gave. Whoever takes it
 * decides the clock: as fast as possible for a watcher, by the recorded times for a playing.
 */
import { DecodePass, type DecodeSetup } from '../../../shared/lanes/decode-pass.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { Decoding, Ending } from '../../../shared/model/trace.ts';
import { decodeSetup } from './decode-setup.ts';
import type { StoreReader } from '../store/read-only.ts';
import type { Store, StoredTrace } from '../store/store.ts';

/** Where stored traces are read from: the store, or a connection of the decode worker's own. */
export type TraceSource = Pick<Store, 'get' | 'head' | 'reads' | 'bytes'>;

/** A connection of one's own as a source. */
export const sourceOver = (reader: StoreReader): TraceSource => ({
  get: async (id) => reader.get(id),
  head: async (id) => reader.head(id),
  reads: async (id, from, maxBytes) => reader.reads(id, from, maxBytes),
  bytes: async (id, start, end) => reader.bytes(id, start, end),
});

/** Items that came at one time of the trace: what one read gave, or its head, or its end. */
export interface TimedItems {
  readonly tNs: number;
  readonly items: readonly TraceItem[];
}

const PAGE_BYTES = 256 * 1024;
/** For a trace whose end was never written, because writing failed: the store mends the others when it opens. */
export const UNKNOWN_ENDING: Ending = {
  state: 'truncated',
  rule: 'The recording stops here; its end was not stored.',
  advice: 'Everything up to this point is stored. Run it again to get the complete response.',
};

/** `decoding`: another than the trace was recorded with. */
export interface DecodeStoredOptions extends Pick<DecodeSetup, 'watch'> {
  readonly decoding?: Decoding;
}

/** In order, and never empty. `trace` is as `source` gave it. */
export async function* decodeStored(
  source: TraceSource,
  trace: StoredTrace,
  { decoding, ...more }: DecodeStoredOptions = {},
): AsyncGenerator<TimedItems> {
  const reading = new DecodePass({ ...decodeSetup(trace, decoding), ...more });
  const begun = reading.begin();
  if (begun.length > 0) yield { tNs: 0, items: begun };
  const head = await source.head(trace.id);
  if (head) yield { tNs: head.tNs, items: reading.head(head.head, head.tNs) };
  let lastNs = head?.tNs ?? 0;
  for await (const read of storedReads(source, trace)) {
    lastNs = read.tNs;
    yield { tNs: read.tNs, items: reading.feed(read) };
  }
  const endNs = trace.metrics.totalNs ?? lastNs;
  yield { tNs: endNs, items: reading.end(endNs, () => trace.ending ?? UNKNOWN_ENDING) };
}

/** All reads in order. */
async function* storedReads(source: Pick<TraceSource, 'reads'>, trace: Pick<StoredTrace, 'id'>): AsyncGenerator<Read> {
  for await (const page of storedPages(source, trace)) yield* page;
}

/** All reads in order, none of the pages empty. The next page is asked for when one begins, so that a playing need not wait for it. */
export async function* storedPages(
  source: Pick<TraceSource, 'reads'>,
  { id }: Pick<StoredTrace, 'id'>,
): AsyncGenerator<readonly Read[]> {
  let page = await source.reads(id, 0, PAGE_BYTES);
  while (page.length > 0) {
    const next = source.reads(id, page.at(-1)!.n + 1, PAGE_BYTES);
    // It is awaited below; until then nobody else may see it fail.
    next.catch(() => undefined);
    yield page;
    page = await next;
  }
}

export async function allReads(
  source: Pick<TraceSource, 'reads'>,
  trace: Pick<StoredTrace, 'id'>,
): Promise<readonly Read[]> {
  const reads: Read[] = [];
  for await (const read of storedReads(source, trace)) reads.push(read);
  return reads;
}
