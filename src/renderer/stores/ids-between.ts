/** The runs of the list from one to another, loaded or not. */
import type { TraceId } from '../../shared/model/ids.ts';
import type { TraceRow } from '../../shared/model/trace.ts';
import { client } from '../client/client.ts';
import { LONGEST_PAGE } from './listing.ts';

interface Between {
  /** Of what the filter finds; undefined: of all runs. */
  readonly filter: string | undefined;
  readonly most: number;
}

/** How many runs stand from one to another, both counted, and their ids, the newest first; without ids where they are more than `most`. */
export async function idsBetween(
  a: TraceRow,
  b: TraceRow,
  { filter, most }: Between,
): Promise<{ readonly count: number; readonly ids: readonly TraceId[] }> {
  const [newest, oldest] = a.nr > b.nr ? [a, b] : [b, a];
  const pageAt = ({ nr }: TraceRow) => client().call('traces.list', { filter, limit: 1, around: nr });
  const [first, last] = [await pageAt(newest), await pageAt(oldest)];
  const count = last.at - first.at + 1;
  if (count > most) return { count, ids: [] };
  // By their numbers and not by their places, which shift whenever a run begins meanwhile.
  const rows = [...first.rows];
  let after = first.next;
  while (after !== null && (rows.at(-1)?.nr ?? 0) > oldest.nr) {
    const page = await client().call('traces.list', { filter, limit: LONGEST_PAGE, after });
    rows.push(...page.rows);
    after = page.next;
  }
  const ids = rows.flatMap(({ nr, id }) => (nr <= newest.nr && nr >= oldest.nr ? [id] : []));
  return { count: ids.length, ids };
}
