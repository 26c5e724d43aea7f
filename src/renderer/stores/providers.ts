/** What the program says of its providers: the names of APIs, and what the kinds of server speak. */
import { OTHER_API, type Api } from '../../shared/model/stream.ts';
import type { AdapterEndpoint } from '../../shared/model/trace.ts';
import type { EndpointInfo, ProvidersInfo } from '../../shared/rpc/contract.ts';
import { useApp } from './app.ts';

export const useProviders = (): ProvidersInfo => useApp((state) => state.providers);

/** The full name of an API; its id for one of a later version. */
export const apiLabel = ({ providers }: ProvidersInfo, api: Api): string =>
  providers.find(({ id }) => id === api)?.label ?? (api === OTHER_API ? 'Other API' : api);

/** The short name of a trace: its API's, or that of the kind of server that changes how the API behaves. */
export const apiChip = ({ providers, endpointKinds }: ProvidersInfo, api: Api, endpoint?: AdapterEndpoint): string =>
  endpointKinds.find(({ id }) => id === endpoint?.type)?.chip ??
  providers.find(({ id }) => id === api)?.chip ??
  (api === OTHER_API ? 'OTHER' : api);

/** The APIs that an endpoint speaks; without one, any. */
export const apisOf = ({ providers }: ProvidersInfo, endpoint?: Pick<EndpointInfo, 'type'>): readonly Api[] =>
  providers.filter(({ endpointKinds }) => !endpoint || endpointKinds.includes(endpoint.type)).map(({ id }) => id);

/** The built-in endpoint that speaks an API. */
export const builtInFor = (
  known: ProvidersInfo,
  endpoints: readonly EndpointInfo[],
  api: Api,
): EndpointInfo | undefined => endpoints.find((endpoint) => endpoint.builtIn && apisOf(known, endpoint).includes(api));
