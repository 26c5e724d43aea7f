/**
 * P28: what it costs to stand at any moment of a stream of 100,000 events, over reading the stream in the lanes up to there, which is
 * what a playhead without checkpoints would do.
 */
import { TraceModel } from '../../src/renderer/stores/trace-model.ts';
import { DecodePass } from '../../src/shared/lanes/decode-pass.ts';
import type { Read } from '../../src/shared/model/stream.ts';
import type { Api } from '../support/apis.ts';
import { laneSetup } from '../support/lanes.ts';
import type { Contest } from './measure.ts';
import { readsPerFrame, textFrames } from './streams.ts';

const EVENTS = 100_000;
/** Parts of the stream after which is stood. */
const PLACES = [0.3, 0.95];
const TARGET = 0.05;

function folded(api: Api, reads: readonly Read[], model: TraceModel, end: boolean): TraceModel {
  const pass = new DecodePass(laneSetup(api));
  model.apply(pass.begin());
  for (const read of reads) model.apply(pass.feed(read));
  if (end) model.apply(pass.end(reads.at(-1)!.tNs + 1, () => ({ state: 'complete', rule: '' })));
  return model;
}

const shown = ({ count, blocks, metrics }: TraceModel): string =>
  [count, metrics.textChars, ...blocks.rows.map(({ id, cells }) => `${id} ${cells.wire.at(-1)?.pieces.length}`)].join();

function contest(api: Api): Contest {
  const reads = readsPerFrame(textFrames(api, EVENTS));
  const whole = folded(api, reads, new TraceModel({ seekable: true }), true);
  const counts = PLACES.map((part) => Math.floor(part * reads.length));
  return {
    id: 'P28',
    what: `${api}: standing at two moments of 100,000 events, over reading the stream up to each`,
    target: TARGET,
    warmUps: 1,
    subject: () => counts.map((count) => shown(whole.asOf(whole.countWithRead(count - 1)))).join(' '),
    floor: () => counts.map((count) => shown(folded(api, reads.slice(0, count), new TraceModel(), false))).join(' '),
  };
}

/** One for all: what is sought in is what the lanes gave, whatever the API. */
export const SEEK: readonly (() => readonly Contest[])[] = [() => [contest('messages')]];
