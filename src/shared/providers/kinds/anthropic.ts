/** Anthropic's own API. */
import type { EndpointKind } from './kind.ts';

const BASE_URL = 'https://api.anthropic.com';

export const ANTHROPIC: EndpointKind = {
  id: 'anthropic',
  label: 'Anthropic',
  baseUrl: BASE_URL,
  // The SDK adds the version by itself.
  baseUrlHint: 'Without a version: /v1 is added.',
  credential: { header: 'x-api-key', prefix: '' },
  keyVariables: ['ANTHROPIC_API_KEY'],
  baseUrlVariables: [{ name: 'ANTHROPIC_BASE_URL' }, { name: 'ANTHROPIC_API_BASE' }],
  // Vercel's AI SDK takes it for a part of the base URL.
  version: 'v1',
  presets: [{ name: 'Anthropic', baseUrl: BASE_URL, provider_name: 'anthropic', keyed: true }],
};
