/** Senders and samples by API. What of a provider needs Node is its folder here and one line. */
import type { Api } from '../../../shared/model/stream.ts';
import { sample as bedrockSample } from './bedrock/sample.ts';
import { changes as bedrockChanges, send as sendBedrock } from './bedrock/send.ts';
import { sample as chatSample } from './chat-completions/sample.ts';
import { changes as chatChanges, send as sendChat } from './chat-completions/send.ts';
import { sample as geminiSample } from './gemini/sample.ts';
import { changes as geminiChanges, send as sendGemini } from './gemini/send.ts';
import { sample as messagesSample } from './messages/sample.ts';
import { changes as messagesChanges, send as sendMessages } from './messages/send.ts';
import { sample as ollamaSample } from './ollama/sample.ts';
import { changes as ollamaChanges, send as sendOllama } from './ollama/send.ts';
import { sample as responsesSample } from './responses/sample.ts';
import { changes as responsesChanges, send as sendResponses } from './responses/send.ts';
import type { Format } from './sample/format.ts';
import type { ProviderTransport } from './transport.ts';

const transports = new Map<Api, ProviderTransport>([
  ['chat_completions', { send: sendChat, changes: chatChanges, sample: chatSample }],
  ['responses', { send: sendResponses, changes: responsesChanges, sample: responsesSample }],
  ['messages', { send: sendMessages, changes: messagesChanges, sample: messagesSample }],
  ['bedrock', { send: sendBedrock, changes: bedrockChanges, signs: true, sample: bedrockSample }],
  ['gemini', { send: sendGemini, changes: geminiChanges, sample: geminiSample }],
  ['ollama_chat', { send: sendOllama, changes: ollamaChanges, sample: ollamaSample }],
]);

/** Providers that are not here can be imported and read, but not asked. */
export const TRANSPORTS: ReadonlyMap<Api, ProviderTransport> = transports;

/** Returns what takes it out again. Throws when the API has a transport. */
export function registerTransport(api: Api, transport: ProviderTransport): () => void {
  if (transports.has(api)) throw new Error(`The API ${api} already has a transport.`);
  transports.set(api, transport);
  return () => void transports.delete(api);
}

/** The APIs that the sample provider speaks. */
export const sampleFormats = (): readonly Format[] => [...transports.values()].flatMap(({ sample }) => sample ?? []);

/** Throws for an API that has none. */
export function sampleFormatOf(api: Api): Format {
  const format = transports.get(api)?.sample;
  if (!format) throw new Error(`The sample provider does not support ${api}.`);
  return format;
}
