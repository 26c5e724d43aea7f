/** Endpoints that many people have: where they listen, and what kind of server they are. */
import type { EndpointInfo } from '../../../shared/rpc/contract.ts';

export interface Preset extends Pick<EndpointInfo, 'name' | 'baseUrl' | 'type' | 'provider_name'> {
  /** Whether it asks for a key. */
  readonly keyed: boolean;
}

/** The OpenAI SDK wants the version in the base URL, the Anthropic SDK adds it by itself. */
export const PRESETS: readonly Preset[] = [
  { name: 'OpenAI', baseUrl: 'https://api.openai.com/v1', type: 'openai', provider_name: 'openai', keyed: true },
  {
    name: 'Anthropic',
    baseUrl: 'https://api.anthropic.com',
    type: 'anthropic',
    provider_name: 'anthropic',
    keyed: true,
  },
  {
    name: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    type: 'openai',
    provider_name: 'lmstudio_openai',
    keyed: false,
  },
  { name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1', type: 'openai', provider_name: 'ollama', keyed: false },
  { name: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1', type: 'openai', provider_name: 'vllm', keyed: false },
];
