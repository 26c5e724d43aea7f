/** Token counts and finish reasons of Gemini. */
import { numberOf, type JsonObject } from '../../json/json-object.ts';
import type { FinishReason } from '../../model/usage.ts';
import { counts, finishReason, said, type Counts } from '../../wire/usage.ts';

/** Gemini counts thoughts beside the candidates' tokens, and tool results beside the prompt's; the names here hold both. */
export function geminiUsage(usage: JsonObject): Counts {
  return counts({
    input: sum(usage['promptTokenCount'], usage['toolUsePromptTokenCount']),
    cachedInput: said(usage['cachedContentTokenCount']),
    cacheWrite: undefined,
    output: sum(usage['candidatesTokenCount'], usage['thoughtsTokenCount']),
    reasoning: said(usage['thoughtsTokenCount']),
    total: said(usage['totalTokenCount']),
  });
}

function sum(...parts: readonly unknown[]): number | undefined {
  const given = parts.map(numberOf).filter((count) => count !== null);
  return given.length === 0 ? undefined : given.reduce((total, count) => total + count, 0);
}

/** https://ai.google.dev/api/generate-content#FinishReason */
const WORDS: Readonly<Record<string, FinishReason['unified']>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  LANGUAGE: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  OTHER: 'other',
  FINISH_REASON_UNSPECIFIED: 'other',
  MALFORMED_FUNCTION_CALL: 'error',
  UNEXPECTED_TOOL_CALL: 'error',
  TOO_MANY_TOOL_CALLS: 'error',
  MISSING_THOUGHT_SIGNATURE: 'error',
  MALFORMED_RESPONSE: 'error',
};

/** Gemini says STOP for an answer that ends in function calls, too. */
export const geminiFinish = (raw: string, calls: boolean): FinishReason =>
  raw === 'STOP' && calls ? { unified: 'tool_use', raw } : finishReason(raw, WORDS);

/** The reasons that the API has. */
export const FINISH_WORDS: readonly string[] = Object.keys(WORDS);
