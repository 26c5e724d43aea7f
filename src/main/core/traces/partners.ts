/** Looks in the store for the other side of an exchange that went through a gateway. */
import type { TraceId } from '../../../shared/model/ids.ts';
import { LONGEST_WAIT_MS, partnersOf, type Partner } from '../../../shared/pairing/partners.ts';
import type { StoreReader } from '../store/read-only.ts';
import type { Store } from '../store/store.ts';

/** Captured exchanges that are looked at: those that began around the same time. */
const MOST = 50;
const SECOND_MS = 1_000;

/** `store`: the running one, or one of a folder that is only read. */
export async function partnersIn(
  store: Pick<Store | StoreReader, 'get' | 'list'>,
  id: TraceId,
): Promise<readonly Partner[]> {
  const trace = await store.get(id);
  const { startedAt, metrics } = trace;
  if (!trace.capture || metrics.totalNs === null) return [];
  const [from, to] = [startedAt - LONGEST_WAIT_MS, startedAt + metrics.totalNs / 1e6];
  const filter = `source:capture after:${momentOf(from)} before:${momentOf(to + SECOND_MS)}`;
  const { rows } = await store.list({ filter, limit: MOST });
  return partnersOf(trace, await Promise.all(rows.map((row) => store.get(row.id))));
}

/** As a filter has it: of the clock on the wall, to the second. */
function momentOf(ms: number): string {
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length);
}
