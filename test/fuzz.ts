/**
 * `npm run fuzz -- --api messages`: random events, valid and not, through all lanes. A lane that throws is a bug, and ends
 * the run with its seed's stream.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { LANE_FAULT } from '../src/shared/adapters/agent-server/adapter-lane.ts';
import { framerOf } from '../src/shared/providers/framer-of.ts';
import { createLane, lanesReading } from '../src/shared/lanes/registry.ts';
import type { LaneSetup } from '../src/shared/model/lane.ts';
import { isWireResult } from '../src/shared/model/messages.ts';
import type { Framed } from '../src/shared/model/stream.ts';
import { providerOf, usualEndpoint } from '../src/shared/providers/registry.ts';
import { Random } from '../src/main/core/providers/sample/random.ts';
import { APIS, type Api } from './support/apis.ts';
import { EventGenerator } from './support/event-generator.ts';

/** Longer streams would mostly run on after every lane has ended in an error. */
const EVENTS_PER_STREAM = 40;

interface FuzzTally {
  streams: number;
  events: number;
  messages: number;
  errors: number;
}

function runStream(api: Api, random: Random, tally: FuzzTally): void {
  const generator = new EventGenerator(api, random);
  const setup = randomSetup(api, random);
  const lanes = lanesReading(api).map((id) => createLane(id, setup));
  const framer = framerOf(setup.api, setup.framing);
  for (const lane of lanes) tally.messages += lane.begin().length;
  const pass = (framed: readonly Framed[]): void => {
    for (const item of framed) for (const lane of lanes) tally.messages += lane.take(item).length;
  };
  let offset = 0;
  const count = 1 + random.below(EVENTS_PER_STREAM);
  for (let n = 0; n < count; n++) {
    const bytes = generator.next();
    const cut = random.below(bytes.length + 1);
    for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
      pass(framer.feed({ n, tNs: n, offset, bytes: part }));
      offset += part.length;
    }
  }
  pass(framer.end());
  for (const lane of lanes) {
    tally.messages += lane.end().length;
    const result = lane.outcome();
    if (isWireResult(result) || result.outcome.error === null) continue;
    if (result.outcome.error.message.startsWith(LANE_FAULT))
      throw new Error(`${result.lane}, stream ${tally.streams}: ${result.outcome.error.message}`);
    tally.errors++;
  }
  tally.events += count;
  tally.streams++;
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

function wholeNumber(text: string): number {
  if (!/^[0-9]{1,12}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}

const { api, events, seed } = new Command('npm run fuzz --')
  .addOption(new Option('--api <api>', 'the API whose events are made').choices(APIS).makeOptionMandatory())
  .option('--events <n>', 'how many', wholeNumber, 100_000)
  .option('--seed <n>', 'the same seed gives the same events', wholeNumber, 1)
  .parse()
  .opts<{ readonly api: Api; readonly events: number; readonly seed: number }>();
const random = new Random(seed);
const tally = { streams: 0, events: 0, messages: 0, errors: 0 };
while (tally.events < events) runStream(api, random, tally);
console.log(
  `${tally.events} events in ${tally.streams} streams: ${tally.messages} messages, ${tally.errors} lanes ended in an error, no crash`,
);
