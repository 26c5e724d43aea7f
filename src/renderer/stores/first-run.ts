/**
 * Whether the first screen stands. It does while the store has nothing but what that screen itself played, and nobody asked
 * for more; a reload of the window finds it as it was, and starts nothing a second time.
 */
import { create } from 'zustand';
import type { TraceId } from '../../shared/model/ids.ts';
import type { SampleInfo } from '../../shared/rpc/contract.ts';
import { useRuns } from './runs.ts';
import { startSample } from './samples.ts';

const KEY = 'tracelane.first-run';

interface FirstRun {
  /** Traces that the first screen played. */
  readonly own: readonly TraceId[];
  /** The first sample was played without being asked for; once in the life of a window. */
  readonly played: boolean;
  /** Samples that were asked for and have no trace yet. */
  readonly starting: number;
  /** Why the last one could not be started. */
  readonly problem: string | null;
}

export const useFirstRun = create<FirstRun>()(() => ({
  own: [],
  played: false,
  starting: 0,
  problem: null,
  ...kept(),
}));

function kept(): Partial<FirstRun> {
  try {
    const { own, played } = JSON.parse(sessionStorage.getItem(KEY) ?? '{}') as Partial<FirstRun>;
    return { ...(Array.isArray(own) && { own }), ...(played === true && { played }) };
  } catch {
    // Something else wrote there: a first screen too many does no harm.
    return {};
  }
}

useFirstRun.subscribe(({ own, played }) => sessionStorage.setItem(KEY, JSON.stringify({ own, played })));

/** Pure: whether the first screen stands for a list of traces, of which `own` are its own. */
export function standsFor(
  list: { readonly loaded: boolean; readonly problem: string | null; readonly ids: readonly TraceId[] },
  { own, starting }: Pick<FirstRun, 'own' | 'starting'>,
): boolean {
  return list.loaded && list.problem === null && (starting > 0 || list.ids.every((id) => own.includes(id)));
}

export function useFirstRunStands(): boolean {
  const list = useRuns();
  const mine = useFirstRun();
  return standsFor(list, mine);
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
    const id = await startSample(sample);
    useFirstRun.setState(({ own }) => ({ own: [...own, id] }));
  } catch (error) {
    useFirstRun.setState({ problem: error instanceof Error ? error.message : String(error) });
  } finally {
    useFirstRun.setState(({ starting }) => ({ starting: starting - 1 }));
  }
}

/** Plays a sample in an empty store, the first time that there is one. */
export function playUnasked(sample: SampleInfo): void {
  if (useFirstRun.getState().played || useRuns.getState().ids.length > 0) return;
  useFirstRun.setState({ played: true });
  void playFirst(sample);
}

/** What was played becomes runs like any other: the workspace takes over. */
export const leaveFirstRun = (): void => useFirstRun.setState({ own: [] });
