/** The list in groups other than days: which runs there are in which group, asked for again when it may have changed. */
import { create } from 'zustand';
import type { TraceRow } from '../../shared/model/trace.ts';
import type { RunGrouping } from '../../shared/rpc/agreed.ts';
import { client } from '../client/client.ts';
import { useApp } from './app.ts';
import { groupsOf, GROUPINGS, unknownNrs, withoutNrs, type Group, type Grouping } from './grouping.ts';
import type { Between } from './rows-between.ts';
import { kept } from './kept.ts';
import { longWork } from './long-work.ts';
import { addRows, ASKER, onListMoved, restOf, useRuns } from './runs.ts';
import { toastError } from './toasts.ts';

const GROUPING_KEY = 'tracelane.grouping';
const PAGE = 200;
/** The most that one question may ask for. */
const MOST_ASKED = 500;

interface Grouped {
  readonly by: RunGrouping;
  /** What it was asked for with; '': none. */
  readonly filter: string;
  readonly groups: readonly Group[];
  /** Why the store could not be asked. */
  readonly problem: string | null;
}

interface GroupedRuns {
  readonly by: Grouping;
  /** Null by day, and until the store has answered for the first time; then the last answer, which may be for an earlier filter. */
  readonly grouped: Grouped | null;
}

export const useGroupedRuns = create<GroupedRuns>()(() => ({
  by: GROUPINGS.find((by) => by === kept.getItem(GROUPING_KEY)) ?? 'day',
  grouped: null,
}));

export function groupRuns(by: Grouping): void {
  kept.setItem(GROUPING_KEY, by);
  useGroupedRuns.setState({ by, grouped: null });
  void regroup();
}

/** Follows what changes of the list; called once. */
export function watchGroups(): void {
  onListMoved(() => void regroup());
  useRuns.subscribe(({ loaded, asked }, before) => {
    if (loaded !== before.loaded || asked !== before.asked) void regroup();
  });
  useApp.subscribe(({ endpoints }, before) => {
    if (endpoints !== before.endpoints && useGroupedRuns.getState().by === 'endpoint') void regroup();
  });
}

let asking = '';
let outdated = false;
let turn = 0;

/** Asks again for what changes meanwhile; a question for another grouping or an earlier filter is given up. */
async function regroup(): Promise<void> {
  const { by } = useGroupedRuns.getState();
  const { loaded, asked } = useRuns.getState();
  const question = by === 'day' || !loaded ? '' : `${by} ${asked}`;
  outdated = true;
  if (question === asking) return;
  asking = question;
  const mine = ++turn;
  if (by === 'day' || question === '') return;
  while (outdated) {
    outdated = false;
    const rest = restOf(performance.now());
    const grouped = await groupedBy(by, asked);
    if (mine !== turn) return;
    useGroupedRuns.setState({ grouped });
    await rest();
    if (mine !== turn) return;
  }
  asking = '';
}

async function groupedBy(by: RunGrouping, filter: string): Promise<Grouped> {
  try {
    const answer = await client().call('traces.groups', { by, asker: ASKER, ...(filter !== '' && { filter }) });
    return { by, filter, groups: groupsOf(answer, by), problem: null };
  } catch (error) {
    return { by, filter, groups: [], problem: error instanceof Error ? error.message : String(error) };
  }
}

let loading = false;

/** Reads the rows at these places, `to` included, and some around them. */
export async function loadGroupedRows(from: number, to: number): Promise<void> {
  const { grouped } = useGroupedRuns.getState();
  if (!grouped || loading) return;
  const known = new Set([...useRuns.getState().rows.values()].map(({ nr }) => nr));
  const nrs = unknownNrs(grouped.groups, { from, to, most: PAGE }, (nr) => known.has(nr));
  if (nrs.length === 0) return;
  loading = true;
  try {
    await rowsOf(nrs);
  } catch (error) {
    toastError('These runs could not be read', error);
  } finally {
    loading = false;
  }
}

/** Rows by their numbers; those that the store has no more leave the groups. */
async function rowsOf(nrs: readonly number[]): Promise<readonly TraceRow[]> {
  const rows: TraceRow[] = [];
  for (let at = 0; at < nrs.length; at += MOST_ASKED)
    rows.push(...(await client().call('traces.rows', { nrs: nrs.slice(at, at + MOST_ASKED) })));
  const given = new Set(rows.map(({ nr }) => nr));
  const gone = new Set(nrs.filter((nr) => !given.has(nr)));
  if (gone.size > 0)
    useGroupedRuns.setState(({ grouped }) => ({
      grouped: grouped && { ...grouped, groups: withoutNrs(grouped.groups, gone) },
    }));
  addRows(rows);
  return rows;
}

const allNrs = (): readonly number[] => (useGroupedRuns.getState().grouped?.groups ?? []).flatMap(({ nrs }) => nrs);

/** As `rowsBetween`, in the order of the groups. */
export async function groupedRowsBetween(a: TraceRow, b: TraceRow, most: number): Promise<Between> {
  const all = allNrs();
  const [from, to] = [all.indexOf(a.nr), all.indexOf(b.nr)].toSorted((x, y) => x - y) as [number, number];
  if (from < 0) return { count: 1, rows: [b] };
  const nrs = all.slice(from, to + 1);
  if (nrs.length > most) return { count: nrs.length, rows: null };
  const work = longWork('Reading', nrs.length, MOST_ASKED);
  try {
    const rows: TraceRow[] = [];
    for (let at = 0; at < nrs.length; at += MOST_ASKED) {
      if (!work.goOn(at)) return { count: nrs.length, rows: null };
      const some = nrs.slice(at, at + MOST_ASKED);
      const known = new Map((await rowsOf(some)).map((row) => [row.nr, row]));
      rows.push(...some.flatMap((nr) => known.get(nr) ?? []));
    }
    return { count: nrs.length, rows };
  } finally {
    work.end();
  }
}

/** The first or the last run of the groups; undefined where there is none. */
export async function endOfGroups(end: 'first' | 'last'): Promise<TraceRow | undefined> {
  const nr = allNrs().at(end === 'first' ? 0 : -1);
  return nr === undefined ? undefined : (await rowsOf([nr]))[0];
}
