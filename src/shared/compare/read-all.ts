/** Reads stored bytes for a comparison. Apart from what only folds and compares, because it brings all adapters along. */
import type { LaneSetup } from '../model/lane.ts';
import { DecodePass } from '../lanes/decode-pass.ts';
import { allLanes, chosenLanes } from '../lanes/registry.ts';
import type { LaneId } from '../model/messages.ts';
import type { Framed, Read } from '../model/stream.ts';
import type { Ending, HttpHead } from '../model/trace.ts';
import { BODY_START_BYTES, endingOfBody, type WholeBody } from '../metrics/ending.ts';
import { faultsOf } from '../providers/faults-of.ts';
import { ReadingFold, type ComparisonInput } from './lane-reading.ts';

export interface ReadAllOptions {
  /** Absent: every lane that reads the API. */
  readonly lanes?: readonly LaneId[];
  readonly timed?: boolean;
  /** Of the response, where it is known. */
  readonly head?: HttpHead;
  /** The ending as it was recorded; without one the bytes decide. */
  readonly ending?: Ending;
}

/** Runs stored reads through the lanes. A body without times may be given as one piece. */
export function readAll(
  reads: Uint8Array | readonly Read[],
  setup: LaneSetup,
  options: ReadAllOptions = {},
): ComparisonInput {
  const stored: readonly Read[] = reads instanceof Uint8Array ? [{ n: 0, tNs: 0, offset: 0, bytes: reads }] : reads;
  const framed: Framed[] = [];
  const lanes = chosenLanes(setup.api, options.lanes ?? null);
  const reading = new DecodePass({
    ...setup,
    lanes,
    watch: (one) => framed.push(one),
  });
  const fold = new ReadingFold();
  fold.add(reading.begin());
  for (const read of stored) fold.add(reading.feed(read));
  const bytes = reading.bytes;
  const body = (): WholeBody => ({
    head: options.head ?? null,
    framing: setup.framing,
    bytes,
    start: bytesIn(stored, 0, Math.min(bytes, BODY_START_BYTES)),
    framed,
    faults: faultsOf(setup.api, framed),
  });
  fold.add(reading.end(stored.at(-1)?.tNs ?? 0, (wire) => options.ending ?? endingOfBody(setup.api, body(), wire)));
  return fold.result(setup, {
    lanes: allLanes().filter(({ id }) => lanes.includes(id)),
    framed,
    body: { framing: setup.framing, slice: (start, end) => bytesIn(stored, start, end) },
    timed: options.timed ?? !(reads instanceof Uint8Array),
  });
}

/** Bytes `start` to `end` of the body; `reads` follow each other without a gap. */
function bytesIn(reads: readonly Read[], start: number, end: number): Uint8Array {
  let [low, high] = [0, reads.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { offset, bytes } = reads[middle]!;
    if (offset + bytes.length > start) high = middle;
    else low = middle + 1;
  }
  const out = new Uint8Array(end - start);
  for (let at = low; at < reads.length && reads[at]!.offset < end; at++) {
    const { offset, bytes } = reads[at]!;
    const from = Math.max(0, start - offset);
    out.set(bytes.subarray(from, Math.min(bytes.length, end - offset)), Math.max(0, offset - start));
  }
  return out;
}
