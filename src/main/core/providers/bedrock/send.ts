/** Sends a request to Bedrock's InvokeModelWithResponseStream, with the SDK that the agent server had in Python. */
import type Anthropic from '@anthropic-ai/sdk';
import { asked, trimmed, USUAL, VERSION } from '../sdk.ts';
import type { Sender } from '../transport.ts';

/** `bedrock-runtime.us-east-1.amazonaws.com`; elsewhere the SDK takes the region of its environment. */
const REGION = /^bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.(?:api\.)?(?:amazonaws|aws)\./;

/**
 * An endpoint with a key gets it as its bearer token, which the capture puts on; else the request is signed with the usual
 * AWS credentials: environment, profile, container or instance.
 */
export const send: Sender = async ({ endpoint, request, fetch }) => {
  // It brings a good part of the AWS SDK along, which no other run needs.
  const { AnthropicBedrock } = await import('@anthropic-ai/bedrock-sdk');
  const region = REGION.exec(new URL(endpoint.baseUrl).hostname)?.[1];
  const { apiKey, ...usual } = USUAL;
  const client = new AnthropicBedrock({
    ...usual,
    apiKey: endpoint.key.configured ? apiKey : null,
    skipAuth: endpoint.builtIn,
    baseURL: trimmed(endpoint.baseUrl).replace(VERSION, ''),
    fetch,
    ...(region !== undefined && { awsRegion: region }),
  });
  return client.messages.create(asked<Anthropic.MessageCreateParams>({ ...request, stream: true })).asResponse();
};
