/** Sends a request of Messages. */
import Anthropic from '@anthropic-ai/sdk';
import { askForStream } from '../changes.ts';
import { trimmed, USUAL, VERSION } from '../sdk.ts';
import type { ProviderChange, Sender, Written } from '../transport.ts';
import { betasOf, FINE_GRAINED_TOOLS, INTERLEAVED_THINKING, reasons } from './betas.ts';

export const send: Sender = ({ endpoint, fetch, body, headers }) => {
  const client = new Anthropic({
    ...USUAL,
    // The SDK's paths begin with the version.
    baseURL: trimmed(endpoint.baseUrl).replace(VERSION, ''),
    fetch,
    authToken: null,
    webhookKey: null,
  });
  return client.post('/v1/messages', { body, headers }).asResponse();
};

const BETA = 'anthropic-beta';

export function changes(written: Written): readonly ProviderChange[] {
  const { request, isOff } = written;
  const own = betasOf(request);
  const moved: ProviderChange = {
    where: 'body',
    name: 'betas',
    value: null,
    why: `The API takes betas in the header ${BETA}, where they are put.`,
    headers: own.map((beta) => [BETA, beta] as const),
  };
  const added = (beta: string, why: string): readonly ProviderChange[] =>
    own.includes(beta) && !isOff('body.betas')
      ? []
      : [{ id: `headers.${BETA}.${beta}`, where: 'headers', name: BETA, value: beta, why, headers: [[BETA, beta]] }];
  return [
    ...askForStream(written),
    ...('betas' in request ? [moved] : []),
    ...added(FINE_GRAINED_TOOLS, 'Lets the arguments of tools come as they are made, as the agent server asked for.'),
    ...(reasons(request)
      ? added(INTERLEAVED_THINKING, 'Lets the model think between calls of tools, as the agent server asked for.')
      : []),
  ];
}
