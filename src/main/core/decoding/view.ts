/**
 * A stream as a watcher sees it, decoded in a thread of lanes: the same list of items each time, whether the bytes come from the
 * store or are still to come.
 */
import { ItemBatch, packItems } from '../../../shared/model/packed-items.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { Decoding } from '../../../shared/model/trace.ts';
import { FRAME_SIZE } from '../../../shared/rpc/frames.ts';
import { packReads } from '../store/parts.ts';
import type { StoredTrace } from '../store/store.ts';
import { storedPages, UNKNOWN_ENDING, type TraceSource } from './decode-stored.ts';
import type { LaneInput } from './lane-protocol.ts';
import { BeginAgain, DecodingEnded, type LaneSession, type LaneThread } from './lane-thread.ts';

/** What a view is made of, in this order. */
export type ViewInput =
  | Extract<LaneInput, { readonly type: 'head' | 'ending' }>
  | { readonly type: 'reads'; readonly reads: readonly Read[] };

export interface ViewSetup {
  readonly thread: LaneThread;
  readonly trace: StoredTrace;
  readonly decoding: Decoding;
  /** The stream from its beginning; asked for again when the thread has to begin again. */
  readonly inputs: () => AsyncIterable<ViewInput>;
  /** Called when all was decoded: not where the thread gave the stream up. */
  readonly whole?: () => void;
}

/** What each input gave, in order, and never empty. The thread decodes the next one while what the last one gave is taken. */
export async function* viewed({ thread, trace, decoding, inputs, whole }: ViewSetup): AsyncGenerator<ItemBatch> {
  const session = thread.open(trace, { type: 'view', decoding });
  let given = 0;
  try {
    for (;;) {
      /** The watcher has them from before it was begun again. */
      let known = given;
      try {
        for await (const batch of ahead(decoded(session, inputs()))) {
          const items = batch.from(known, FRAME_SIZE);
          known = Math.max(0, known - batch.length);
          given += items.length;
          if (items.length > 0) yield items;
        }
        whole?.();
        return;
      } catch (error) {
        if (error instanceof DecodingEnded) return yield cutShort(trace, error.message);
        if (!(error instanceof BeginAgain)) throw error;
      }
    }
  } finally {
    session.close();
  }
}

/** A stored trace from its beginning. `source` gave it. */
export async function* storedInputs(source: TraceSource, trace: StoredTrace): AsyncGenerator<ViewInput> {
  const head = await source.head(trace.id);
  if (head) yield { type: 'head', ...head };
  let lastNs = head?.tNs ?? 0;
  for await (const reads of storedPages(source, trace)) {
    lastNs = reads.at(-1)!.tNs;
    yield { type: 'reads', reads };
  }
  yield { type: 'ending', tNs: trace.metrics.totalNs ?? lastNs, ending: trace.ending ?? UNKNOWN_ENDING };
}

async function* decoded(session: LaneSession, inputs: AsyncIterable<ViewInput>): AsyncGenerator<ItemBatch> {
  yield new ItemBatch((await session.begin()).items);
  for await (const input of inputs) yield new ItemBatch((await session.give(packed(input))).items);
}

/** The same, of which the next one is made while one is used. */
async function* ahead<Value>(values: AsyncGenerator<Value>): AsyncGenerator<Value> {
  try {
    let next = values.next();
    for (;;) {
      const { done, value } = await next;
      if (done === true) return;
      next = values.next();
      // It is awaited above; until then nobody else may see it fail.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    // Not waited for: it ends once what it waits for has come.
    void values.return(undefined).catch(() => undefined);
  }
}

function packed(input: ViewInput): LaneInput {
  return input.type === 'reads' ? { type: 'reads', run: packReads(input.reads) } : input;
}

/** The end of a stream that is not decoded any further, as it was recorded. */
function cutShort({ ending, metrics }: StoredTrace, text: string): ItemBatch {
  const { bytes } = metrics;
  const tNs = metrics.totalNs ?? 0;
  const parts = packItems(
    [
      { k: 'note', start: bytes, end: bytes, tNs, type: 'lane-limit', text },
      { k: 'ending', tNs, ending: ending ?? { state: 'limit', rule: text } },
    ],
    FRAME_SIZE,
  );
  return new ItemBatch(parts);
}
