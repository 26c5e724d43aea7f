/** Reads stored bytes for a comparison. Apart from what only folds and compares, because it brings all adapters along. */
import type { LaneSetup } from '../model/lane.ts';
import { DecodePass } from '../lanes/decode-pass.ts';
import { allLanes, chosenLanes } from '../lanes/registry.ts';
import type { LaneId, WireOutcome } from '../model/messages.ts';
import type { Framed, Read } from '../model/stream.ts';
import type { Ending } from '../model/trace.ts';
import { ReadingFold, type ComparisonInput } from './lane-reading.ts';

export interface ReadAllOptions {
  /** Absent: every lane that reads the API. */
  readonly lanes?: readonly LaneId[];
  readonly timed?: boolean;
  /** The ending as it was recorded; without one the wire's terminator decides. */
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
  fold.add(reading.end(stored.at(-1)?.tNs ?? 0, (wire) => options.ending ?? endingOf(wire)));
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

function endingOf(wire: WireOutcome): Ending {
  if (wire.errors.length > 0) return { state: 'provider-error', rule: 'The stream carries an error event.' };
  return wire.terminated
    ? { state: 'complete', rule: 'The terminator arrived.' }
    : { state: 'truncated', rule: 'The stream ended without its terminator.' };
}
