/**
 * What stored streams gave when they were read last, packed as it was sent: a trace that is opened again is not decoded again. What
 * they give is said by how much is stored, the decoding, and where lanes were ended. More may be stored of a trace that has ended: of a
 * file that another program writes, what is live there has ended here.
 */
import { LRUCache } from 'lru-cache';
import { ItemBatch, type PackedItems } from '../../../shared/model/packed-items.ts';
import { FULL_BATCH } from '../../../shared/rpc/frames.ts';
import { decodingKey } from './same-decoding.ts';
import { viewed, type ViewSetup } from './view.ts';

/** Characters of all of them together: some eight traces of 100,000 events. */
const MOST = 32 * 1024 * 1024;

export class KeptViews {
  readonly #views: LRUCache<string, readonly ItemBatch[]>;

  constructor(most = MOST) {
    this.#views = new LRUCache({ maxSize: most });
  }

  /** As `viewed` gives it, of a trace that has ended. */
  async *view(setup: ViewSetup): AsyncGenerator<ItemBatch> {
    const key = keyOf(setup);
    const kept = this.#views.get(key);
    if (kept) return yield* kept;
    let batches: ItemBatch[] | undefined = [];
    let size = 1;
    let isWhole = false;
    for await (const batch of full(viewed({ ...setup, whole: () => (isWhole = true) }), setup)) {
      size += sizeOf(batch, setup);
      if (size > this.#views.maxSize) batches = undefined;
      batches?.push(batch);
      yield batch;
    }
    // Where a lane was ended meanwhile, the next one is read without it.
    if (batches && isWhole && keyOf(setup) === key) this.#views.set(key, batches, { size });
  }
}

const keyOf = ({ trace, decoding, thread }: ViewSetup): string =>
  JSON.stringify([
    trace.id,
    trace.storedReads,
    trace.storedBytes,
    trace.ending,
    decodingKey(decoding, trace),
    thread.known.of(trace.id).length,
  ]);

/** Joins those that are not full, which the sender would wait after: of a stream that is over all is there. */
async function* full(batches: AsyncIterable<ItemBatch>, setup: ViewSetup): AsyncGenerator<ItemBatch> {
  let parts: PackedItems[] = [];
  let size = 0;
  try {
    for await (const batch of batches) {
      parts.push(...batch.parts);
      size += sizeOf(batch, setup);
      if (size < FULL_BATCH) continue;
      yield new ItemBatch(parts);
      parts = [];
      size = 0;
    }
  } catch (error) {
    if (parts.length > 0) yield new ItemBatch(parts);
    throw error;
  }
  if (parts.length > 0) yield new ItemBatch(parts);
}

/** In characters. An item too long for a part has about what the body has. */
function sizeOf({ parts }: ItemBatch, { trace }: ViewSetup): number {
  return parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : trace.metrics.bytes), 0);
}
