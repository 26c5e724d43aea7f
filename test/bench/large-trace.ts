/**
 * P29: a trace of 100,000 events in the window: from the press on its row to the first paint of it and to all of it, over the time
 * that the lanes alone take for the same bytes; and the longest task of the window's main thread while it is opened, while its
 * tabs change, and while a playhead is moved over it. Then what it costs in use (large-trace-use.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright';
import type { TraceId } from '../../src/shared/model/ids.ts';
import type { Client } from '../../src/shared/rpc/client.ts';
import { DecodePass } from '../../src/shared/lanes/decode-pass.ts';
import { startHost } from '../support/host.ts';
import { importOver } from '../support/imports.ts';
import { laneSetup } from '../support/lanes.ts';
import { chromiumPath } from '../chromium.mjs';
import { heapGrowth, scrolledLate } from './large-trace-use.ts';
import { longestTask } from './long-tasks.ts';
import { quantile, type Result } from './measure.ts';
import { readsPerFrame, textFrames } from './streams.ts';
import { within } from './within.ts';

const EVENTS = 100_000;
/** Between two looks at what the host does, milliseconds. */
const LOOK_MS = 50;
const REPETITIONS = 5;
const COMPLETE_TARGET = 1.5;
/** Of the same divisor. */
const PAINT_TARGET = 0.25;
const TASK_TARGET_MS = 50;
const LATE_TARGET = 0.01;
const HEAP_TARGET = 1.05;
/** The lists that are scrolled. */
const LISTS = ['Events', 'Messages'];
/** Events of the sample around its text. */
const TABS = ['Events', 'Messages', 'Live'];

interface Opening {
  readonly paintMs: number;
  readonly completeMs: number;
}

export async function largeTrace(): Promise<readonly Result[]> {
  const frames = textFrames('messages', EVENTS);
  const reads = readsPerFrame(frames);
  const host = await startHost();
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox'],
  });
  try {
    const text = frames.join('');
    const ids: TraceId[] = [];
    // One for each repetition: what was opened before is not decoded again.
    for (let i = 0; i < REPETITIONS; i++)
      ids.push((await importOver(host.client(), { name: `large ${i}`, text, api: 'messages' })).id);
    // The newest is the one that the window shows first.
    const small = textFrames('messages', 3);
    const { id: other } = await importOver(host.client(), { name: 'small', text: small.join(''), api: 'messages' });
    await within('The imported traces were not indexed', indexed(host.client(), [...ids, other]));
    const ratios: Record<string, { paint: number; complete: number }[]> = { 'for the first time': [], again: [] };
    const tasks: Record<string, number[]> = {};
    const late: Record<string, number[]> = Object.fromEntries(LISTS.map((tab) => [tab, []]));
    let heap = 1;
    for (const [i, id] of ids.entries()) {
      const alone = lanesAlone(reads);
      const page = await openPage(browser, host.url);
      const watch = async (what: string, act: () => Promise<void>): Promise<void> => {
        (tasks[what] ??= []).push(await longestDrawn(page, act));
      };
      await watch('opening', async () => {
        for (const times of Object.values(ratios)) {
          const { paintMs, completeMs } = await opened(page, id, frames.length);
          times.push({ paint: paintMs / alone, complete: completeMs / alone });
          if (times !== ratios['again']) await opened(page, other, small.length);
        }
      });
      for (const tab of LISTS) {
        await chooseTab(page, tab);
        await page.locator('.trace [role="grid"]').waitFor();
        await watch(`scrolling ${tab}`, async () => {
          late[tab]!.push(await scrolledLate(page));
        });
      }
      await watch('changing tabs', async () => {
        for (const tab of [...TABS, 'Replay']) await chooseTab(page, tab);
      });
      await watch('seeking', () => seek(page));
      if (i === ids.length - 1) {
        await chooseTab(page, 'Live');
        heap = await heapGrowth(page, {
          open: () => opened(page, id, frames.length),
          leave: () => opened(page, other, small.length),
        });
      }
      await page.close();
    }
    const result = (what: string, values: readonly number[], target: number): Result => {
      const value = quantile(values, 0.5);
      return { id: 'P29', what: `100,000 events in the window: ${what}`, value, target, met: value <= target };
    };
    return [
      ...Object.entries(ratios).flatMap(([when, times]) => [
        result(
          `first paint, opened ${when}, over the lanes alone`,
          times.map(({ paint }) => paint),
          PAINT_TARGET,
        ),
        result(
          `all of it, opened ${when}, over the lanes alone`,
          times.map(({ complete }) => complete),
          COMPLETE_TARGET,
        ),
      ]),
      ...Object.entries(tasks).map(([what, values]) =>
        result(`longest task while ${what}, ms`, values, TASK_TARGET_MS),
      ),
      ...Object.entries(late).map(([tab, values]) =>
        result(`part of the frames that are late while scrolling ${tab}`, values, LATE_TARGET),
      ),
      result('heap after the tenth opening, over the least since the second', [heap], HEAP_TARGET),
    ];
  } finally {
    await browser.close();
    await host.stop();
  }
}

/** The host has no work of its own with them any more. */
async function indexed(client: Client, ids: readonly TraceId[]): Promise<void> {
  for (const id of ids) while ((await client.call('traces.get', { id })).facts === undefined) await sleep(LOOK_MS);
}

/** Milliseconds. */
function lanesAlone(reads: ReturnType<typeof readsPerFrame>): number {
  const start = performance.now();
  const pass = new DecodePass(laneSetup('messages'));
  pass.begin();
  for (const read of reads) pass.feed(read);
  pass.end(0, () => ({ state: 'complete', rule: '' }));
  return performance.now() - start;
}

async function openPage(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.locator('[data-lane="wire"] .streamed').first().waitFor();
  return page;
}

/**
 * Pressed and looked at in the page itself, so that no way to it is measured. Once the trace before is compared, which is no part
 * of it.
 */
async function opened(page: Page, id: string, events: number): Promise<Opening> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.lane-head')].every(({ textContent }) => !textContent.includes('comparing')),
  );
  const opening = page.evaluate(
    async ([row, all]) => {
      // Of the timeline, which counts what was read: the numbers of the header are known from the row of the list.
      const shown = (): number => {
        const name = [...document.querySelectorAll('.timeline-name')].find(
          (row) => row.querySelector('.cut')?.textContent === 'Events',
        );
        return Number(name?.querySelector('.push')?.textContent?.replaceAll(/\D/g, '') ?? 0);
      };
      const frame = (): Promise<void> => new Promise((resolve) => requestAnimationFrame(() => resolve()));
      const start = performance.now();
      const before = document.querySelector('[data-lane="wire"] .streamed');
      document.querySelector<HTMLElement>(`#run-${row}`)!.click();
      const drawn = (): Element | null => document.querySelector('[data-lane="wire"] .streamed');
      while (drawn() === null || drawn() === before) await frame();
      const paintMs = performance.now() - start;
      // Told when it changes: a page that looks at each frame has each of them laid out and composed.
      await new Promise<void>((resolve) => {
        const look = (): void => {
          if (shown() < all) return;
          observer.disconnect();
          resolve();
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        look();
      });
      await frame();
      return { paintMs, completeMs: performance.now() - start };
    },
    [id, events] as const,
  );
  return within(`The window has not shown all ${events} events of the trace that was pressed`, opening);
}

/** Shown, and drawn for a moment. */
async function chooseTab(page: Page, name: string): Promise<void> {
  await page.getByRole('tab', { name: new RegExp(`^${name}`) }).dispatchEvent('click');
  await frames(page, 10);
}

/** To places all over the stream, back and forth, as a drag does. */
async function seek(page: Page): Promise<void> {
  const { x, y, width } = (await page.locator('.timeline-over').boundingBox())!;
  await page.mouse.move(x + 0.9 * width, y + 8);
  await page.mouse.down();
  for (const share of [0.1, 0.6, 0.3, 0.95, 0.5, 0.05, 0.7]) {
    await page.mouse.move(x + share * width, y + 8);
    await frames(page, 3);
  }
  await page.mouse.up();
}

function frames(page: Page, count: number): Promise<void> {
  const drawn = page.evaluate(async (wanted) => {
    for (let at = 0; at < wanted; at++) await new Promise((resolve) => requestAnimationFrame(resolve));
  }, count);
  return within(`The window has not drawn ${count} frames`, drawn);
}

/** Until the window has drawn what was done last. */
function longestDrawn(page: Page, act: () => Promise<void>): Promise<number> {
  return longestTask(page, async () => {
    await act();
    await frames(page, 30);
  });
}
