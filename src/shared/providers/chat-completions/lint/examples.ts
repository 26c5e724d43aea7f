/** Pieces of the examples of rules of Chat Completions. */
import type { JsonObject } from '../../../json/json-object.ts';
import { chunk } from '../../../lint/example-bodies.ts';

export const usageChunk = (choices: unknown): JsonObject =>
  chunk({}, { choices, usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } });

/** A last chunk without a usage. */
export const finish = (choice: JsonObject = {}): JsonObject => chunk({}, {}, { finish_reason: 'stop', ...choice });
export const hi = chunk({ role: 'assistant', content: 'Hi' });
