/** What a request offers its model to call. */
import type { Api } from '../model/stream.ts';
import { PROVIDERS } from './registry.ts';

/** Names of the tools that a request offers, each once. None for an API that this version does not know. */
export function toolNames(api: Api, request: unknown): readonly string[] {
  const names =
    PROVIDERS.get(api)
      ?.request.tools(request)
      .map(({ name }) => name) ?? [];
  return [...new Set(names.filter((name) => name !== null && name !== ''))] as string[];
}
