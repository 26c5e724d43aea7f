/** Token counts and stop reasons of Messages. */
import { objectOf, type JsonObject } from '../../json/json-object.ts';
import type { FinishReason } from '../../model/usage.ts';
import { counts, finishReason, said, type Counts } from '../../wire/usage.ts';

/**
 * `usage` is the accumulated object, since a message_delta may repeat only some counts. Anthropic's
 * input_tokens leave out what was read from and written to the cache; they are added here, as Usage.input says.
 */
export function messagesUsage(usage: JsonObject): Counts {
  const fresh = said(usage['input_tokens']);
  const cachedInput = said(usage['cache_read_input_tokens']);
  const cacheWrite = said(usage['cache_creation_input_tokens']);
  return counts({
    input: typeof fresh === 'number' ? fresh + (cachedInput ?? 0) + (cacheWrite ?? 0) : fresh,
    cachedInput,
    cacheWrite,
    output: said(usage['output_tokens']),
    reasoning: said(objectOf(usage['output_tokens_details'])?.['thinking_tokens']),
    total: undefined,
  });
}

const WORDS: Readonly<Record<string, FinishReason['unified']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_use',
  refusal: 'refusal',
  pause_turn: 'pause',
  // Servers that translate from Chat Completions pass on its words.
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_use',
  content_filter: 'content_filter',
};

export const messagesFinish = (raw: string | null): FinishReason => finishReason(raw, WORDS);
