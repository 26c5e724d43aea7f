/**
 * The list of traces, newest first: pages from the store, changes as they come, with what else is drawn. With a filter, what the
 * store finds for it.
 */
import { create } from 'zustand';
import { readFilter } from '../../shared/filter/read-filter.ts';
import type { TraceId } from '../../shared/model/ids.ts';
import type { TraceRow } from '../../shared/model/trace.ts';
import type { ListChange } from '../../shared/rpc/contract.ts';
import { counted } from '../../shared/text/count.ts';
import { client } from '../client/client.ts';
import { announce } from './announce.ts';
import { selectTrace, useApp } from './app.ts';
import { onNextFrame, withFrame } from './frame.ts';
import { withChanges } from './list-changes.ts';
import {
  EMPTY,
  holds,
  loadedIds,
  LONGEST_PAGE,
  wantedFor,
  withPage,
  withRow,
  type Listing,
  type Wanted,
} from './listing.ts';
import { toastError } from './toasts.ts';

const PAGE = 200;

/** What the store found for a filter. */
interface Found extends Listing {
  readonly filter: string;
  /** Why the store could not be searched. */
  readonly problem: string | null;
}

interface RunsState {
  readonly loaded: boolean;
  readonly all: Listing;
  /** Of the whole list, those that are loaded, newest first. */
  readonly ids: readonly TraceId[];
  /** All rows that are known. */
  readonly rows: ReadonlyMap<TraceId, TraceRow>;
  /** How many there are in the store, loaded or not. */
  readonly total: number;
  readonly live: number;
  /** Why the list could not be read. */
  readonly problem: string | null;
  /** As it was typed. */
  readonly filter: string;
  /** What the store is asked for: the last filter that could be read, once typing has paused; '': none. */
  readonly asked: string;
  /** What of the filter cannot be read, as a sentence; the list is then that of the last filter that could be. */
  readonly unread: string | null;
  /** Null without a filter, and until the store has answered for the first time; then the last answer, which may be for an earlier filter. */
  readonly found: Found | null;
}

export const useRuns = create<RunsState>()(() => ({
  loaded: false,
  all: EMPTY,
  ids: [],
  rows: new Map(),
  total: 0,
  live: 0,
  problem: null,
  filter: '',
  asked: '',
  unread: null,
  found: null,
}));

function put(rows: ReadonlyMap<TraceId, TraceRow>, { all, ...rest }: Partial<RunsState>): void {
  let live = 0;
  for (const row of rows.values()) if (!row.ending) live++;
  const changed = all && all !== useRuns.getState().all && { all, ids: loadedIds(all), total: all.total };
  useRuns.setState({ rows, live, ...changed, ...rest });
}

let waiting: ListChange[] = [];
/** Deleted while this window looked: they may come back. */
const gone = new Set<TraceId>();

function flush(): void {
  const changes = waiting;
  waiting = [];
  const { rows: before, found, all, loaded } = useRuns.getState();
  const after = withChanges({ rows: before, all }, changes, gone);
  if (after.rows !== before || after.all !== all) {
    put(after.rows, { all: after.all });
    chooseNewest(before);
  }
  if (loaded && after.all.total !== all.total) recountSoon();
  if (!changes.some((change) => mayMove(change, before))) return;
  if (found || useRuns.getState().asked !== '') void search();
  moved();
}

/** After changes that follow each other more closely, what is still on its way to the window is counted once it is here. */
const QUIET_MS = 300;
let quiet: ReturnType<typeof setTimeout> | undefined;

/**
 * Asks the store how many runs there are once none has come or gone for a while. A run that comes or goes while a page is read is in that
 * page already, and counted a second time by its change.
 */
function recountSoon(): void {
  clearTimeout(quiet);
  const mine = setTimeout(() => void recount(() => mine === quiet), QUIET_MS);
  quiet = mine;
}

async function recount(isLast: () => boolean): Promise<void> {
  try {
    const { total } = await client().call('traces.list', { limit: 1 });
    const { rows, all } = useRuns.getState();
    if (isLast() && total !== all.total) put(rows, { all: { ...all, total } });
  } catch {
    // Whoever reads a page is told what is wrong with the store.
  }
}

let moved = (): void => undefined;

/** Says when a run may have come to the list, or to what a filter finds, or left it. */
export function onListMoved(listener: () => void): void {
  moved = listener;
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

/** Of each run that is being deleted, the one that takes over the selection. */
export const heirs = new Map<TraceId, TraceId | null>();

/** With the list followed, a run that has just begun is the one to look at. Which one that is the first page tells. */
function chooseNewest(before: ReadonlyMap<TraceId, TraceRow>): void {
  const { loaded, ids, rows } = useRuns.getState();
  if (!loaded) return;
  const { selected, followList } = useApp.getState();
  const [newest] = ids;
  if (selected !== null && !rows.has(selected) && before.has(selected))
    selectTrace(heirs.get(selected) ?? newest ?? null, followList);
  else if (newest !== undefined && newest !== selected && !before.has(newest) && followList) selectTrace(newest, true);
}

/** Reads the first page and follows what changes; called once. */
export function watchRuns(): void {
  client().subscribe(
    'traces.changes',
    {},
    {
      items(batch) {
        waiting.push(...batch);
        withFrame(flush);
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
    const before = useRuns.getState().rows;
    const page = await client().call('traces.list', { limit: PAGE });
    // Those that have begun since it was asked for may have come before it.
    const come = [...useRuns.getState().rows.values()].filter(({ id }) => !before.has(id));
    const all = come.reduce((list, row) => withRow(list, row) ?? list, withPage(EMPTY, page));
    put(withRows(page.rows), { loaded: true, all, problem: null });
    void search();
    // Drawing the rows is one task, opening a trace is another.
    onNextFrame(() => {
      const [newest] = useRuns.getState().ids;
      if (useApp.getState().selected === null && newest !== undefined) selectTrace(newest, true);
    });
  } catch (error) {
    useRuns.setState({ loaded: true, problem: error instanceof Error ? error.message : String(error) });
  }
}

let loading = false;
/** Reads what is not there of these rows of what is shown, by their places, a page of it: those before `to`, `to` included. */
export async function loadRows(from: number, to: number): Promise<void> {
  const { all, found } = useRuns.getState();
  const wanted = wantedFor(found ?? all, from, to, PAGE);
  if (wanted === null || loading) return;
  loading = true;
  try {
    await loadPage(wanted, found);
  } catch (error) {
    toastError('These runs could not be read', error);
  } finally {
    loading = false;
  }
}

async function loadPage(wanted: Wanted, found: Found | null): Promise<void> {
  const place =
    'after' in wanted
      ? { after: String(wanted.after) }
      : 'before' in wanted
        ? { before: String(wanted.before) }
        : { at: wanted.at };
  const answer = await client().call('traces.list', { filter: found?.filter, limit: PAGE, ...place });
  const page = {
    ...answer,
    ...('after' in wanted && { behind: wanted.after }),
    ...('before' in wanted && { before: wanted.before }),
  };
  const state = useRuns.getState();
  if (!found) return put(withRows(answer.rows), { all: withPage(state.all, page) });
  // A search that began anew meanwhile has other places; whoever still looks there asks again.
  if (state.found?.filter !== found.filter) return;
  put(withRows(answer.rows), { found: { ...state.found, ...withPage(state.found, page) } });
}

/** Reads what is around a run, so that it can be scrolled to; its row is known at once. A filter that does not find it is cleared. */
export async function revealRun(row: TraceRow): Promise<void> {
  if (!isFound(row)) filterRuns('');
  put(withRows([row]), {});
  if (holds(useRuns.getState().all, row)) return;
  try {
    const page = await client().call('traces.list', { limit: PAGE, around: row.nr });
    put(withRows(page.rows), { all: withPage(useRuns.getState().all, page) });
  } catch (error) {
    toastError('The runs around this one could not be read', error);
  }
}

/** Whether what is typed as a filter is known to find it: what the store has not answered yet may leave it out. */
function isFound({ id }: TraceRow): boolean {
  const { filter, unread, asked, found } = useRuns.getState();
  if (filter !== asked && unread === null) return false;
  return asked === '' || (found?.filter === asked && loadedIds(found).includes(id));
}

function withRows(more: readonly TraceRow[]): Map<TraceId, TraceRow> {
  const rows = new Map(useRuns.getState().rows);
  for (const row of more) rows.set(row.id, row);
  return rows;
}

/** Keeps rows that were read, wherever they stand in the list. */
export function addRows(rows: readonly TraceRow[]): void {
  put(withRows(rows), {});
}

/** Who types a word is not asked for with each of its letters: a store of 100,000 traces takes a while for each. */
const PAUSE_MS = 120;
let pause: ReturnType<typeof setTimeout> | undefined;

/** Shows the runs that fit the filter, see `readFilter`, once typing pauses; of an empty one all runs, at once. */
export function filterRuns(filter: string): void {
  const unread = readFilter(filter, Date.now()).problems[0]?.sentence ?? null;
  clearTimeout(pause);
  if (filter.trim() === '') {
    useRuns.setState({ filter, unread, asked: '', found: null });
    return void search();
  }
  useRuns.setState({ filter, unread });
  if (unread === null)
    pause = setTimeout(() => {
      useRuns.setState({ asked: filter });
      void search();
    }, PAUSE_MS);
}

/** By which the store knows that a question takes the place of the one before. */
export const ASKER = crypto.randomUUID();

/**
 * The store is left alone for twice as long as a question took it: while facts of a long list are worked out, each of them is a
 * reason to ask again.
 */
export const restOf = (askedAt: number) => (): Promise<void> => {
  const ms = 2 * (performance.now() - askedAt);
  return new Promise((resolve) => setTimeout(resolve, ms));
};

let searching = '';
let outdated = false;
let turn = 0;

/** Asks the store for what the filter finds, and again for what changes meanwhile; a question for an earlier filter is given up. */
async function search(): Promise<void> {
  const { asked } = useRuns.getState();
  outdated = true;
  if (asked === searching) return;
  searching = asked;
  const mine = ++turn;
  if (asked === '') return;
  while (outdated) {
    outdated = false;
    const rest = restOf(performance.now());
    const { found: before, total } = useRuns.getState();
    const answer = await searched(asked, before);
    if (mine !== turn) return;
    put(withRows(answer.rows), { found: answer.found });
    if (before?.filter !== asked && answer.found.problem === null)
      announce(`${answer.found.total} of ${counted(total, 'run')}`);
    await rest();
    if (mine !== turn) return;
  }
  searching = '';
}

async function searched(
  filter: string,
  before: Found | null,
): Promise<{ readonly rows: readonly TraceRow[]; readonly found: Found }> {
  const same = before?.filter === filter ? before : null;
  // What was scrolled into view stays there when the same is searched again.
  const limit = Math.min(Math.max(same?.parts[0]?.places.length ?? 0, PAGE), LONGEST_PAGE);
  try {
    const page = await client().call('traces.list', { filter, limit, asker: ASKER });
    const others = { total: same?.total ?? 0, parts: [EMPTY.parts[0]!, ...(same?.parts.slice(1) ?? [])] };
    return { rows: page.rows, found: { filter, ...withPage(others, page), problem: null } };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { rows: [], found: { filter, ...EMPTY, problem } };
  }
}
