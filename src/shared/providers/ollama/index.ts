/** Ollama's own chat API, /api/chat, in JSON lines. */
import { objectOf } from '../../json/json-object.ts';
import type { ApiSign, FrameFacts, ProviderDefinition } from '../provider.ts';
import { OLLAMA } from './kind.ts';
import { OLLAMA_RULES } from './lint.ts';
import { request } from './request.ts';
import { OllamaWire } from './wire.ts';

function detect({ json }: FrameFacts): ApiSign | null {
  if (typeof json?.['done'] === 'boolean' && objectOf(json['message']))
    return { why: 'Its lines have a message and done, as Ollama’s.' };
  if (typeof json?.['error'] === 'string') return { why: 'Its error has the shape of Ollama’s.', weak: true };
  return null;
}

export const ollama: ProviderDefinition = {
  id: 'ollama_chat',
  label: 'Ollama chat',
  chip: 'OLLA',
  endpointKinds: [OLLAMA],
  framing: 'json-lines',
  agentServer: null,
  terminator: '"done": true',
  path: /\/api\/chat$/,
  ends: ({ json }) => json?.['done'] === true,
  detect,
  request,
  usage: {},
  wire: (recorder) => new OllamaWire(recorder),
  rules: OLLAMA_RULES,
};
