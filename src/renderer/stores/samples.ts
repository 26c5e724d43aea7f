/** Runs of the built-in samples. */
import type { TraceId } from '../../shared/model/ids.ts';
import type { SampleInfo } from '../../shared/rpc/contract.ts';
import { client } from '../client/client.ts';
import { selectTrace, useApp } from './app.ts';
import { builtInFor } from './providers.ts';

/** Asks the built-in endpoint that speaks the sample's API for it, and shows the run. Rejects with a sentence. */
export async function startSample({ api, request, options }: SampleInfo): Promise<TraceId> {
  const { providers, endpoints } = useApp.getState();
  const endpoint = builtInFor(providers, endpoints, api);
  if (!endpoint) throw new Error('the sample provider is not running.');
  const { id } = await client().call('runs.start', {
    endpoint: endpoint.id,
    api,
    request: request as Record<string, unknown>,
    options,
    source: 'sample',
  });
  selectTrace(id, true);
  return id;
}
