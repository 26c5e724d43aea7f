/**
 * A stream as a watcher sees it, decoded in a thread of lanes: the same list of items each time, whether the bytes come from the
 * store or are still to come.
 */
import type { TraceItem } from '../../../shared/model/items.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { Decoding } from '../../../shared/model/trace.ts';
import { packReads } from '../store/parts.ts';
import type { StoredTrace } from '../store/store.ts';
import { storedPages, UNKNOWN_ENDING, type TraceSource } from './decode-stored.ts';
import type { LaneInput } from './lane-protocol.ts';
import { BeginAgain, DecodingEnded, type LaneThread } from './lane-thread.ts';

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
}

/** What each input gave, in order, and never empty. */
export async function* viewed({ thread, trace, decoding, inputs }: ViewSetup): AsyncGenerator<readonly TraceItem[]> {
  const session = thread.open(trace, { type: 'view', decoding });
  let given = 0;
  /** All that one input gives. */
  const decoded = async (input: ViewInput | null, known: { left: number }): Promise<readonly TraceItem[]> => {
    const all: TraceItem[] = [];
    for (let out = await (input ? session.give(packed(input)) : session.begin()); ; out = await session.give(null)) {
      for (const item of out.items.slice(known.left)) all.push(item);
      known.left = Math.max(0, known.left - out.items.length);
      if (!out.more) return all;
    }
  };
  try {
    for (;;) {
      /** The watcher has them from before it was begun again. */
      const known = { left: given };
      try {
        for await (const input of withBegin(inputs())) {
          const items = await decoded(input, known);
          given += items.length;
          if (items.length > 0) yield items;
        }
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

async function* withBegin(inputs: AsyncIterable<ViewInput>): AsyncGenerator<ViewInput | null> {
  yield null;
  yield* inputs;
}

function packed(input: ViewInput): LaneInput {
  return input.type === 'reads' ? { type: 'reads', run: packReads(input.reads) } : input;
}

/** The end of a stream that is not decoded any further, as it was recorded. */
function cutShort({ ending, metrics }: StoredTrace, text: string): readonly TraceItem[] {
  const { bytes } = metrics;
  const tNs = metrics.totalNs ?? 0;
  return [
    { k: 'note', start: bytes, end: bytes, tNs, type: 'lane-limit', text },
    { k: 'ending', tNs, ending: ending ?? { state: 'limit', rule: text } },
  ];
}
