/** Token counts, servers' own figures and finish reasons of Chat Completions, with the words of Mistral and DeepSeek. */
import { objectOf, type JsonObject } from '../../json/json-object.ts';
import type { FinishReason } from '../../model/usage.ts';
import {
  costIn,
  counts,
  figures,
  finishReason,
  perSecond,
  said,
  timedRate,
  type Counts,
  type Figures,
} from '../../wire/usage.ts';

/** With where DeepSeek, Moonshot and Perplexity put their cached and reasoning parts. */
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

/** Fields beside the usage in which servers say their own speed. */
export const FIGURE_FIELDS = ['timings', 'time_info', 'stats'] as const;

/**
 * What a server says of itself, in the usage and beside it: llama.cpp's `timings`; `completion_time` of Groq in the usage and
 * of Cerebras in `time_info`; `stats` of LM Studio; `completion_tokens_per_sec` of SambaNova and TabbyAPI. Times are seconds.
 */
export function chatFigures(usage: JsonObject | null, chunk: JsonObject): Figures {
  const tokens = usage?.['completion_tokens'];
  return figures({
    rate:
      timedRate(chunk['timings']) ??
      said(usage?.['completion_tokens_per_sec'], objectOf(chunk['stats'])?.['tokens_per_second']) ??
      perSecond(tokens, usage?.['completion_time']) ??
      perSecond(tokens, objectOf(chunk['time_info'])?.['completion_time']),
    cost: usage && costIn(usage),
  });
}

const WORDS: Readonly<Record<string, FinishReason['unified']>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'content_filter',
  function_call_filter: 'error',
  model_length: 'length',
  error: 'error',
  insufficient_system_resource: 'error',
  network_error: 'error',
  abort: 'error',
  aborted: 'error',
  sensitive: 'content_filter',
  // Routers pass on the word of the provider behind them.
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_use',
  refusal: 'refusal',
  pause_turn: 'pause',
};

/** What stands for null in the place of a finish reason, as DashScope and servers in Python write it. */
export const isNoFinish = (reason: string): boolean => reason === 'null' || reason === 'None';

/**
 * The word of a finish reason without what Google's OpenAI-compatible endpoint adds to it: its own reason, as in
 * "content_filter: PROHIBITED_CONTENT" (https://ai.google.dev/api/generate-content#FinishReason).
 */
export const finishWordOf = (raw: string): string => /^(\w+_filter): [A-Z_]+$/.exec(raw)?.[1] ?? raw;

export const chatFinish = (raw: string | null): FinishReason => ({
  ...finishReason(raw === null ? null : finishWordOf(raw), WORDS),
  raw,
});
