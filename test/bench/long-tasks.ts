/** The longest task of a page's main thread. */
import type { Page } from 'playwright';

interface Watching {
  longTask: number;
}

/** From the next page that is loaded on. */
export async function watchTasks(page: Page): Promise<void> {
  await page.addInitScript(watch);
}

/** Milliseconds, of what ran since the last time this was asked; 0 where none took 50. */
export function longestTask(page: Page): Promise<number> {
  return page.evaluate(() => {
    const watching = globalThis as unknown as Watching;
    const ms = watching.longTask;
    watching.longTask = 0;
    return ms;
  });
}

/** Runs in the page. */
function watch(): void {
  const watching = globalThis as unknown as Watching;
  watching.longTask = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watching.longTask = Math.max(watching.longTask, duration);
  }).observe({ entryTypes: ['longtask'] });
}
