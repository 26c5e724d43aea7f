/** Sends a request of Messages. */
import Anthropic from '@anthropic-ai/sdk';
import { arrayOf, objectOf } from '../../../../shared/json/json-object.ts';
import { asked, trimmed, USUAL, VERSION } from '../sdk.ts';
import type { Sender, SendSetup } from '../transport.ts';

const FINE_GRAINED_TOOLS = 'fine-grained-tool-streaming-2025-05-14';
const INTERLEAVED_THINKING = 'interleaved-thinking-2025-05-14';

export const send: Sender = (setup) => {
  const { request } = setup;
  const betas = [
    ...new Set([...arrayOf(request['betas']), FINE_GRAINED_TOOLS, ...(reasons(request) ? [INTERLEAVED_THINKING] : [])]),
  ];
  return client(setup)
    .beta.messages.create(asked<Anthropic.Beta.MessageCreateParams>({ ...request, stream: true, betas }))
    .asResponse();
};

function client({ endpoint, fetch }: SendSetup): Anthropic {
  // The SDK's paths begin with the version.
  return new Anthropic({
    ...USUAL,
    baseURL: trimmed(endpoint.baseUrl).replace(VERSION, ''),
    fetch,
    authToken: null,
    webhookKey: null,
  });
}

function reasons(request: SendSetup['request']): boolean {
  const type = objectOf(request['thinking'])?.['type'];
  return typeof type === 'string' && type !== 'disabled';
}
