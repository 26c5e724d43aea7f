/** The providers by their APIs. A provider is its folder and one line here. */
import { OTHER_API, type Api } from '../model/stream.ts';
import type { AdapterEndpoint } from '../model/trace.ts';
import { bedrock } from './bedrock/index.ts';
import { chatCompletions } from './chat-completions/index.ts';
import { gemini } from './gemini/index.ts';
import type { EndpointKind } from './kinds/kind.ts';
import { messages } from './messages/index.ts';
import { ollama } from './ollama/index.ts';
import { other } from './other/index.ts';
import type { ProviderDefinition } from './provider.ts';
import { responses } from './responses/index.ts';

const providers = new Map<Api, ProviderDefinition>();

/** In the order in which they are offered. */
export const PROVIDERS: ReadonlyMap<Api, ProviderDefinition> = providers;

/** Returns what takes it out again. Throws when there is a provider of this API. */
export function registerProvider(provider: ProviderDefinition): () => void {
  if (providers.has(provider.id)) throw new Error(`There is a provider of the API ${provider.id} already.`);
  providers.set(provider.id, provider);
  return () => void providers.delete(provider.id);
}

registerProvider(chatCompletions);
registerProvider(responses);
registerProvider(messages);
registerProvider(bedrock);
registerProvider(ollama);
registerProvider(gemini);

/** Throws, as a sentence, for an API that this version does not know, as in a trace of a later one. */
export function providerOf(api: Api): ProviderDefinition {
  const provider = providers.get(api) ?? (api === OTHER_API ? other : undefined);
  if (!provider) throw new Error(unknownApi(api));
  return provider;
}

/** The sentence for an API that has no provider. */
export const unknownApi = (api: Api): string =>
  `This version does not know the API ${api}. It knows ${[...providers.keys()].join(', ')}.`;

/** The kinds of server that any provider can be sent to, each once. */
export function endpointKinds(): readonly EndpointKind[] {
  const kinds = [...providers.values()].flatMap((provider) => provider.endpointKinds);
  return [...new Map(kinds.map((kind) => [kind.id, kind])).values()];
}

/** Undefined for a kind that this version does not know. */
export const endpointKindOf = (id: string): EndpointKind | undefined => endpointKinds().find((kind) => kind.id === id);

/** The server of a stream that came without one: the usual kind for its API. */
export function usualEndpoint(api: Api, model = ''): AdapterEndpoint {
  const { id } = providerOf(api).endpointKinds[0];
  return { type: id, provider_name: id, model };
}
