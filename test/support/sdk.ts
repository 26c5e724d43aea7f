/** What the providers' own SDKs make of the same bytes: the oracle of the wire lane. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';

/** A fetch that answers with these bytes as an event stream. */
function answering(bytes: Uint8Array): typeof fetch {
  return async () => new Response(bytes.slice(), { status: 200, headers: { 'content-type': 'text/event-stream' } });
}

const openai = (bytes: Uint8Array): OpenAI =>
  new OpenAI({ apiKey: 'test', baseURL: 'http://sdk.invalid/v1', maxRetries: 0, fetch: answering(bytes) as never, logLevel: 'off' });
const anthropic = (bytes: Uint8Array): Anthropic =>
  new Anthropic({ apiKey: 'test', baseURL: 'http://sdk.invalid', maxRetries: 0, fetch: answering(bytes) as never, logLevel: 'off' });

/** Rejects with the SDK's own error where the SDK refuses the stream. */
export async function sdkChatCompletion(bytes: Uint8Array): Promise<unknown> {
  return openai(bytes).chat.completions.stream({ model: 'm', messages: [] }).finalChatCompletion();
}

export async function sdkResponse(bytes: Uint8Array): Promise<unknown> {
  return openai(bytes).responses.stream({ model: 'm', input: '' }).finalResponse();
}

/** The beta helper: it knows the block types that the plain one leaves without their input. */
export async function sdkMessage(bytes: Uint8Array): Promise<unknown> {
  const stream = anthropic(bytes).beta.messages.stream({ model: 'm', max_tokens: 1, messages: [] });
  return stream.finalMessage();
}
