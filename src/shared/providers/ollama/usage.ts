/** Token counts, its own speed and finish reasons of Ollama. */
import { numberOf, type JsonObject } from '../../json/json-object.ts';
import type { FinishReason } from '../../model/usage.ts';
import { counts, figures, finishReason, perSecond, said, type Counts, type Figures } from '../../wire/usage.ts';

/** Counts and durations of the last object. Durations are nanoseconds. */
export const USAGE_FIELDS = [
  'prompt_eval_count',
  'eval_count',
  'total_duration',
  'load_duration',
  'prompt_eval_duration',
  'eval_duration',
] as const;

/** `eval_count` counts all that the model wrote, its thinking included; how much of it was thinking is not said. */
export function ollamaUsage(data: JsonObject): Counts {
  return counts({
    input: said(data['prompt_eval_count']),
    cachedInput: undefined,
    cacheWrite: undefined,
    output: said(data['eval_count']),
    reasoning: undefined,
    total: undefined,
  });
}

/** Its own speed is what it prints with `--verbose`: what it wrote over the time in which it wrote. */
export const ollamaFigures = (data: JsonObject): Figures =>
  figures({ rate: perSecond(data['eval_count'], (numberOf(data['eval_duration']) ?? 0) / 1e9) });

/** `load` and `unload` answer a request without messages, which only moves the model in or out of memory. */
const WORDS: Readonly<Record<string, FinishReason['unified']>> = { stop: 'stop', length: 'length' };

/** Ollama says `stop` for an answer that ends in tool calls, too. */
export const ollamaFinish = (raw: string | null, calls: boolean): FinishReason =>
  raw === 'stop' && calls ? { unified: 'tool_use', raw } : finishReason(raw, WORDS);
