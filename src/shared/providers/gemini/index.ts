/** Google Gemini, streamGenerateContent over SSE. */
import { objectOf, stringOf } from '../../json/json-object.ts';
import type { ApiSign, FrameFacts, ProviderDefinition } from '../provider.ts';
import { GOOGLE } from './kind.ts';
import { GEMINI_RULES } from './lint.ts';
import { request } from './request.ts';
import { asSent } from './sdk.ts';
import { GeminiWire } from './wire.ts';

function detect({ json }: FrameFacts): ApiSign | null {
  if (Array.isArray(json?.['candidates'])) return { why: 'Its payloads have candidates.' };
  if (objectOf(json?.['usageMetadata']) || objectOf(json?.['promptFeedback']))
    return { why: 'Its payloads have the fields of Gemini’s.' };
  // Google's errors say their status as a word.
  if (/^[A-Z_]+$/.test(stringOf(objectOf(json?.['error'])?.['status']) ?? ''))
    return { why: 'Its error has the shape of Google’s.' };
  return null;
}

export const gemini: ProviderDefinition = {
  id: 'gemini',
  label: 'Gemini',
  chip: 'GEMI',
  endpointKinds: [GOOGLE],
  framing: 'sse',
  agentServer: null,
  terminator: 'a finishReason for each candidate',
  path: /\/models\/[^/:]+:(?:streamGenerateContent|generateContent)$/,
  detect,
  asSent,
  request,
  usage: {},
  wire: (recorder) => new GeminiWire(recorder),
  rules: GEMINI_RULES,
};
