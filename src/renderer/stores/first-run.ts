/**
 * Whether the first screen stands. It does while the store has nothing but samples and nobody asked for more, also when the
 * program is started again. It plays one by itself only where there was never a run.
 */
import { create } from 'zustand';
import type { TraceRow } from '../../shared/model/trace.ts';
import type { SampleInfo } from '../../shared/rpc/contract.ts';
import { kept, keptInTab } from './kept.ts';
import { isWhole } from './listing.ts';
import { useRuns } from './runs.ts';
import { startSample } from './samples.ts';

const PLAYED_KEY = 'tracelane.first-run.played';
const LEFT_KEY = 'tracelane.first-run.left';

interface FirstRun {
  /** There is or was a run: none is played without being asked for, also when the last one has been deleted. */
  readonly played: boolean;
  /** The workspace was asked for, and stands until the store is empty again. */
  readonly left: boolean;
  /** Samples that were asked for and have no trace yet. */
  readonly starting: number;
  /** Why the last one could not be started. */
  readonly problem: string | null;
}

export const useFirstRun = create<FirstRun>()(() => ({
  played: keptInTab.getItem(PLAYED_KEY) === 'yes',
  left: kept.getItem(LEFT_KEY) === 'yes',
  starting: 0,
  problem: null,
}));

useRuns.subscribe(({ loaded, ids }, before) => {
  if (ids.length > 0 && !useFirstRun.getState().played) setPlayed();
  if (loaded && ids.length === 0 && before.ids.length > 0) setLeft(false);
});

function setPlayed(): void {
  keptInTab.setItem(PLAYED_KEY, 'yes');
  useFirstRun.setState({ played: true });
}

function setLeft(left: boolean): void {
  kept.setItem(LEFT_KEY, left ? 'yes' : 'no');
  useFirstRun.setState({ left });
}

/** Pure: whether the first screen stands for a list of traces. */
export function standsFor(
  list: {
    readonly loaded: boolean;
    readonly problem: string | null;
    /** All of the list, or null where there is more of it. */
    readonly all: readonly Pick<TraceRow, 'source'>[] | null;
  },
  { left, starting }: Pick<FirstRun, 'left' | 'starting'>,
): boolean {
  if (!list.loaded || list.problem !== null || list.all === null) return false;
  return starting > 0 || list.all.length === 0 || (!left && list.all.every(({ source }) => source === 'sample'));
}

export function useFirstRunStands(): boolean {
  const { loaded, problem, all, ids, rows } = useRuns();
  const mine = useFirstRun();
  return standsFor({ loaded, problem, all: isWhole(all) ? ids.map((id) => rows.get(id)!) : null }, mine);
}

let last = Promise.resolve();

/** Plays a sample on the first screen, once the one before has its trace: what was asked for last is what is shown. */
export function playFirst(sample: SampleInfo): Promise<void> {
  useFirstRun.setState(({ starting }) => ({ starting: starting + 1, problem: null }));
  last = last.then(() => play(sample));
  return last;
}

async function play(sample: SampleInfo): Promise<void> {
  try {
    await startSample(sample);
  } catch (error) {
    useFirstRun.setState({ problem: error instanceof Error ? error.message : String(error) });
  } finally {
    useFirstRun.setState(({ starting }) => ({ starting: starting - 1 }));
  }
}

/** Plays a sample where there was never a run, once. */
export function playUnasked(sample: SampleInfo): void {
  if (useFirstRun.getState().played || useRuns.getState().ids.length > 0) return;
  setPlayed();
  void playFirst(sample);
}

/** What was played becomes runs like any other: the workspace takes over. */
export const leaveFirstRun = (): void => setLeft(true);
