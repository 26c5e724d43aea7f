/** An Ollama server, or Ollama's own cloud, which takes a key. */
import type { EndpointKind } from '../kinds/kind.ts';

const BASE_URL = 'http://127.0.0.1:11434';

export const OLLAMA: EndpointKind = {
  id: 'ollama',
  label: 'Ollama',
  baseUrl: BASE_URL,
  baseUrlHint: 'Without a path: /api/chat is added.',
  credential: { header: 'authorization', prefix: 'Bearer ' },
  keyVariables: ['OLLAMA_API_KEY'],
  baseUrlVariables: [
    { name: 'OLLAMA_HOST' },
    { name: 'OLLAMA_BASE_URL', onlyIfSet: true },
    { name: 'OLLAMA_API_BASE', onlyIfSet: true },
  ],
  presets: [{ name: 'Ollama, its own API', baseUrl: BASE_URL, provider_name: 'ollama', keyed: false }],
};
