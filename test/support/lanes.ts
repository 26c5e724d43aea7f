/** Runs bytes through one lane, with any cut. */
import { createLane } from '../../src/shared/lanes/registry.ts';
import type { LaneSetup } from '../../src/shared/model/lane.ts';
import type { Emission, LaneId, LaneOutcome } from '../../src/shared/model/messages.ts';
import type { Api } from '../../src/shared/model/stream.ts';
import { DEFAULT_OPTIONS, type AdapterOptions } from '../../src/shared/model/trace.ts';
import { frameAll, readsOf } from './framing.ts';

export function laneSetup(api: Api, options: Partial<AdapterOptions> = {}): LaneSetup {
  return {
    api,
    framing: 'sse',
    endpoint: { type: api === 'messages' ? 'anthropic' : 'openai', provider_name: 'test', model: 'm' },
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
  const emissions = [
    ...lane.begin(),
    ...frameAll(readsOf(bytes, sizes)).flatMap((framed) => [...lane.take(framed)]),
    ...lane.end(),
  ] as Emission[];
  return { emissions, outcome: lane.outcome() };
}
