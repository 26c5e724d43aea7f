/** Runs bytes through one lane, with any cut. */
import { createLane } from '../../src/shared/lanes/registry.ts';
import type { LaneSetup } from '../../src/shared/model/lane.ts';
import type { Emission, LaneId, LaneOutcome } from '../../src/shared/model/messages.ts';
import type { Api } from '../../src/shared/model/stream.ts';
import { DEFAULT_OPTIONS, type AdapterOptions } from '../../src/shared/model/trace.ts';
import { framerOf } from '../../src/shared/providers/framer-of.ts';
import { providerOf, usualEndpoint } from '../../src/shared/providers/registry.ts';
import { readsOf } from './framing.ts';

export function laneSetup(api: Api, options: Partial<AdapterOptions> = {}): LaneSetup {
  return {
    api,
    framing: providerOf(api).framing,
    endpoint: { ...usualEndpoint(api, 'm'), provider_name: 'test' },
    request:
      api === 'responses'
        ? { model: 'm', input: 'Hello' }
        : { model: 'm', messages: [{ role: 'user', content: 'Hello' }] },
    options: { ...DEFAULT_OPTIONS, ...options },
    messageId: 'message-12345678-9abc-4def-8123-456789abcdef',
    now: () => '2025-10-01T00:00:00+00:00',
    stepId: 'step-1',
  };
}

export interface LaneRun {
  readonly emissions: readonly Emission[];
  readonly outcome: LaneOutcome;
}

export function runLane(id: LaneId, setup: LaneSetup, bytes: Uint8Array, sizes: readonly number[] = []): LaneRun {
  const lane = createLane(id, setup);
  const framer = framerOf(setup.api, setup.framing);
  const framed = [...readsOf(bytes, sizes).flatMap((read) => framer.feed(read)), ...framer.end()];
  const emissions = [...lane.begin(), ...framed.flatMap((one) => [...lane.take(one)]), ...lane.end()] as Emission[];
  return { emissions, outcome: lane.outcome() };
}
