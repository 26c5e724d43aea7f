/** Usage at the level of the adapter (docs/adapters.md, 8). */
import type { AdapterOutcome } from '../../model/messages.ts';
import { fail } from './adapter-error.ts';

export const NO_USAGE: AdapterOutcome['usage'] = {
  step_count: 0,
  prompt_tokens: 0,
  completion_tokens: 0,
  total_tokens: 0,
};

/** A zero is replaced by the fallback count. Throws AdapterError for what is no integer. */
export function usageOf(
  input: number,
  output: number,
  fallbackInput: number,
  fallbackOutput: number,
): AdapterOutcome['usage'] {
  const prompt = input === 0 ? fallbackInput : input;
  const completion = output === 0 ? fallbackOutput : output;
  if (!Number.isInteger(prompt) || !Number.isInteger(completion)) fail('A token count is no integer.');
  return { step_count: 1, prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}
