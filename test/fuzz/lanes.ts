/** Random events of an API, valid and not, through all lanes. A lane that throws is a bug. */
import { LANE_FAULT } from '../../src/shared/adapters/agent-server/adapter-lane.ts';
import { framerOf } from '../../src/shared/providers/framer-of.ts';
import { createLane, lanesReading } from '../../src/shared/lanes/registry.ts';
import type { LaneSetup } from '../../src/shared/model/lane.ts';
import { isWireResult } from '../../src/shared/model/messages.ts';
import type { Framed } from '../../src/shared/model/stream.ts';
import { providerOf, usualEndpoint } from '../../src/shared/providers/registry.ts';
import type { Random } from '../../src/main/core/providers/sample/random.ts';
import { APIS, type Api } from '../support/apis.ts';
import { EventGenerator } from '../support/event-generator.ts';
import type { Fuzzer } from './fuzzer.ts';

/** Longer streams would mostly run on after every lane has ended in an error. */
const EVENTS_PER_STREAM = 40;

export const LANE_FUZZERS: readonly Fuzzer[] = APIS.map((api) => ({
  id: `lanes:${api}`,
  round: (random) => {
    const generator = new EventGenerator(api, random);
    const events = Array.from({ length: 1 + random.below(EVENTS_PER_STREAM) }, () => generator.next());
    return { input: new Uint8Array(Buffer.concat(events)), run: () => runStream(api, events, random) };
  },
}));

function runStream(api: Api, events: readonly Uint8Array[], random: Random): string {
  const setup = randomSetup(api, random);
  const lanes = lanesReading(api).map((id) => createLane(id, setup));
  const framer = framerOf(setup.api, setup.framing);
  for (const lane of lanes) lane.begin();
  const pass = (framed: readonly Framed[]): void => {
    for (const item of framed) for (const lane of lanes) lane.take(item);
  };
  let offset = 0;
  for (const [n, bytes] of events.entries()) {
    const cut = random.below(bytes.length + 1);
    for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
      pass(framer.feed({ n, tNs: n, offset, bytes: part }));
      offset += part.length;
    }
  }
  pass(framer.end());
  let errors = 0;
  for (const lane of lanes) {
    lane.end();
    const result = lane.outcome();
    if (isWireResult(result) || result.outcome.error === null) continue;
    if (result.outcome.error.message.startsWith(LANE_FAULT))
      throw new Error(`${result.lane}: ${result.outcome.error.message}`);
    errors++;
  }
  return errors === 0 ? 'read' : 'ended in an error';
}

function randomSetup(api: Api, random: Random): LaneSetup {
  return {
    api,
    framing: providerOf(api).framing,
    endpoint: {
      ...usualEndpoint(api),
      provider_name: random.chance(0.1) ? 'lmstudio_openai' : 'openai',
      model: random.pick(['m', 'o3', 'gpt-5']),
    },
    request: providerOf(api).request.template('m'),
    options: {
      use_assistant_message: random.chance(0.5),
      put_inner_thoughts_in_kwarg: random.chance(0.5),
      requires_approval_tools: random.chance(0.3) ? ['send_message'] : [],
    },
    messageId: 'message-00000000-0000-4000-8000-000000000000',
    now: () => '2025-10-01T00:00:00+00:00',
    stepId: 'step-1',
  };
}
