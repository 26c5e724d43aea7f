/** A lane that loses nothing: the wire's own messages and result, in the words of an adapter. Read against the wire it is equal. */
import { otidOf } from '../../src/shared/adapters/agent-server/message-writer.ts';
import { ReadingFold, type ComparisonInput } from '../../src/shared/compare/lane-reading.ts';
import type {
  AdapterMessage,
  AdapterOutcome,
  Emission,
  ReasoningPart,
  WireMessage,
} from '../../src/shared/model/messages.ts';
import { laneSetup } from './wire.ts';

/** It takes the place of this lane. */
export const PERFECT = 'simple';

export interface LaneValues {
  readonly emissions: readonly Emission<AdapterMessage>[];
  readonly outcome: AdapterOutcome;
}

/** What the lane that loses nothing says of a reading. */
export function perfectValues(input: ComparisonInput): LaneValues {
  const id = laneSetup('messages').messageId;
  const emissions: Emission<AdapterMessage>[] = [];
  let [index, last] = [0, ''];
  for (const { event, message: said } of input.emissions.wire) {
    const message = adapterMessage(said as WireMessage, input);
    if (!message) continue;
    const key = `${message.message_type} ${'block' in said ? said.block : ''}`;
    if (last !== '' && last !== key && index < 127) index++;
    last = key;
    const head = { id, date: '', otid: index < 127 ? otidOf(id.slice(8), index) : null };
    const whole = message.message_type === 'stop_reason' ? message : { ...message, ...head };
    emissions.push({ lane: PERFECT, ordinal: emissions.length, event, message: whole as AdapterMessage });
  }
  return { emissions, outcome: outcomeOf(input) };
}

/** The reading with the wire and one lane that says these values. */
export function withValues(input: ComparisonInput, { emissions, outcome }: LaneValues): ComparisonInput {
  const fold = new ReadingFold();
  const wire = Map.groupBy(input.emissions.wire, ({ event }) => event);
  const own = Map.groupBy(emissions, ({ event }) => event);
  const give = (event: number | null): void => {
    for (const emission of [...(wire.get(event) ?? []), ...(own.get(event) ?? [])])
      fold.add([{ k: 'message', emission }]);
  };
  give(null);
  for (const event of input.events) {
    fold.add([{ k: 'event', event }]);
    give(event.index);
  }
  fold.add([
    { k: 'outcome', result: { lane: 'wire', outcome: input.wire } },
    { k: 'outcome', result: { lane: PERFECT, outcome } },
  ]);
  if (input.ending) fold.add([{ k: 'ending', tNs: 0, ending: input.ending }]);
  return fold.result(input.setup, {
    lanes: input.lanes.filter((lane) => lane.id === 'wire' || lane.id === PERFECT),
    body: input.body,
    faults: input.faults,
    timed: false,
  });
}

/** The wire read against itself. */
export const againstItself = (input: ComparisonInput): ComparisonInput => withValues(input, perfectValues(input));

function outcomeOf({ wire, ending }: ComparisonInput): AdapterOutcome {
  const calls = wire.blocks.filter(({ kind }) => kind === 'tool');
  const [only] = calls;
  const [error] = wire.errors;
  const complete = ending?.state === 'complete';
  const { input = 0, output = 0, total } = wire.usage ?? {};
  const [prompt_tokens, completion_tokens] = [input ?? 0, output ?? 0];
  const content = wire.blocks.flatMap(({ kind, text, signature = null }): ReasoningPart[] => {
    if (kind === 'text' || kind === 'refusal') return [{ type: 'text', text }];
    if (kind === 'reasoning') return [{ type: 'reasoning', is_native: true, reasoning: text, signature }];
    return kind === 'redacted_reasoning' ? [{ type: 'redacted_reasoning', data: text }] : [];
  });
  return {
    error: error ? { stage: 'stream', message: error.message, event: error.event } : null,
    finished: complete,
    tool_call:
      only && calls.length === 1 ? { id: only.tool_call_id ?? '', name: only.name ?? '', arguments: only.text } : null,
    reasoning_content: null,
    content,
    usage: {
      step_count: 1,
      prompt_tokens,
      completion_tokens,
      total_tokens: total ?? prompt_tokens + completion_tokens,
    },
    message_id: null,
    provider_message_id: wire.id,
    model: wire.model,
    provider_trace: null,
  };
}

function adapterMessage(message: WireMessage, input: ComparisonInput): Pick<AdapterMessage, 'message_type'> | null {
  const kind = 'block' in message ? (input.grid.row(message.block)?.kind ?? '') : '';
  const said = (fields: Pick<AdapterMessage, 'message_type'> & Record<string, unknown>): typeof fields => fields;
  switch (message.message_type) {
    case 'assistant_message':
      return kind === 'text' ? said({ message_type: 'assistant_message', content: message.content }) : null;
    case 'reasoning_message':
      return said({
        message_type: 'reasoning_message',
        reasoning: message.reasoning,
        source: 'reasoner_model',
        signature: message.signature,
      });
    case 'hidden_reasoning_message':
      return said({
        message_type: 'hidden_reasoning_message',
        state: 'redacted',
        hidden_reasoning: message.hidden_reasoning,
      });
    case 'tool_call_message':
      return kind === 'tool' ? said({ message_type: 'tool_call_message', tool_call: message.tool_call }) : null;
    case 'block_start':
      return kind === 'tool'
        ? said({
            message_type: 'tool_call_message',
            tool_call: { name: message.name ?? null, tool_call_id: message.tool_call_id ?? null, arguments: null },
          })
        : null;
    case 'error':
      return { message_type: 'stop_reason' };
    default:
      return null;
  }
}
