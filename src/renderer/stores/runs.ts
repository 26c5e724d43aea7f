/**
 * The list of traces, newest first: pages from the store, changes as they come, one flush per frame. With a filter, what the
 * store finds for it.
 */
import { create } from 'zustand';
import { readFilter } from '../../shared/filter/read-filter.ts';
import type { TraceId } from '../../shared/model/ids.ts';
import type { TraceRow } from '../../shared/model/trace.ts';
import type { ListChange } from '../../shared/rpc/contract.ts';
import { client } from '../client/client.ts';
import { selectTrace, useApp } from './app.ts';
import { onNextFrame } from './frame.ts';
import { toast, toastError } from './toasts.ts';

const PAGE = 200;
/** The most that a page may have. */
const LONGEST_PAGE = 500;

/** What the store found for a filter: the first pages of it. */
interface Found {
  readonly filter: string;
  readonly ids: readonly TraceId[];
  /** How many there are in the store, loaded or not. */
  readonly total: number;
  readonly next: string | null;
  /** Why the store could not be searched. */
  readonly problem: string | null;
}

type Place = Pick<TraceRow, 'nr'>;

interface RunsState {
  readonly loaded: boolean;
  /** The loaded part of the list, newest first: all rows down to the last loaded one. */
  readonly ids: readonly TraceId[];
  /** All rows that are known, those that were found further down too. */
  readonly rows: ReadonlyMap<TraceId, TraceRow>;
  /** How many there are in the store, loaded or not. */
  readonly total: number;
  readonly live: number;
  /** Where the next page starts; null: all is loaded. */
  readonly next: string | null;
  /** The last row before `next`. */
  readonly last: Place | null;
  /** Why the list could not be read. */
  readonly problem: string | null;
  /** As it was typed. */
  readonly filter: string;
  /** What of the filter cannot be read, as a sentence; the list is then that of the last filter that could be. */
  readonly unread: string | null;
  /** Null without a filter, and until the store has answered for the first time; then the last answer, which may be for an earlier filter. */
  readonly found: Found | null;
}

export const useRuns = create<RunsState>()(() => ({
  loaded: false,
  ids: [],
  rows: new Map(),
  total: 0,
  live: 0,
  next: null,
  last: null,
  problem: null,
  filter: '',
  unread: null,
  found: null,
}));

const newestFirst = (a: Place, b: Place) => b.nr - a.nr;

/** Whether a row is in the loaded part of the list. */
const isListed = (row: Place, { next, last }: Pick<RunsState, 'next' | 'last'>) =>
  next === null || last === null || newestFirst(row, last) <= 0;

function put(rows: ReadonlyMap<TraceId, TraceRow>, rest: Partial<RunsState>): void {
  const state = { ...useRuns.getState(), ...rest };
  const listed = [...rows.values()].filter((row) => isListed(row, state));
  // Most changes are numbers of rows already there: the order then stands.
  const before = new Set(state.ids);
  const same = before.size === listed.length && listed.every(({ id }) => before.has(id));
  const ids = same ? state.ids : listed.toSorted(newestFirst).map(({ id }) => id);
  let live = 0;
  for (const row of rows.values()) if (!row.ending) live++;
  useRuns.setState({ rows, ids, live, ...rest });
}

/** A page of the whole list. */
const pageOf = (page: {
  readonly rows: readonly TraceRow[];
  readonly next: string | null;
  readonly total: number;
}) => ({
  total: page.total,
  next: page.next,
  last: page.rows.at(-1) ?? null,
});

let waiting: ListChange[] = [];

function flush(): void {
  const changes = waiting;
  waiting = [];
  const state = useRuns.getState();
  const { rows: before, total } = state;
  const rows = new Map(before);
  let count = total;
  for (const change of changes) {
    if (change.type === 'upsert') {
      if (!rows.has(change.row.id) && isListed(change.row, state)) count++;
      rows.set(change.row.id, change.row);
    } else if (rows.delete(change.id)) count--;
  }
  put(rows, { total: count });
  chooseNewest(before);
  if (changes.some((change) => mayMove(change, before))) void search();
}

/** Whether a row may have come to what the filter finds, or left it. */
function mayMove(change: ListChange, before: ReadonlyMap<TraceId, TraceRow>): boolean {
  if (change.type === 'delete') return true;
  const { row } = change;
  const old = before.get(row.id);
  return (
    !old ||
    old.title !== row.title ||
    old.model !== row.model ||
    old.starred !== row.starred ||
    old.tags !== row.tags ||
    old.facts?.version !== row.facts?.version ||
    old.httpStatus !== row.httpStatus ||
    old.ending?.state !== row.ending?.state
  );
}

/** With the list followed, a run that has just begun is the one to look at; with nothing chosen, the newest. */
function chooseNewest(before: ReadonlyMap<TraceId, TraceRow>): void {
  const { ids, rows } = useRuns.getState();
  const { selected, followList } = useApp.getState();
  const [newest] = ids;
  if (selected !== null && !rows.has(selected) && before.has(selected)) selectTrace(newest ?? null, followList);
  else if (newest !== undefined && newest !== selected && !before.has(newest) && followList) selectTrace(newest, true);
}

/** Reads the first page and follows what changes; called once. Changes that come before the page lose nothing: an upsert carries the whole row. */
export function watchRuns(): void {
  client().subscribe(
    'traces.changes',
    {},
    {
      items(batch) {
        waiting.push(...batch);
        onNextFrame(flush);
      },
      error: (error) => useRuns.setState({ problem: error.message }),
    },
  );
  client().onStatus((status) => {
    if (status === 'open') void loadFirst();
  });
}

async function loadFirst(): Promise<void> {
  try {
    const page = await client().call('traces.list', { limit: PAGE });
    const rows = new Map(page.rows.map((row) => [row.id, row]));
    put(rows, { loaded: true, ...pageOf(page), problem: null });
    void search();
    const { selected } = useApp.getState();
    if (selected === null && page.rows[0]) selectTrace(page.rows[0].id, true);
  } catch (error) {
    useRuns.setState({ loaded: true, problem: error instanceof Error ? error.message : String(error) });
  }
}

let loading = false;
/** Reads the next page of what is shown, if there is one. */
export async function loadMore(limit = PAGE): Promise<void> {
  const { next, found } = useRuns.getState();
  const after = found ? found.next : next;
  if (after === null || loading) return;
  loading = true;
  let again = false;
  try {
    const page = await client().call('traces.list', { filter: found?.filter, limit, after });
    const rows = withRows(page.rows);
    const { found: current } = useRuns.getState();
    if (!found) put(rows, pageOf(page));
    else if (current === found)
      put(rows, {
        found: {
          ...found,
          ids: [...found.ids, ...page.rows.map(({ id }) => id)],
          total: page.total,
          next: page.next,
        },
      });
    // A search that was done meanwhile has begun anew: whoever stands at the end of the list still waits for the next page.
    else again = current?.filter === found.filter;
  } catch (error) {
    toastError('The next runs could not be read', error);
  } finally {
    loading = false;
  }
  if (again) await loadMore(limit);
}

/** Reads on until a run is in the list, so that it can be scrolled to; its row is known at once. */
export async function revealRun(row: TraceRow): Promise<void> {
  put(withRows([row]), {});
  for (let before: string | null = ''; !isListed(row, useRuns.getState());) {
    const { next } = useRuns.getState();
    // Another page is on its way, or none can be read.
    if (next === null || next === before) return;
    before = next;
    await loadMore(LONGEST_PAGE);
  }
}

function withRows(more: readonly TraceRow[]): Map<TraceId, TraceRow> {
  const rows = new Map(useRuns.getState().rows);
  for (const row of more) rows.set(row.id, row);
  return rows;
}

/** Shows the runs that fit the filter, see `readFilter`; of an empty one all runs. */
export function filterRuns(filter: string): void {
  const unread = readFilter(filter, Date.now()).problems[0]?.sentence ?? null;
  useRuns.setState({ filter, unread, ...(filter.trim() === '' && { found: null }) });
  void search();
}

let searching = false;
let outdated = false;

/** Asks the store for what the filter finds, one request at a time; what is typed or changes meanwhile is asked for after it. */
async function search(): Promise<void> {
  outdated = true;
  if (searching) return;
  searching = true;
  while (outdated) {
    outdated = false;
    const { filter, unread, found } = useRuns.getState();
    if (filter.trim() === '' || unread !== null) continue;
    const answer = await searched(filter, found);
    if (useRuns.getState().filter === filter) put(withRows(answer.rows), { found: answer.found });
    else outdated = true;
  }
  searching = false;
}

async function searched(
  filter: string,
  before: Found | null,
): Promise<{ readonly rows: readonly TraceRow[]; readonly found: Found }> {
  // What was scrolled into view stays there when the same is searched again.
  const limit = before?.filter === filter ? Math.min(Math.max(before.ids.length, PAGE), LONGEST_PAGE) : PAGE;
  try {
    const { rows, total, next } = await client().call('traces.list', { filter, limit });
    return { rows, found: { filter, ids: rows.map(({ id }) => id), total, next, problem: null } };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { rows: [], found: { filter, ids: [], total: 0, next: null, problem } };
  }
}

export async function renameTrace(id: TraceId, title: string): Promise<void> {
  try {
    patch(await client().call('traces.rename', { id, title }));
  } catch (error) {
    toastError('The run could not be renamed', error);
  }
}

async function starTrace(id: TraceId, starred: boolean): Promise<void> {
  try {
    patch(await client().call('traces.star', { id, starred }));
  } catch (error) {
    toastError('The star could not be saved', error);
  }
}

/** Stars them all where one has no star, else takes all their stars. */
export async function starTraces(ids: readonly TraceId[]): Promise<void> {
  const { rows } = useRuns.getState();
  const starred = ids.some((id) => rows.get(id)?.starred === false);
  await Promise.all(ids.map((id) => starTrace(id, starred)));
}

export async function tagTraces(
  ids: readonly TraceId[],
  change: { readonly add?: string[]; readonly remove?: string[] },
): Promise<void> {
  try {
    await client().call('traces.tag', { ids: [...ids], ...change });
  } catch (error) {
    toastError('The tags could not be changed', error);
  }
}

function patch(row: TraceRow): void {
  put(new Map(useRuns.getState().rows).set(row.id, row), {});
}

/** Deletes traces, with a way back; the one below takes over the selection. */
export async function deleteTraces(ids: readonly TraceId[]): Promise<void> {
  const { ids: listed, found, rows } = useRuns.getState();
  const all = found?.ids ?? listed;
  const { selected } = useApp.getState();
  const at = selected === null ? -1 : all.indexOf(selected);
  try {
    await client().call('traces.delete', { ids: [...ids] });
  } catch (error) {
    toastError('The run could not be deleted', error);
    return;
  }
  if (selected !== null && ids.includes(selected)) {
    const gone = new Set(ids);
    selectTrace(all.slice(at).find((id) => !gone.has(id)) ?? all.slice(0, at).findLast((id) => !gone.has(id)) ?? null);
  }
  const first = rows.get(ids[0]!);
  const what = ids.length === 1 && first ? `“${first.title}” deleted` : `${ids.length} runs deleted`;
  toast(what, { label: 'Undo', run: () => void restore(ids) });
}

async function restore(ids: readonly TraceId[]): Promise<void> {
  try {
    await client().call('traces.restore', { ids: [...ids] });
    selectTrace(ids[0]!);
  } catch (error) {
    toastError('The run could not be restored', error);
  }
}

export async function stopTrace(id: TraceId): Promise<void> {
  try {
    await client().call('runs.cancel', { id });
  } catch (error) {
    toastError('The run could not be stopped', error);
  }
}
