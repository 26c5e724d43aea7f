/**
 * The endpoints that runs are sent to: the built-in ones, then the user's. A key belongs to one origin: an endpoint that
 * moves to another loses it, so that no key is ever sent to a host it was not entered for.
 */
import { randomUUID } from 'node:crypto';
import { endpointId, type EndpointId } from '../../../shared/model/ids.ts';
import type { EndpointKind } from '../../../shared/providers/kinds/kind.ts';
import type { EndpointInfo, endpointInputSchema } from '../../../shared/rpc/contract.ts';
import { endpointKindOf, endpointKinds, PROVIDERS } from '../../../shared/providers/registry.ts';
import { endpointLimitsSchema } from '../../../shared/rpc/contract.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { z } from 'zod';
import { sampleFormats } from '../providers/registry.ts';
import type { Store, StoredEndpoint } from '../store/store.ts';
import type { Vault } from '../keys/vault.ts';

export type EndpointInput = z.output<typeof endpointInputSchema>;

export interface EndpointsSetup {
  readonly store: Pick<Store, 'endpoints' | 'saveEndpoint' | 'removeEndpoint'>;
  readonly vault: Vault;
  /** Where the sample provider listens. */
  readonly sampleUrl: string;
  /** Variables that may hold keys; the process's own unless said. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** An endpoint as a run needs it. Never leaves the main process. */
export interface RunEndpoint {
  readonly endpoint: EndpointInfo;
  readonly key?: string;
}

/** Of a shorter key, the last four characters would be a good part. */
const SHORTEST_SHOWN = 12;

export class EndpointsService {
  readonly #store: EndpointsSetup['store'];
  readonly #vault: Vault;
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #builtIn: readonly EndpointInfo[];
  readonly #listeners = new Set<() => Promise<void>>();

  constructor({ store, vault, sampleUrl, environment = process.env }: EndpointsSetup) {
    this.#store = store;
    this.#vault = vault;
    this.#environment = environment;
    const usual = { builtIn: true, key: { configured: false }, limits: endpointLimitsSchema.parse({}) };
    this.#builtIn = sampleKinds().map(({ id, label, baseUrl }) => ({
      ...usual,
      id: endpointId(`sample-${id}`),
      name: `Sample provider (${label})`,
      baseUrl: sampleUrl + pathOf(baseUrl),
      type: id,
      provider_name: id,
    }));
  }

  /** Told after an endpoint, or the key of one, has changed, and waited for. Must not reject. */
  onChange(listener: () => Promise<void>): void {
    this.#listeners.add(listener);
  }

  async list(): Promise<readonly EndpointInfo[]> {
    const stored = await this.#store.endpoints();
    return [...this.#builtIn, ...(await Promise.all(stored.map((endpoint) => this.#info(endpoint))))];
  }

  /** Rejects with `not-found`, `built-in`, `type` for a kind that no provider has, or `base-url` for an address that is not one of an API. */
  async save(input: EndpointInput): Promise<EndpointInfo> {
    const baseUrl = checkedBaseUrl(input.baseUrl);
    const kind = endpointKindOf(input.type);
    if (!kind)
      throw new ServiceError(
        'type',
        `This version does not know the kind of server ${input.type}. It knows ${endpointKinds()
          .map(({ id }) => id)
          .join(', ')}.`,
      );
    const before = input.id === undefined ? undefined : await this.#own(input.id);
    const endpoint: StoredEndpoint = {
      id: before?.id ?? endpointId(`endpoint-${randomUUID()}`),
      name: input.name.trim() || baseUrl,
      baseUrl,
      type: input.type,
      provider_name: input.provider_name.trim() || (kind.providerName?.(new URL(baseUrl)) ?? kind.id),
      limits: input.limits,
      ...(input.lendsKey && { lendsKey: true }),
    };
    // First the key: whatever happens in between, it is never beside the new address.
    if (before && originOf(before.baseUrl) !== originOf(baseUrl)) await this.#vault.remove(before.id);
    await this.#store.saveEndpoint(endpoint);
    await this.#changed();
    return this.#info(endpoint);
  }

  async remove(id: EndpointId): Promise<null> {
    await this.#own(id);
    await this.#vault.remove(id);
    await this.#store.removeEndpoint(id);
    await this.#changed();
    return null;
  }

  /** An empty key removes it. Rejects with `not-found`, `built-in`, or `key` for what cannot be one. */
  async setKey(id: EndpointId, key: string): Promise<EndpointInfo> {
    const endpoint = await this.#own(id);
    const text = key.trim();
    if (/[^\u0021-\u007E]/.test(text))
      throw new ServiceError(
        'key',
        'The key contains spaces or characters that are not valid in a key. Copy only the key and enter it again.',
      );
    if (text === '') await this.#vault.remove(id);
    else await this.#vault.set(id, text);
    await this.#changed();
    return this.#info(endpoint);
  }

  /** For the code that sends a request, and for no other. Rejects with `not-found`. */
  async forRun(id: EndpointId): Promise<RunEndpoint> {
    const builtIn = this.#builtIn.find((endpoint) => endpoint.id === id);
    if (builtIn) return { endpoint: builtIn };
    const stored = await this.#own(id);
    const key = (await this.#vault.get(id)) ?? this.#environmentKey(stored.baseUrl);
    return {
      endpoint: { ...stored, builtIn: false, key: { configured: key !== undefined } },
      ...(key !== undefined && { key }),
    };
  }

  async #changed(): Promise<void> {
    await Promise.all([...this.#listeners].map((listener) => listener()));
  }

  async #own(id: EndpointId): Promise<StoredEndpoint> {
    if (this.#builtIn.some((endpoint) => endpoint.id === id))
      throw new ServiceError(
        'built-in',
        'The sample provider cannot be changed or removed. Add an endpoint of your own instead.',
      );
    const found = (await this.#store.endpoints()).find((endpoint) => endpoint.id === id);
    if (!found) throw new ServiceError('not-found', 'This endpoint no longer exists. Choose another one.');
    return found;
  }

  async #info(endpoint: StoredEndpoint): Promise<EndpointInfo> {
    // A key store that is locked must not hide the endpoints; a run on one says what is wrong with it.
    const own = await this.#vault.get(endpoint.id).catch(() => undefined);
    const key = own ?? this.#environmentKey(endpoint.baseUrl);
    const last4 = key !== undefined && key.length >= SHORTEST_SHOWN ? { last4: key.slice(-4) } : {};
    return { ...endpoint, builtIn: false, key: { configured: key !== undefined, ...last4 } };
  }

  #environmentKey(baseUrl: string): string | undefined {
    const origin = originOf(baseUrl);
    const kind = endpointKinds().find((one) => one.baseUrl !== null && originOf(one.baseUrl) === origin);
    // An empty variable is none.
    const keys = kind?.keyVariables.map((name) => this.#environment[name]?.trim() || undefined) ?? [];
    return keys.find((key) => key !== undefined);
  }
}

const originOf = (address: string): string => new URL(address).origin;

/** Without what the SDKs could not put their paths behind, and without what would be a secret in the open. */
function checkedBaseUrl(address: string): string {
  const url = new URL(address);
  if (url.username !== '' || url.password !== '')
    throw new ServiceError(
      'base-url',
      'The base URL contains a user name or password. Remove it, and enter the key in the Key field of the endpoint.',
    );
  if (url.search !== '' || url.hash !== '')
    throw new ServiceError('base-url', 'The base URL must end with its path. Remove the ? or # and what follows it.');
  return url.href.replace(/\/+$/, '');
}

/** The kinds that the sample provider stands for: the usual one of each API that it speaks. */
function sampleKinds(): readonly EndpointKind[] {
  const kinds = sampleFormats().flatMap(({ api }) => PROVIDERS.get(api)?.endpointKinds[0] ?? []);
  return [...new Set(kinds)];
}

/** The path that a base URL of this kind ends with. */
const pathOf = (baseUrl: string | null): string =>
  baseUrl === null ? '' : new URL(baseUrl).pathname.replace(/\/+$/, '');
