/** What comparing the lanes of a long trace costs, over reading it in the lanes alone. */
import { DecodePass } from '../../src/shared/lanes/decode-pass.ts';
import { compareLanes } from '../../src/shared/compare/lanes.ts';
import { readAll } from '../../src/shared/compare/read-all.ts';
import { APIS, type Api } from '../support/apis.ts';
import { laneSetup } from '../support/lanes.ts';
import type { Contest } from './measure.ts';
import { bytesOf, readsPerFrame, textFrames } from './streams.ts';

const EVENTS = 100_000;
/** Comparing folds all items, aligns the texts and draws the lane map: as much again for each lane, and no more. */
const TARGET = 4;

function contest(api: Api): Contest {
  const frames = textFrames(api, EVENTS);
  const reads = readsPerFrame(frames);
  const bytes = bytesOf(frames).length;
  return {
    id: 'compare',
    what: `${api}: comparing the lanes of 100,000 events, over reading them in the lanes`,
    target: TARGET,
    warmUps: 1,
    subject: () => `${compareLanes(readAll(reads, laneSetup(api))).bytes} bytes`,
    floor: () => {
      const reading = new DecodePass(laneSetup(api));
      reading.begin();
      for (const read of reads) reading.feed(read);
      reading.end(0, () => ({ state: 'complete', rule: '' }));
      return reading.bytes === bytes ? `${bytes} bytes` : 'not all';
    },
  };
}

export const COMPARE: readonly (() => readonly Contest[])[] = APIS.map((api) => () => [contest(api)]);
