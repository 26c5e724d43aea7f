/** The tasks of a page's main thread. */
import type { Page } from 'playwright';

/** Of Chrome's trace event format; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** CPU time of the thread. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds of the longest task that ran while `act` did, see `tasksWhile`. */
export async function longestTask(page: Page, act: () => Promise<void>): Promise<number> {
  return Math.max(...(await tasksWhile(page, act)));
}

/**
 * Milliseconds of each task that ran while `act` did, as CPU time of the thread: by the clock a task on a busy machine also
 * takes the time for which it waits for a core. The page must be the only one of its browser.
 */
export async function tasksWhile(page: Page, act: () => Promise<void>): Promise<readonly number[]> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['toplevel'] });
  let trace: Buffer;
  try {
    await act();
  } finally {
    trace = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map((event) => threadOf(event)),
  );
  const tasks = traceEvents.filter(
    (event) => event.name === 'ThreadControllerImpl::RunTask' && mains.has(threadOf(event)),
  );
  // A trace without them would be a page that is always quick.
  if (tasks.length === 0) throw new Error('The trace has no task of a main thread.');
  return tasks.map(({ tdur = 0 }) => tdur / 1000);
}
