/** Streams that are nearly whole: through the framers, cut in two ways, and through a comparison of all lanes. */
import { isDeepStrictEqual } from 'node:util';
import { compareLanes } from '../../src/shared/compare/lanes.ts';
import { readAll } from '../../src/shared/compare/read-all.ts';
import { FRAMINGS } from '../../src/shared/framing/registry.ts';
import type { Framing } from '../../src/shared/model/stream.ts';
import { PROVIDERS, providerOf } from '../../src/shared/providers/registry.ts';
import { sampleFormats } from '../../src/main/core/providers/registry.ts';
import { frameAll, readsOf, withoutReads } from '../support/framing.ts';
import { laneSetup } from '../support/lanes.ts';
import { sampleBody } from '../support/sample-bytes.ts';
import type { Fuzzer } from './fuzzer.ts';
import { mutated, randomSizes } from './mutate.ts';

const SAMPLED = sampleFormats().map(({ api }) => api);
const SCENARIOS = ['plain-text', 'parallel-tools'] as const;
const streamsOf = (framing: Framing): readonly Uint8Array[] =>
  SAMPLED.filter((api) => providerOf(api).framing === framing).flatMap((api) =>
    SCENARIOS.map((scenario) => new Uint8Array(sampleBody(api, scenario).bytes)),
  );

export const FRAMING_FUZZERS: readonly Fuzzer[] = (Object.keys(FRAMINGS) as Framing[])
  .filter((framing) => streamsOf(framing).length > 0)
  .map((framing) => {
    const seeds = streamsOf(framing);
    return {
      id: `framing:${framing}`,
      round: (random) => {
        const input = mutated(random.pick(seeds), seeds, random);
        const sizes = randomSizes(random);
        return {
          input,
          run: () => {
            const whole = withoutReads(frameAll(readsOf(input), framing));
            const cut = withoutReads(frameAll(readsOf(input, sizes), framing));
            if (!isDeepStrictEqual(whole, cut))
              throw new Error(`Reads of ${sizes.join(', ')} bytes are cut into other frames.`);
            return whole.length === 0 ? 'no frame' : 'framed';
          },
        };
      },
    };
  });

export const COMPARE_FUZZERS: readonly Fuzzer[] = [...PROVIDERS.keys()]
  .filter((api) => SAMPLED.includes(api))
  .map((api) => {
    const seeds = SCENARIOS.map((scenario) => new Uint8Array(sampleBody(api, scenario).bytes));
    return {
      id: `compare:${api}`,
      round: (random) => {
        const input = mutated(random.pick(seeds), seeds, random);
        return {
          input,
          run: () => {
            const { ending } = compareLanes(readAll(input, laneSetup(api)));
            return ending?.state ?? 'no ending';
          },
        };
      },
    };
  });
