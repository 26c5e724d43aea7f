/** Anthropic's betas: which the agent server asked for, and which a request asks for itself. */
import { arrayOf, objectOf } from '../../../../shared/json/json-object.ts';
import type { Written } from '../transport.ts';

export const FINE_GRAINED_TOOLS = 'fine-grained-tool-streaming-2025-05-14';
export const INTERLEAVED_THINKING = 'interleaved-thinking-2025-05-14';

/** `betas`, as the SDK takes them beside the fields of the API; each once. */
export const betasOf = (request: Written['request']): readonly string[] => [
  ...new Set(arrayOf(request['betas']).filter((beta) => typeof beta === 'string')),
];

/** Whether thinking is on. */
export function reasons(request: Written['request']): boolean {
  const type = objectOf(request['thinking'])?.['type'];
  return typeof type === 'string' && type !== 'disabled';
}
