/** Token counts, servers' own figures and finish reasons of Responses. */
import { objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
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

/** Of the servers behind it: llama.cpp's `timings` and Groq's `completion_time`, with what routers ask for. */
export function responsesFigures(usage: JsonObject, response: JsonObject): Figures {
  return figures({
    rate: timedRate(response['timings']) ?? perSecond(usage['output_tokens'], usage['completion_time']),
    cost: costIn(usage),
  });
}

/** A status, or the reason why a response is incomplete. */
const WORDS: Readonly<Record<string, FinishReason['unified']>> = {
  completed: 'stop',
  failed: 'error',
  max_output_tokens: 'length',
  content_filter: 'content_filter',
};

/** A Response's finish: its status, the reason where it is incomplete, and tool_use where it waits for the client. */
export function responseFinish(response: JsonObject, clientTools: boolean): FinishReason {
  const status = stringOf(response['status']);
  if (status === 'completed' && clientTools) return { unified: 'tool_use', raw: status };
  return finishReason(stringOf(objectOf(response['incomplete_details'])?.['reason']) ?? status, WORDS);
}
