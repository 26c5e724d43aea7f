/** What the providers' own SDKs make of the same bytes: the oracle of the wire lane. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

/** The bytes of an event stream, at once or as they come. */
export type Body = Uint8Array | ReadableStream<Uint8Array<ArrayBuffer>>;

function answering(body: Body): typeof fetch {
  return async () =>
    new Response(body instanceof Uint8Array ? body.slice() : body, {
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
    });
}

const openai = (body: Body): OpenAI =>
  new OpenAI({
    apiKey: 'test',
    baseURL: 'http://sdk.invalid/v1',
    maxRetries: 0,
    fetch: answering(body) as never,
    logLevel: 'off',
  });
const anthropic = (body: Body): Anthropic =>
  new Anthropic({
    apiKey: 'test',
    baseURL: 'http://sdk.invalid',
    maxRetries: 0,
    fetch: answering(body) as never,
    logLevel: 'off',
  });

/** Rejects with the SDK's own error where the SDK refuses the stream. */
export async function sdkChatCompletion(body: Body): Promise<unknown> {
  return openai(body).chat.completions.stream({ model: 'm', messages: [] }).finalChatCompletion();
}

export async function sdkResponse(body: Body): Promise<unknown> {
  return openai(body).responses.stream({ model: 'm', input: '' }).finalResponse();
}

/** The beta helper: it knows the block types that the plain one leaves without their input. */
export async function sdkMessage(body: Body): Promise<unknown> {
  const stream = anthropic(body).beta.messages.stream({ model: 'm', max_tokens: 1, messages: [] });
  return stream.finalMessage();
}
