/** Base URLs as people write them: an address that was copied whole ends in the path of its API, which senders add themselves. */
import { PROVIDERS } from './registry.ts';

/** The base URL without the path of an API at its end; null where there is none, or it is no address. */
export function mendedBaseUrl(baseUrl: string): string | null {
  const [, host, path] = ADDRESS.exec(baseUrl.trim()) ?? [];
  const trimmed = path?.replace(/\/+$/, '') ?? '';
  const match = [...PROVIDERS.values()].map((provider) => provider.path.exec(trimmed)).find((found) => found !== null);
  return match ? host! + trimmed.slice(0, match.index) : null;
}

const ADDRESS = /^(https?:\/\/[^/?#]+)([^?#]*)/i;
