/** The list of traces, newest first: pages from the store, changes as they come, one flush per frame. */
import { create } from 'zustand';
import type { TraceId } from '../../shared/model/ids.ts';
import type { TraceRow } from '../../shared/model/trace.ts';
import type { ListChange } from '../../shared/rpc/contract.ts';
import { client } from '../client/client.ts';
import { selectTrace, useApp } from './app.ts';
import { onNextFrame } from './frame.ts';
import { toast, toastError } from './toasts.ts';

const PAGE = 200;

interface RunsState {
  readonly loaded: boolean;
  /** Newest first. */
  readonly ids: readonly TraceId[];
  readonly rows: ReadonlyMap<TraceId, TraceRow>;
  /** How many there are in the store, loaded or not. */
  readonly total: number;
  readonly live: number;
  /** Where the next page starts; null: all is loaded. */
  readonly next: string | null;
  /** Why the list could not be read. */
  readonly problem: string | null;
}

export const useRuns = create<RunsState>()(() => ({
  loaded: false,
  ids: [],
  rows: new Map(),
  total: 0,
  live: 0,
  next: null,
  problem: null,
}));

const newestFirst = (a: TraceRow, b: TraceRow) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1);

function put(rows: ReadonlyMap<TraceId, TraceRow>, rest: Partial<RunsState>): void {
  const before = useRuns.getState().ids;
  // Most changes are numbers of rows already there: the order then stands.
  const same = before.length === rows.size && before.every((id) => rows.has(id));
  const ids = same ? before : [...rows.values()].toSorted(newestFirst).map((row) => row.id);
  let live = 0;
  for (const row of rows.values()) if (!row.ending) live++;
  useRuns.setState({ rows, ids, live, ...rest });
}

let waiting: ListChange[] = [];

function flush(): void {
  const changes = waiting;
  waiting = [];
  const { rows: before, total } = useRuns.getState();
  const rows = new Map(before);
  let count = total;
  for (const change of changes) {
    if (change.type === 'upsert') {
      if (!rows.has(change.row.id)) count++;
      rows.set(change.row.id, change.row);
    } else if (rows.delete(change.id)) count--;
  }
  put(rows, { total: count });
  chooseNewest(before);
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
    put(rows, { loaded: true, total: page.total, next: page.next, problem: null });
    const { selected } = useApp.getState();
    if (selected === null && page.rows[0]) selectTrace(page.rows[0].id, true);
  } catch (error) {
    useRuns.setState({ loaded: true, problem: error instanceof Error ? error.message : String(error) });
  }
}

let loading = false;
/** Reads the next page, if there is one. */
export async function loadMore(): Promise<void> {
  const { next } = useRuns.getState();
  if (next === null || loading) return;
  loading = true;
  try {
    const page = await client().call('traces.list', { limit: PAGE, after: next });
    const rows = new Map(useRuns.getState().rows);
    for (const row of page.rows) rows.set(row.id, row);
    put(rows, { total: page.total, next: page.next });
  } catch (error) {
    toastError('The next runs could not be read', error);
  } finally {
    loading = false;
  }
}

export async function renameTrace(id: TraceId, title: string): Promise<void> {
  try {
    patch(await client().call('traces.rename', { id, title }));
  } catch (error) {
    toastError('The run could not be renamed', error);
  }
}

export async function starTrace(id: TraceId, starred: boolean): Promise<void> {
  try {
    patch(await client().call('traces.star', { id, starred }));
  } catch (error) {
    toastError('The star could not be kept', error);
  }
}

function patch(row: TraceRow): void {
  put(new Map(useRuns.getState().rows).set(row.id, row), {});
}

/** Deletes traces, with a way back; the one below takes over the selection. */
export async function deleteTraces(ids: readonly TraceId[]): Promise<void> {
  const { ids: all, rows } = useRuns.getState();
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
    toastError('The run could not be brought back', error);
  }
}

export async function stopTrace(id: TraceId): Promise<void> {
  try {
    await client().call('runs.cancel', { id });
  } catch (error) {
    toastError('The run could not be stopped', error);
  }
}
