/** Work on many runs, in pieces: once it takes long it says how far it is, and it can be stopped between two pieces. */
import type { TraceId } from '../../shared/model/ids.ts';
import { count } from '../../shared/text/count.ts';
import { toastWork } from './toasts.ts';

/** As many as one request takes without keeping the store from what is recorded. */
const TOGETHER = 250;
/** What takes no longer says nothing. */
const SILENT_MS = 500;

export interface LongWork {
  /** Says that so many are done; false where it was stopped. */
  readonly goOn: (done: number) => boolean;
  readonly end: () => void;
}

/** `doing`: what is done to the runs, such as `Deleting`. */
export function longWork(doing: string, total: number): LongWork {
  let done = 0;
  let stopped = false;
  let notice: ReturnType<typeof toastWork> | undefined;
  const text = (): string => `${doing} runs: ${count(done)} of ${count(total)}`;
  // By the clock, for the first piece may take long as well.
  const silence = setTimeout(() => {
    notice = toastWork(text(), { label: 'Stop', run: () => (stopped = true) });
  }, SILENT_MS);
  return {
    goOn(now) {
      done = now;
      notice?.say(text());
      return !stopped;
    },
    end() {
      clearTimeout(silence);
      notice?.close();
    },
  };
}

/** What was done by the time that it ended, failed or was stopped. */
export interface Done {
  readonly ids: readonly TraceId[];
  /** Why it failed. */
  readonly error?: unknown;
}

/** Never rejects. */
export async function inPieces(
  ids: readonly TraceId[],
  doing: string,
  act: (ids: TraceId[]) => Promise<unknown>,
): Promise<Done> {
  const work = longWork(doing, ids.length);
  let done = 0;
  try {
    while (done < ids.length && work.goOn(done)) {
      const piece = ids.slice(done, done + TOGETHER);
      await act(piece);
      done += piece.length;
    }
    return { ids: ids.slice(0, done) };
  } catch (error) {
    return { ids: ids.slice(0, done), error };
  } finally {
    work.end();
  }
}
