/** The tasks of a page's main thread. */
import type { Page } from 'playwright';

/** Of Chrome's trace event format; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
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
  return tasksIn(await recorded(page, act)).map(({ ms }) => ms);
}

/**
 * Milliseconds of the longest task of each step, see `tasksWhile`; of one without any, 0. One recording has all of them: what a step leaves
 * to be done later counts for the step after it.
 */
export async function longestTasks(page: Page, steps: readonly (() => Promise<void>)[]): Promise<readonly number[]> {
  const begin = (step: number): Promise<unknown> => page.evaluate((name) => performance.mark(name), `${MARK}${step}`);
  const events = await recorded(page, async () => {
    for (const [number, act] of steps.entries()) {
      await begin(number);
      await act();
    }
    await begin(steps.length);
  });
  const begun = events.filter(({ name }) => name.startsWith(MARK)).map(({ ts }) => ts);
  // What records has room for so much, and leaves out what comes later.
  if (begun.length !== steps.length + 1) throw new Error('The recording is not whole.');
  const longest = steps.map(() => 0);
  for (const { ts, ms } of tasksIn(events)) {
    const step = begun.findLastIndex((time) => time <= ts);
    if (step in longest) longest[step] = Math.max(longest[step]!, ms);
  }
  return longest;
}

/** Begins the name of the mark at which a step begins. */
const MARK = 'bench step ';

async function recorded(page: Page, act: () => Promise<void>): Promise<readonly TraceEvent[]> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, { categories: ['toplevel', 'blink.user_timing'] });
  let trace: Buffer;
  try {
    await act();
  } finally {
    trace = await browser.stopTracing();
  }
  return (JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] }).traceEvents;
}

/** Of the main thread; throws where there are none. */
function tasksIn(events: readonly TraceEvent[]): readonly { readonly ts: number; readonly ms: number }[] {
  const threadOf = ({ pid, tid }: TraceEvent): string => `${pid} ${tid}`;
  const mains = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map((event) => threadOf(event)),
  );
  const tasks = events.filter((event) => event.name === 'ThreadControllerImpl::RunTask' && mains.has(threadOf(event)));
  // A trace without them would be a page that is always quick.
  if (tasks.length === 0) throw new Error('The trace has no task of a main thread.');
  return tasks.map(({ ts, tdur = 0 }) => ({ ts, ms: tdur / 1000 }));
}
