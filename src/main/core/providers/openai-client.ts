/** OpenAI's SDK for one request to one endpoint. */
import OpenAI from 'openai';
import { ANTHROPIC } from '../../../shared/providers/kinds/anthropic.ts';
import { trimmed, USUAL, VERSION } from './sdk.ts';
import type { SendSetup } from './transport.ts';

export function openAiClient({ endpoint, fetch }: SendSetup): OpenAI {
  const base = trimmed(endpoint.baseUrl);
  // Anthropic's own address has no version in it; its OpenAI-compatible paths do.
  const baseURL = endpoint.type === ANTHROPIC.id && !VERSION.test(base) ? `${base}/v1` : base;
  return new OpenAI({
    ...USUAL,
    baseURL,
    fetch,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
  });
}
