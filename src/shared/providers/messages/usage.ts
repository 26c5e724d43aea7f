/** Token counts, servers' own figures and stop reasons of Messages. */
import { numberOf, objectOf, type JsonObject } from '../../json/json-object.ts';
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

/** Anthropic says neither; routers and llama.cpp, which speak Messages as well, do. `event`: the one that carries the usage. */
export const messagesFigures = (usage: JsonObject, event: JsonObject): Figures =>
  figures({ rate: timedRate(event['timings']), cost: costIn(usage) });

/** The field of message_stop in which Bedrock says what it counted and how long it took. */
export const INVOCATION_METRICS = 'amazon-bedrock-invocationMetrics';

/** Bedrock's output tokens over the time after its own first byte. Latencies are milliseconds. */
export function invocationFigures(stop: JsonObject): Figures {
  const metrics = objectOf(stop[INVOCATION_METRICS]);
  const whole = numberOf(metrics?.['invocationLatency']);
  const first = numberOf(metrics?.['firstByteLatency']);
  return figures({
    rate: whole === null || first === null ? null : perSecond(metrics?.['outputTokenCount'], (whole - first) / 1000),
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
  // Of Converse.
  guardrail_intervened: 'content_filter',
};

export const messagesFinish = (raw: string | null): FinishReason => finishReason(raw, WORDS);
