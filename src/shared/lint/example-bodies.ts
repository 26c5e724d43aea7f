/** Small bodies of each API, from which the examples of lint rules are put together. */
import { objectOf, type JsonObject } from '../json/json-object.ts';
import type { LintExample } from './rule.ts';

/** Frames as OpenAI Chat Completions sends them. Strings go out as they are, objects as JSON. */
export function chatBody(...events: readonly unknown[]): string {
  return events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');
}

/** Frames as Anthropic and the Responses API send them, named by their type. */
export function namedBody(...events: readonly ExampleEvent[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

export type ExampleEvent = { readonly type: string } & JsonObject;

/** A chunk of a completion with one choice. */
export function chunk(delta: unknown, rest: JsonObject = {}, choice: JsonObject = {}): Record<string, unknown> {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: null, ...choice }],
    ...rest,
  };
}

// Chat Completions.

const CHAT_USAGE = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };

export const chat = (...events: readonly unknown[]): LintExample => ({ body: chatBody(...events) });
/** The last chunk, with the finish reason and the usage, and what ends the stream. */
export const chatEnd = (reason = 'stop'): readonly unknown[] => [
  chunk({}, { usage: CHAT_USAGE }, { finish_reason: reason }),
  '[DONE]',
];
/** The same, where the last chunk has other fields. */
export const chatEndWith = (fields: JsonObject): readonly unknown[] =>
  chatEnd().map((end) => (typeof end === 'string' ? end : { ...objectOf(end), ...fields }));
/** An answer whose text comes in these pieces. */
export const chatText = (...pieces: readonly string[]): LintExample =>
  chat(...pieces.map((content, at) => chunk(at === 0 ? { role: 'assistant', content } : { content })), ...chatEnd());
/** The first fragment of a tool call, as the first delta of an answer. */
export const chatCall = (index: number, id: string, name: string, text: string): Record<string, unknown> =>
  chatFragment({ index, id, type: 'function', function: { name, arguments: text } });
export const chatFragment = (...calls: readonly JsonObject[]): Record<string, unknown> =>
  chunk({ role: 'assistant', tool_calls: calls });
/** A later piece of the arguments of call 0. */
export const chatArguments = (text: string): Record<string, unknown> =>
  chunk({ tool_calls: [{ index: 0, function: { arguments: text } }] });

// Messages.

export const messageStart: ExampleEvent = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    usage: { input_tokens: 5, output_tokens: 1 },
  },
};
export const blockStart = (index: number, content_block: JsonObject = { type: 'text', text: '' }): ExampleEvent => ({
  type: 'content_block_start',
  index,
  content_block,
});
export const blockDelta = (index: number, delta: JsonObject): ExampleEvent => ({
  type: 'content_block_delta',
  index,
  delta,
});
export const textDelta = (index: number, text: string): ExampleEvent => blockDelta(index, { type: 'text_delta', text });
export const blockStop = (index: number): ExampleEvent => ({ type: 'content_block_stop', index });
export const messageDelta = (stop_reason: string | null, output_tokens = 2): ExampleEvent => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage: { output_tokens },
});
export const messageStop: ExampleEvent = { type: 'message_stop' };
export const messagesExample = (...events: readonly ExampleEvent[]): LintExample => ({
  api: 'messages',
  body: namedBody(...events),
});
/** A message with these content events in it. */
export const message = (reason: string, ...events: readonly ExampleEvent[]): LintExample =>
  messagesExample(messageStart, ...events, messageDelta(reason), messageStop);
export const toolUse = { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} };

// Responses.

export const created: ExampleEvent = {
  type: 'response.created',
  response: { id: 'resp_1', status: 'in_progress', model: 'm', output: [] },
};
export const itemAdded = (output_index: number, item: JsonObject): ExampleEvent => ({
  type: 'response.output_item.added',
  output_index,
  item,
});
export const itemDone = (output_index: number, item: JsonObject): ExampleEvent => ({
  type: 'response.output_item.done',
  output_index,
  item,
});
export const partAdded = (output_index: number, item_id: string): ExampleEvent => ({
  type: 'response.content_part.added',
  output_index,
  item_id,
  content_index: 0,
  part: { type: 'output_text', text: '', annotations: [] },
});
export const outputText = (output_index: number, item_id: string, delta: string): ExampleEvent => ({
  type: 'response.output_text.delta',
  output_index,
  item_id,
  content_index: 0,
  delta,
});
export const textDone = (output_index: number, item_id: string, text: string): ExampleEvent => ({
  type: 'response.output_text.done',
  output_index,
  item_id,
  content_index: 0,
  text,
});
export const completed = (...output: readonly JsonObject[]): ExampleEvent => ({
  type: 'response.completed',
  response: {
    id: 'resp_1',
    status: 'completed',
    model: 'm',
    output,
    usage: { input_tokens: 5, output_tokens: 2, total_tokens: 7 },
  },
});
/** A message of the output: as it is added, or whole with its text. */
export const outputMessage = (id: string, text?: string): JsonObject => ({
  type: 'message',
  id,
  status: text === undefined ? 'in_progress' : 'completed',
  role: 'assistant',
  content: text === undefined ? [] : [{ type: 'output_text', text, annotations: [] }],
});
export const functionCall = (id: string, text: string): JsonObject => ({
  type: 'function_call',
  id,
  status: 'completed',
  call_id: `call_${id}`,
  name: 'f',
  arguments: text,
});
/** Numbered as OpenAI numbers them, where an event has no number of its own. */
export const responsesExample = (...events: readonly ExampleEvent[]): LintExample => ({
  api: 'responses',
  body: namedBody(...events.map((event, at) => ({ ...event, sequence_number: event['sequence_number'] ?? at }))),
});

// Ollama and Gemini.

export const ollamaLine = (message: JsonObject): JsonObject => ({
  model: 'm',
  created_at: '2026-01-01T00:00:00Z',
  message: { role: 'assistant', content: '', ...message },
  done: false,
});
export const OLLAMA_END: JsonObject = {
  ...ollamaLine({}),
  done: true,
  done_reason: 'stop',
  prompt_eval_count: 5,
  eval_count: 2,
};
export const ollama = (...lines: readonly JsonObject[]): LintExample => ({
  api: 'ollama_chat',
  body: lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
});

export const geminiEvent = (parts: readonly JsonObject[], candidate: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...candidate }],
  usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2, totalTokenCount: 7 },
  modelVersion: 'm',
  responseId: 'r',
});
export const gemini = (...events: readonly unknown[]): LintExample => ({ api: 'gemini', body: chatBody(...events) });
