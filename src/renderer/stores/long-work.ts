/** Work on many runs, in pieces: once it takes long it says how far it is, and between two pieces it can be stopped. */
import type { TraceId } from '../../shared/model/ids.ts';
import { count, counted } from '../../shared/text/count.ts';
import { toastWork, type WorkNotice } from './toasts.ts';

/** As many as one request takes without keeping the store from what is recorded. */
const TOGETHER = 250;
/** What takes no longer says nothing. */
const SILENT_MS = 500;

export interface LongWork {
  /** Says that so many are done; false where it was stopped. */
  readonly goOn: (done: number) => boolean;
  readonly end: () => void;
}

/** `doing`: what is done to the runs, such as `Deleting`. `together`: to so many in each piece; the last piece cannot be stopped. */
export function longWork(doing: string, total: number, together: number): LongWork {
  let done = 0;
  let stopped = false;
  let notice: ReturnType<typeof toastWork> | undefined;
  const said = (): WorkNotice => ({
    text: total <= together ? `${doing} ${counted(total, 'run')}` : `${doing} runs: ${count(done)} of ${count(total)}`,
    ...(done + together < total && { action: { label: 'Stop', run: () => (stopped = true) } }),
  });
  // By the clock, for the first piece may take long as well.
  const silence = setTimeout(() => {
    notice = toastWork(said());
  }, SILENT_MS);
  return {
    goOn(now) {
      done = now;
      notice?.say(said());
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
  const work = longWork(doing, ids.length, TOGETHER);
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
