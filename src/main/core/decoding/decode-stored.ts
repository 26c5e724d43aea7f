/** Where stored traces are read from, and their reads in order, from any read on. */
import type { Read } from '../../../shared/model/stream.ts';
import type { Ending } from '../../../shared/model/trace.ts';
import type { StoreReader } from '../store/read-only.ts';
import { SEGMENT_BYTES } from '../store/parts.ts';
import type { Store, StoredTrace } from '../store/store.ts';
import { Gate } from '../worker/gate.ts';

/** Where stored traces are read from: the store, or a connection of the decode worker's own. */
export type TraceSource = Pick<Store, 'get' | 'head' | 'reads' | 'bytes'>;

/** A connection of one's own as a source. `gate`: of the thread, where it has one. */
export const sourceOver = (reader: StoreReader, gate = new Gate()): TraceSource => ({
  get: async (id) => gate.within(() => reader.get(id)),
  head: async (id) => gate.within(() => reader.head(id)),
  reads: async (id, from, maxBytes) => gate.within(() => reader.reads(id, from, maxBytes)),
  bytes: async (id, start, end) => gate.within(() => reader.bytes(id, start, end)),
});

/** The first page is one segment, so that who waits for it sees something soon; each of the next is twice as large, up to `PAGE_BYTES`. */
const FIRST_PAGE_BYTES = SEGMENT_BYTES;
const PAGE_BYTES = 4 * SEGMENT_BYTES;
/** For a trace whose end was never written, because writing failed: the store mends the others when it opens. */
export const UNKNOWN_ENDING: Ending = {
  state: 'truncated',
  rule: 'The recording stops here; its end was not stored.',
  advice: 'Everything up to this point is stored. Run it again to get the complete response.',
};

/** All reads from number `from` on, in order, none of the pages empty. The next page is asked for when one begins, so that a playing need not wait for it. */
export async function* storedPages(
  source: Pick<TraceSource, 'reads'>,
  { id }: Pick<StoredTrace, 'id'>,
  from = 0,
): AsyncGenerator<readonly Read[]> {
  let most = FIRST_PAGE_BYTES;
  let page = await source.reads(id, from, most);
  while (page.length > 0) {
    most = Math.min(2 * most, PAGE_BYTES);
    const next = source.reads(id, page.at(-1)!.n + 1, most);
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
  for await (const page of storedPages(source, trace)) for (const read of page) reads.push(read);
  return reads;
}
