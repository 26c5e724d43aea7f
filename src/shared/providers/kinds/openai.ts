/** OpenAI, and the many servers that speak its APIs. */
import type { EndpointKind } from './kind.ts';

/** Where LM Studio listens unless told otherwise. */
const LM_STUDIO_PORT = '1234';
/** The agent server takes it for a proxy and counts its tokens itself. */
const LM_STUDIO = 'lmstudio_openai';
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const BASE_URL = 'https://api.openai.com/v1';

export const OPENAI: EndpointKind = {
  id: 'openai',
  label: 'OpenAI',
  baseUrl: BASE_URL,
  // The SDK wants the version in the base URL.
  baseUrlHint: 'With its version, such as /v1.',
  credential: { header: 'authorization', prefix: 'Bearer ' },
  keyVariables: ['OPENAI_API_KEY'],
  hosts: [
    '*.openai.azure.com',
    '*.services.ai.azure.com',
    'openrouter.ai',
    'api.groq.com',
    'api.mistral.ai',
    'api.deepseek.com',
    'api.x.ai',
    'api.together.xyz',
    'api.fireworks.ai',
    'api.cerebras.ai',
  ],
  baseUrlVariables: [
    { name: 'OPENAI_BASE_URL', version: 'v1' },
    { name: 'OPENAI_API_BASE', version: 'v1' },
    ...[
      'AZURE_OPENAI_ENDPOINT',
      'AZURE_API_BASE',
      'OPENROUTER_BASE_URL',
      'OPENROUTER_API_BASE',
      'GROQ_BASE_URL',
      'MISTRAL_BASE_URL',
      'DEEPSEEK_BASE_URL',
      'DEEPSEEK_API_BASE',
      'XAI_BASE_URL',
      'TOGETHER_BASE_URL',
      'FIREWORKS_BASE_URL',
      'CEREBRAS_BASE_URL',
      'LITELLM_PROXY_API_BASE',
      'VLLM_BASE_URL',
      'LMSTUDIO_BASE_URL',
    ].map((name) => ({ name, onlyIfSet: true })),
  ],
  presets: [
    { name: 'OpenAI', baseUrl: BASE_URL, provider_name: 'openai', keyed: true },
    { name: 'LM Studio', baseUrl: `http://127.0.0.1:${LM_STUDIO_PORT}/v1`, provider_name: LM_STUDIO, keyed: false },
    { name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', provider_name: 'ollama', keyed: false },
    { name: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1', provider_name: 'vllm', keyed: false },
  ],
  providerName: ({ hostname, port }) => (port === LM_STUDIO_PORT && LOOPBACK.has(hostname) ? LM_STUDIO : undefined),
};
