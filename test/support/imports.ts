/** Imports for tests that need a trace and not the import. */
import type { TraceId } from '../../src/shared/model/ids.ts';
import type { ParamsOf, ResultOf } from '../../src/shared/rpc/contract.ts';
import type { Services } from '../../src/shared/rpc/services.ts';

/** One stream becomes a new trace, also where the same bytes were imported before. */
export async function importOne(
  services: Pick<Services, 'traces.import'>,
  given: Omit<ParamsOf<'traces.import'>, 'streams' | 'again'>,
): Promise<{ readonly id: TraceId }> {
  return onlyTrace(await services['traces.import']({ ...given, again: true }));
}

interface ImportingClient {
  call(name: 'traces.import', params: ParamsOf<'traces.import'>): Promise<ResultOf<'traces.import'>>;
}

/** The same over a connection. */
export async function importOver(
  client: ImportingClient,
  given: Omit<ParamsOf<'traces.import'>, 'streams' | 'again'>,
): Promise<{ readonly id: TraceId }> {
  return onlyTrace(await client.call('traces.import', { ...given, again: true }));
}

const SHORT = 'data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

/** One of many traces that differ only in their names. */
export const importShort = async (client: ImportingClient, name: string): Promise<TraceId> =>
  (await importOver(client, { name, text: SHORT, api: 'chat_completions' })).id;

function onlyTrace({ traces }: ResultOf<'traces.import'>): { readonly id: TraceId } {
  if (traces.length !== 1) throw new Error(`It had ${traces.length} streams.`);
  return { id: traces[0]!.id };
}
