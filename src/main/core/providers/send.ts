/**
 * Makes the request of each API with the provider's own SDK, as the agent server did (adapters, section 1). The SDKs get
 * no key, no retries, no time limit and none of their environment variables: all of that is the capture's and the run's.
 */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import type { Api } from '../../../shared/model/stream.ts';
import type { EndpointInfo } from '../../../shared/rpc/contract.ts';

export interface SendSetup {
  readonly endpoint: Pick<EndpointInfo, 'baseUrl' | 'type'>;
  readonly request: Readonly<Record<string, unknown>>;
  readonly fetch: typeof globalThis.fetch;
}

/** The SDKs insist on a key; the capture takes this one off and puts the endpoint's on. */
const NO_KEY = 'none';
/** The longest that a timer can be set to. The endpoint's own limits end a run long before. */
const NEVER_MS = 2 ** 31 - 1;
const USUAL = { apiKey: NO_KEY, maxRetries: 0, timeout: NEVER_MS, logLevel: 'off' } as const;

const FINE_GRAINED_TOOLS = 'fine-grained-tool-streaming-2025-05-14';
const INTERLEAVED_THINKING = 'interleaved-thinking-2025-05-14';

const SENDERS: Readonly<Record<Api, (setup: SendSetup) => Promise<unknown>>> = {
  chat_completions: (setup) => {
    const { request } = setup;
    const options = objectOr(request['stream_options'], {});
    return openai(setup)
      .chat.completions.create(
        asked<OpenAI.ChatCompletionCreateParams>({
          ...request,
          stream: true,
          stream_options: { ...options, include_usage: true },
        }),
      )
      .asResponse();
  },
  responses: (setup) =>
    openai(setup)
      .responses.create(asked<OpenAI.Responses.ResponseCreateParams>({ ...setup.request, stream: true }))
      .asResponse(),
  messages: (setup) => {
    const { request } = setup;
    const own = Array.isArray(request['betas']) ? request['betas'] : [];
    const betas = [...new Set([...own, FINE_GRAINED_TOOLS, ...(reasons(request) ? [INTERLEAVED_THINKING] : [])])];
    return anthropic(setup)
      .beta.messages.create(asked<Anthropic.Beta.MessageCreateParams>({ ...request, stream: true, betas }))
      .asResponse();
  },
};

/** Resolves when the answer's head is there; rejects on an answer that is no success, too, which the capture saw as well. */
export async function send(api: Api, setup: SendSetup): Promise<void> {
  await SENDERS[api](setup);
}

function openai({ endpoint, fetch }: SendSetup): OpenAI {
  const base = trimmed(endpoint.baseUrl);
  // Anthropic's own address has no version in it; its OpenAI-compatible paths do.
  const baseURL = endpoint.type === 'anthropic' && !VERSION.test(base) ? `${base}/v1` : base;
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

function anthropic({ endpoint, fetch }: SendSetup): Anthropic {
  // The SDK's paths begin with the version.
  return new Anthropic({
    ...USUAL,
    baseURL: trimmed(endpoint.baseUrl).replace(VERSION, ''),
    fetch,
    authToken: null,
    webhookKey: null,
  });
}

const VERSION = /\/v1$/;
const trimmed = (baseUrl: string): string => baseUrl.replace(/\/+$/, '');

/** The request is the user's JSON, right or wrong: the endpoint judges it, and its answer is what they want to see. */
const asked = <Params>(request: Readonly<Record<string, unknown>>): Params => request as Params;

function reasons(request: Readonly<Record<string, unknown>>): boolean {
  const type = objectOr(request['thinking'], {})['type'];
  return typeof type === 'string' && type !== 'disabled';
}

function objectOr(value: unknown, otherwise: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : otherwise;
}
