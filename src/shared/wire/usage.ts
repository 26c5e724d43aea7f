/** Usage and finish reasons of each API under one name. Names only: no count is computed but Anthropic's input total. */
import type { FinishReason, Usage } from '../model/usage.ts';
import { numberOf, objectOf, stringOf, type JsonObject } from '../json/json-object.ts';

type Counts = Omit<Usage, 'raw'>;
type Field = keyof Counts;

/** The first of these places that is not absent: its number, null where null was said. */
function said(...places: readonly unknown[]): number | null | undefined {
  for (const place of places) if (place !== undefined) return numberOf(place);
  return undefined;
}

function counts(fields: Readonly<Record<Field, number | null | undefined>>): Counts {
  return Object.fromEntries(Object.entries(fields).filter(([, count]) => count !== undefined));
}

/** Chat Completions, with where DeepSeek, Moonshot and Perplexity put their cached and reasoning parts. */
export function chatUsage(usage: JsonObject): Counts {
  const input = objectOf(usage['prompt_tokens_details']);
  const output = objectOf(usage['completion_tokens_details']);
  return counts({
    input: said(usage['prompt_tokens']),
    cachedInput: said(input?.['cached_tokens'], usage['prompt_cache_hit_tokens'], usage['cached_tokens']),
    cacheWrite: said(input?.['cache_write_tokens']),
    output: said(usage['completion_tokens']),
    reasoning: said(output?.['reasoning_tokens'], usage['reasoning_tokens']),
    total: said(usage['total_tokens']),
  });
}

export function responsesUsage(usage: JsonObject): Counts {
  const input = objectOf(usage['input_tokens_details']);
  const output = objectOf(usage['output_tokens_details']);
  return counts({
    input: said(usage['input_tokens']),
    cachedInput: said(input?.['cached_tokens']),
    cacheWrite: said(input?.['cache_write_tokens']),
    output: said(usage['output_tokens']),
    reasoning: said(output?.['reasoning_tokens']),
    total: said(usage['total_tokens']),
  });
}

/**
 * Messages. `usage` is the accumulated object, since a message_delta may repeat only some counts. Anthropic's
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

const UNIFIED: Readonly<Record<string, FinishReason['unified']>> = {
  // Chat Completions, and Mistral's and DeepSeek's own.
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'content_filter',
  model_length: 'length',
  error: 'error',
  insufficient_system_resource: 'error',
  // Messages.
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_use',
  refusal: 'refusal',
  pause_turn: 'pause',
  // Responses: status, or the reason why it is incomplete.
  completed: 'stop',
  max_output_tokens: 'length',
  failed: 'error',
};

/** A provider's word for why it stopped. An unknown word is no error: it is shown as it came. */
export function finishReason(raw: string | null): FinishReason {
  return { unified: raw !== null && Object.hasOwn(UNIFIED, raw) ? UNIFIED[raw]! : 'other', raw };
}

/** A Response's finish: its status, the reason where it is incomplete, and tool_use where it waits for the client. */
export function responseFinish(response: JsonObject, clientTools: boolean): FinishReason {
  const status = stringOf(response['status']);
  if (status === 'completed' && clientTools) return { unified: 'tool_use', raw: status };
  return finishReason(stringOf(objectOf(response['incomplete_details'])?.['reason']) ?? status);
}
