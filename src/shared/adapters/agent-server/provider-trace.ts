/** The two documents that the agent server wrote of each run (docs/adapters.md, 9). */
import type { AdapterOutcome, ReasoningPart, ToolCall } from '../../model/messages.ts';
import type { AdapterEndpoint } from '../../model/trace.ts';
import { fieldsOf, fail } from './adapter-error.ts';
import { speaksAnthropic } from './interface.ts';

export interface TraceParts {
  /** What the document calls reasoning and text. */
  readonly contentField: 'reasoning' | 'content';
  readonly endpoint: AdapterEndpoint;
  readonly request: unknown;
  readonly toolCall: ToolCall | null;
  readonly content: readonly ReasoningPart[];
  readonly id: string | null;
  readonly model: string | null;
  readonly usage: AdapterOutcome['usage'];
}

/** Throws AdapterError where a text cannot be printed, which UTF-8 cannot for half a surrogate pair. */
export function providerTrace(parts: TraceParts): NonNullable<AdapterOutcome['provider_trace']> {
  const { toolCall, usage } = parts;
  const call = toolCall && {
    id: toolCall.id,
    type: 'function',
    function: { arguments: toolCall.arguments, name: toolCall.name },
  };
  return {
    request_json: speaksAnthropic(parts.endpoint) ? streamed(parts.request) : parts.request,
    response_json: {
      content: {
        tool_call: call && print(call),
        [parts.contentField]: parts.content.map(print),
      },
      id: parts.id,
      model: parts.model,
      role: 'assistant',
      type: 'message',
      usage: { input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens },
    },
  };
}

function streamed(request: unknown): unknown {
  if (request instanceof Map) return new Map([...request, ['stream', true]]);
  return { ...fieldsOf(request), stream: true };
}

function print(value: object): string {
  return isWellFormed(value)
    ? JSON.stringify(value)
    : fail('A text holds half a surrogate pair, which cannot be printed.');
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  return typeof value !== 'object' || value === null || Object.values(value).every(isWellFormed);
}
