/** OpenAI Chat Completions, and the many servers that speak it. */
import { objectOf, stringOf } from '../../json/json-object.ts';
import { isDone } from '../../lint/rule.ts';
import { OPENAI } from '../kinds/openai.ts';
import type { ApiSign, FrameFacts, ProviderDefinition } from '../provider.ts';
import { eventsOfAnswer } from './answer.ts';
import { CHAT_COMPLETIONS_RULES } from './lint/index.ts';
import { request } from './request.ts';
import { ChatCompletionsWire } from './wire.ts';

function detect({ data, json, type }: FrameFacts): ApiSign | null {
  if (json?.['object'] === 'chat.completion.chunk') return { why: 'Its payloads are chat.completion.chunk objects.' };
  if (Array.isArray(json?.['choices'])) return { why: 'Its payloads have choices.' };
  if (isDone(data)) return { why: 'It ends with [DONE].', weak: true };
  if (type !== 'error' && objectOf(json?.['error'])) return { why: 'Its error has the shape of OpenAI’s.', weak: true };
  // vLLM's own, and TGI's.
  if (json?.['object'] === 'error' || (type === '' && stringOf(json?.['error'])))
    return { why: 'Its error has the shape of one of a server that speaks OpenAI’s API.', weak: true };
  return null;
}

export const chatCompletions: ProviderDefinition = {
  id: 'chat_completions',
  label: 'Chat Completions',
  chip: 'CHAT',
  endpointKinds: [OPENAI],
  framing: 'sse',
  agentServer: 'openai',
  terminator: 'data: [DONE]',
  path: /\/chat\/completions$/,
  ends: ({ data }) => isDone(data),
  detect,
  eventsOfAnswer,
  hiddenEnd: '[DONE]',
  request,
  usage: {},
  wire: (recorder) => new ChatCompletionsWire(recorder),
  rules: CHAT_COMPLETIONS_RULES,
};
