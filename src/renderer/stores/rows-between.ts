/** The runs of the list from one to another, loaded or not. */
import type { TraceRow } from '../../shared/model/trace.ts';
import { client } from '../client/client.ts';
import { LONGEST_PAGE } from './listing.ts';
import { longWork } from './long-work.ts';

interface Wanted {
  /** Of what the filter finds; undefined: of all runs. */
  readonly filter: string | undefined;
  readonly most: number;
}

export interface Between {
  readonly count: number;
  /** In the order of the list; null where they are more than was wanted, or where reading them was stopped. */
  readonly rows: readonly TraceRow[] | null;
}

/** How many runs stand from one to another, both counted, and their rows. */
export async function rowsBetween(a: TraceRow, b: TraceRow, { filter, most }: Wanted): Promise<Between> {
  const [newest, oldest] = a.nr > b.nr ? [a, b] : [b, a];
  const pageAt = ({ nr }: TraceRow) => client().call('traces.list', { filter, limit: 1, around: nr });
  const [first, last] = [await pageAt(newest), await pageAt(oldest)];
  // Counted from the end of the list, where no run begins meanwhile.
  const fromEnd = ({ total, at }: typeof first): number => total - at;
  const count = fromEnd(first) - fromEnd(last) + 1;
  if (count > most) return { count, rows: null };
  const work = longWork('Reading', count, LONGEST_PAGE);
  try {
    // By their numbers and not by their places, which shift whenever a run begins meanwhile.
    const rows = [...first.rows];
    let after = first.next;
    while (after !== null && (rows.at(-1)?.nr ?? 0) > oldest.nr) {
      if (!work.goOn(rows.length)) return { count, rows: null };
      const page = await client().call('traces.list', { filter, limit: LONGEST_PAGE, after });
      rows.push(...page.rows);
      after = page.next;
    }
    const between = rows.filter(({ nr }) => nr <= newest.nr && nr >= oldest.nr);
    return { count: between.length, rows: between };
  } finally {
    work.end();
  }
}

/** The newest or the oldest run of what the filter finds; undefined where it finds none. */
export async function endOfList(end: 'newest' | 'oldest', filter: string | undefined): Promise<TraceRow | undefined> {
  // A page that would begin past the last run is the last page.
  const at = end === 'newest' ? 0 : Number.MAX_SAFE_INTEGER;
  return (await client().call('traces.list', { filter, limit: 1, at })).rows[0];
}
