/** `tracelane fuzz`: random events, valid and not, through all lanes. A lane that throws is a bug, and ends the run. */
import { Option, type Command } from 'commander';
import { createLane, lanesReading } from '../../../shared/lanes/registry.ts';
import type { LaneSetup } from '../../../shared/model/lane.ts';
import { LANE_FAULT } from '../../../shared/adapters/agent-server/adapter-lane.ts';
import { isWireResult } from '../../../shared/model/messages.ts';
import { APIS, type Api } from '../../../shared/model/stream.ts';
import { createFramer } from '../../../shared/framing/registry.ts';
import type { Framed } from '../../../shared/model/stream.ts';
import { EventGenerator } from './event-generator.ts';
import { Random } from '../../core/random.ts';
import { UsageError } from './usage-error.ts';

/** Longer streams would mostly run on after every lane has ended in an error. */
const EVENTS_PER_STREAM = 40;

export function addFuzz(program: Command): void {
  program
    .command('fuzz')
    .description('send random events, valid and not, through all lanes')
    .addOption(new Option('--api <api>', 'format of the events').choices([...APIS]).makeOptionMandatory())
    .option('--events <n>', 'how many events', '100000')
    .option('--seed <n>', 'the same seed gives the same events', '1')
    .action((options: { api: Api; events: string; seed: string }) => {
      const events = wholeNumber(options.events, '--events');
      const random = new Random(wholeNumber(options.seed, '--seed'));
      const tally = { streams: 0, events: 0, messages: 0, errors: 0 };
      while (tally.events < events) runStream(options.api, random, tally);
      console.log(
        `${tally.events} events in ${tally.streams} streams: ${tally.messages} messages, ${tally.errors} lanes ended in an error, no crash`,
      );
    });
}

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
  const framer = createFramer(setup.framing);
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
  const input = api === 'responses' ? { input: 'Hello' } : { messages: [{ role: 'user', content: 'Hello' }] };
  return {
    api,
    framing: 'sse',
    endpoint: {
      type: api === 'messages' ? 'anthropic' : 'openai',
      provider_name: random.chance(0.1) ? 'lmstudio_openai' : 'openai',
      model: random.pick(['m', 'o3', 'gpt-5']),
    },
    request: { model: 'm', ...input },
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

function wholeNumber(text: string, option: string): number {
  if (!/^[0-9]{1,12}$/.test(text)) throw new UsageError(`${option} takes a whole number, not ${text}.`);
  return Number(text);
}
