/** What a large trace costs once it is open: scrolling from its first row to its last, and what ten openings leave behind. */
import type { Page } from 'playwright';
import { within } from './within.ts';

/** Frames in which a list is scrolled from end to end. */
const SCROLL_FRAMES = 180;
/** A frame that comes so much after the one before it, milliseconds, is late: at 60 a second one was left out. */
const LATE_MS = 25;
const OPENINGS = 10;

/** The list of the tab that is shown, from end to end. The part of the frames that were late. */
export function scrolledLate(page: Page): Promise<number> {
  const scrolling = page.evaluate(
    async ([steps, lateMs]) => {
      const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
      const list = document.querySelector('.trace [role="grid"]')!;
      list.scrollTop = 0;
      let before = await frame();
      let late = 0;
      for (let at = 1; at <= steps; at++) {
        list.scrollTop = (at / steps) * (list.scrollHeight - list.clientHeight);
        const now = await frame();
        if (now - before > lateMs) late++;
        before = now;
      }
      return late / steps;
    },
    [SCROLL_FRAMES, LATE_MS] as const,
  );
  return within('The list was not scrolled to its end', scrolling);
}

/** What the window holds after its tenth opening, over the least that it held since its second. `open` opens the trace, `leave` another one. */
export async function heapGrowth(
  page: Page,
  { open, leave }: { readonly open: () => Promise<unknown>; readonly leave: () => Promise<unknown> },
): Promise<number> {
  const session = await page.context().newCDPSession(page);
  const held: number[] = [];
  // It is open: what is pressed again changes nothing, and would be waited for without end.
  await leave();
  for (let i = 0; i < OPENINGS; i++) {
    await open();
    await leave();
    // What is only held weakly goes with the second one.
    for (let times = 0; times < 2; times++) await session.send('HeapProfiler.collectGarbage');
    held.push((await session.send('Runtime.getHeapUsage')).usedSize);
  }
  await session.detach();
  return held.at(-1)! / Math.min(...held.slice(1));
}
