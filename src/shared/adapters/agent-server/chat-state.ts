/** What both OpenAI chat interfaces do with a chunk before they look at its delta (docs/adapters.md, 1, 5 and 8). */
import type { ReasoningPart, ToolCall } from '../../model/messages.ts';
import type { Frame } from '../../model/stream.ts';
import type { InterfaceSetup, SdkEvent, StreamingInterface } from './interface.ts';
import { readOpenAi } from './sdk-events.ts';
import { count, fail, fieldsOf, need, truthy, type Fields } from './adapter-error.ts';

/** A tool call fragment of a chunk. */
export interface CallFragment {
  readonly id: unknown;
  readonly name: unknown;
  readonly args: unknown;
}

export abstract class ChatState implements StreamingInterface {
  model: string | null = null;
  providerMessageId: string | null = null;
  inputTokens = 0;
  outputTokens = 0;
  fallbackOutputTokens = 0;
  protected readonly setup: InterfaceSetup;

  constructor(setup: InterfaceSetup) {
    this.setup = setup;
  }

  abstract readonly splitText: boolean;
  abstract toolCall(): ToolCall | null;
  abstract content(): ReasoningPart[];
  protected abstract delta(delta: Fields): void;

  read(name: string, data: string, frame: Frame): SdkEvent {
    return readOpenAi(name, data, frame);
  }

  take(event: Exclude<SdkEvent, string>): void {
    const chunk = need(event.data, 'The chunk');
    const { responsesApi } = this.setup;
    // An event of the Responses API is an object without these attributes; reading one that is absent is an error.
    if (responsesApi) this.#takeForeign(chunk);
    else this.#takeChunk(chunk);
  }

  #takeChunk(chunk: Fields): void {
    if (!truthy(this.model) || !truthy(this.providerMessageId)) {
      this.model = (chunk['model'] ?? null) as string | null;
      this.providerMessageId = (chunk['id'] ?? null) as string | null;
    }
    const usage = chunk['usage'];
    if (fieldsOf(usage) !== null || truthy(usage)) {
      const counts = need(usage, 'The usage');
      this.inputTokens += count(counts['prompt_tokens'], 'prompt_tokens');
      this.outputTokens += count(counts['completion_tokens'], 'completion_tokens');
    }
    const { choices } = chunk;
    if (!truthy(choices)) return;
    if (!Array.isArray(choices)) return fail('The choices are no list.');
    this.delta(need(need(choices[0], 'The choice')['delta'], 'The delta'));
  }

  #takeForeign(event: Fields): void {
    if (!this.model || !this.providerMessageId) {
      this.model = attribute(event, 'model') as string | null;
      this.providerMessageId = attribute(event, 'id') as string | null;
    }
    if (truthy(attribute(event, 'usage')) || truthy(attribute(event, 'choices')))
      fail('The event is of the Responses API.');
  }

  protected get isReasoningModel(): boolean {
    if (typeof this.model !== 'string') return fail('The model is not set.');
    const { model } = this;
    return REASONING_MODELS.some((prefix) => model.startsWith(prefix));
  }

  /** The one fragment that is looked at. quirk: arguments-run-together */
  protected fragmentOf(delta: Fields): CallFragment | null {
    const calls = delta['tool_calls'];
    if (calls === null || calls === undefined) return null;
    if (!Array.isArray(calls)) return truthy(calls) ? fail('The tool calls are no list.') : null;
    return calls.length === 0 ? null : fragmentOf(need(calls[0], 'The tool call'));
  }
}

const REASONING_MODELS = ['o1', 'o3', 'o4', 'gpt-5'] as const;

function attribute(event: Fields, name: string): unknown {
  return name in event ? event[name] : fail(`The event has no attribute ${name}.`);
}

function fragmentOf(call: Fields): CallFragment {
  const called = need(call['function'], 'The function');
  return { id: call['id'], name: called['name'], args: called['arguments'] };
}
