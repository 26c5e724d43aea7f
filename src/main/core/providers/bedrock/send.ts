/** Sends a request to Bedrock's InvokeModelWithResponseStream, with the SDK that the agent server had in Python. */
import { modelInAddress } from '../changes.ts';
import { betasOf } from '../messages/betas.ts';
import { trimmed, USUAL, VERSION } from '../sdk.ts';
import type { ProviderChange, Sender, Written } from '../transport.ts';

/** `bedrock-runtime.us-east-1.amazonaws.com`; elsewhere the SDK takes the region of its environment. */
const REGION = /^bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.(?:api\.)?(?:amazonaws|aws)\./;
/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html */
const API_VERSION = 'bedrock-2023-05-31';

/**
 * An endpoint with a key gets it as its bearer token, which the capture puts on; else the request is signed with the usual
 * AWS credentials: environment, profile, container or instance.
 */
export const send: Sender = async ({ endpoint, request, body, headers, dry = false, fetch }) => {
  // It brings a good part of the AWS SDK along, which no other run needs.
  const { AnthropicBedrock } = await import('@anthropic-ai/bedrock-sdk');
  const region = REGION.exec(new URL(endpoint.baseUrl).hostname)?.[1];
  const { apiKey, ...usual } = USUAL;
  const client = new AnthropicBedrock({
    ...usual,
    apiKey: endpoint.key.configured ? apiKey : null,
    skipAuth: endpoint.builtIn || dry,
    baseURL: trimmed(endpoint.baseUrl).replace(VERSION, ''),
    fetch,
    ...(region !== undefined && { awsRegion: region }),
  });
  // As bytes the SDK signs and sends the body as it is; a text it would parse and write anew.
  const bytes = new TextEncoder().encode(body);
  return client
    .post(`/model/${pathSegment(String(request['model'] ?? ''))}/invoke-with-response-stream`, { body: bytes, headers })
    .asResponse();
};

/** With the characters that a path may have left as they are. */
const pathSegment = (text: string): string => text.replaceAll(/[^\w\-.~!$&'()*+,;=:@]+/g, encodeURIComponent);

export function changes(written: Written): readonly ProviderChange[] {
  const { request } = written;
  const out = (name: string, why: string): readonly ProviderChange[] =>
    name in request ? [{ where: 'body', name, value: null, why }] : [];
  const betas = betasOf(request);
  return [
    ...modelInAddress(written),
    ...out('stream', 'The address asks for the stream; the API takes no such field.'),
    ...out('betas', 'The API takes betas in the field anthropic_beta.'),
    ...(betas.length > 0 && request['anthropic_beta'] === undefined
      ? added('anthropic_beta', betas, 'Those of the field betas.')
      : []),
    ...(request['anthropic_version'] === undefined
      ? added('anthropic_version', API_VERSION, 'The API asks for its version.')
      : []),
  ];
}

const added = (name: string, value: unknown, why: string): readonly ProviderChange[] => [
  { where: 'body', name, value: JSON.stringify(value), why },
];
