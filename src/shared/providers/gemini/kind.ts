/** Google's Gemini API. */
import type { EndpointKind } from '../kinds/kind.ts';

const BASE_URL = 'https://generativelanguage.googleapis.com/v1beta';

export const GOOGLE: EndpointKind = {
  id: 'google',
  label: 'Google Gemini',
  baseUrl: BASE_URL,
  baseUrlHint: 'With its version, such as /v1beta.',
  credential: { header: 'x-goog-api-key', prefix: '' },
  keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  hosts: ['aiplatform.googleapis.com'],
  baseUrlVariables: [{ name: 'GOOGLE_GEMINI_BASE_URL' }, { name: 'GEMINI_API_BASE', onlyIfSet: true }],
  presets: [{ name: 'Gemini', baseUrl: BASE_URL, provider_name: 'google', keyed: true }],
};
