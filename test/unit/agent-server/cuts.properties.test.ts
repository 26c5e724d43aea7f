import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { EventGenerator } from '../../support/event-generator.ts';
import { Random } from '../../../src/main/core/providers/sample/random.ts';
import { LANE_FAULT } from '../../../src/shared/adapters/agent-server/adapter-lane.ts';
import { lanesReading } from '../../../src/shared/lanes/registry.ts';
import { APIS, type Api } from '../../support/apis.ts';
import { CORPUS, corpusFiles, testWith } from '../../support/corpus.ts';
import { laneSetup, runLane } from '../../support/lanes.ts';

function generated(api: Api, seed: number): Uint8Array {
  const generator = new EventGenerator(api, new Random(seed));
  return new Uint8Array(Array.from({ length: 1 + (seed % 25) }, () => [...generator.next()]).flat());
}

const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 30 });
const options = fc.record({
  use_assistant_message: fc.boolean(),
  put_inner_thoughts_in_kwarg: fc.boolean(),
  requires_approval_tools: fc.constantFrom<string[]>([], ['send_message'], ['get_time', '']),
});

describe.each(APIS)('%s', (api) => {
  test.each(lanesReading(api))('%s gives the same for any cut of a generated stream', (lane) => {
    fc.assert(
      fc.property(fc.nat(), sizes, options, (seed, cut, chosen) => {
        const bytes = generated(api, seed);
        const setup = laneSetup(api, chosen);
        const whole = runLane(lane, setup, bytes);
        expect(runLane(lane, setup, bytes, cut)).toEqual(whole);
        expect(runLane(lane, setup, bytes, [1])).toEqual(whole);
      }),
      { numRuns: 150 },
    );
  });

  test.each(['legacy', 'simple'] as const)('%s ends in one error message at most, and then is silent', (lane) => {
    fc.assert(
      fc.property(fc.nat(), options, (seed, chosen) => {
        const { emissions, outcome } = runLane(lane, laneSetup(api, chosen), generated(api, seed));
        const stops = emissions.filter((emission) => emission.message.message_type === 'stop_reason');
        const { error } = outcome.outcome as { error: { stage: string; message: string } | null };
        expect(error?.message ?? '').not.toContain(LANE_FAULT);
        expect(stops).toHaveLength(error?.stage === 'stream' ? 1 : 0);
        if (stops.length > 0) expect(emissions.at(-1)).toBe(stops[0]);
      }),
      { numRuns: 500 },
    );
  });

  testWith(CORPUS, 'gives the same for any cut of the recorded streams', () => {
    for (const { name, bytes } of corpusFiles(api)) {
      for (const lane of lanesReading(api)) {
        const setup = laneSetup(api);
        const whole = runLane(lane, setup, bytes);
        for (const cut of [[7], [64, 1, 33]])
          expect(runLane(lane, setup, bytes, cut), `${name}, ${lane}`).toEqual(whole);
      }
    }
  });
});
