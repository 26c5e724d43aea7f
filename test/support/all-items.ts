import type { TraceId } from '../../src/shared/model/ids.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import type { AdapterOptions } from '../../src/shared/model/trace.ts';
import type { Services } from '../../src/shared/rpc/services.ts';

/** All items up to the end, as a watcher counts them. */
export async function allItems(
  services: Pick<Services, 'traces.items'>,
  id: TraceId,
  { from = 0, options }: { readonly from?: number; readonly options?: AdapterOptions } = {},
): Promise<readonly TraceItem[]> {
  const items: TraceItem[] = [];
  for await (const batch of services['traces.items']({ id, from, options }, new AbortController().signal))
    items.push(...batch);
  return items;
}
