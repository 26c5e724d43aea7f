/** Changes to the endpoints. Each throws what the program answered, for the form to say; the list follows what was kept. */
import type { EndpointId } from '../../shared/model/ids.ts';
import type { EndpointInfo, ParamsOf } from '../../shared/rpc/contract.ts';
import { client } from '../client/client.ts';
import { useApp } from './app.ts';

function put(endpoint: EndpointInfo): EndpointInfo {
  useApp.setState(({ endpoints }) => ({
    endpoints: endpoints.some(({ id }) => id === endpoint.id)
      ? endpoints.map((one) => (one.id === endpoint.id ? endpoint : one))
      : [...endpoints, endpoint],
  }));
  return endpoint;
}

export const saveEndpoint = async (input: ParamsOf<'endpoints.save'>): Promise<EndpointInfo> =>
  put(await client().call('endpoints.save', input));

/** '' removes the key. */
export const setEndpointKey = async (id: EndpointId, key: string): Promise<EndpointInfo> =>
  put(await client().call('endpoints.setKey', { id, key }));

export async function removeEndpoint(id: EndpointId): Promise<void> {
  await client().call('endpoints.remove', { id });
  useApp.setState(({ endpoints }) => ({ endpoints: endpoints.filter((endpoint) => endpoint.id !== id) }));
}
