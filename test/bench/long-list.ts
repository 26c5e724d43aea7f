/**
 * P32: the list of a store of 100,000 traces. What the host answers, over bare SQL on the same file; the longest task of the window's
 * main thread for each thing that is done with the list; and what scrolling costs that thread, over showing the same rows bare.
 */
import { performance } from 'node:perf_hooks';
import Database from 'better-sqlite3';
import { chromium, type Browser, type Page } from 'playwright';
import { databaseFile, openFile } from '../../src/main/core/store/database.ts';
import type { Client } from '../../src/shared/rpc/client.ts';
import type { ParamsOf } from '../../src/shared/rpc/contract.ts';
import { dataFolder, startHost } from '../support/host.ts';
import { chromiumPath } from '../chromium.mjs';
import { LIST_ACTS, wheelTurns } from './long-list-acts.ts';
import { longestTask, tasksWhile } from './long-tasks.ts';
import { quantile, shuffled, type Result } from './measure.ts';
import { grow } from './seed.ts';

const TRACES = 100_000;
const PAGE = 200;
const WINDOWS = 3;
const ROUNDS = 15;
const TASK_TARGET_MS = 50;
const PAGE_TARGET = 3;
const SCROLL_TARGET = 3;

export async function longList(): Promise<readonly Result[]> {
  const folder = await dataFolder();
  try {
    const db = openFile(databaseFile(folder.path));
    grow(db, TRACES);
    db.close();
    return await measured(folder.path);
  } finally {
    await folder.remove();
  }
}

async function measured(dataDir: string): Promise<readonly Result[]> {
  const host = await startHost({ dataDir });
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox'],
  });
  try {
    const pages = await pageRatios(host.client(), databaseFile(dataDir));
    const tasks = new Map<string, number[]>();
    const scrolling: number[] = [];
    for (let i = 0; i < WINDOWS; i++) await useWindow(browser, host.url, tasks, scrolling);
    return [
      ...pages,
      judged('scrolling, work of the main thread over showing the same rows bare', scrolling, SCROLL_TARGET),
      ...[...tasks].map(([what, values]) => judged(`longest task of ${what}, ms`, values, TASK_TARGET_MS)),
    ];
  } finally {
    await browser.close();
    await host.stop();
  }
}

function judged(what: string, values: readonly number[], target: number): Result {
  const value = quantile(values, 0.5);
  const note = `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`;
  return { id: 'P32', what: `100,000 runs in the list: ${what}`, value, target, met: value <= target, note };
}

interface Question {
  readonly what: string;
  readonly asked: ParamsOf<'traces.list'>;
  /** Behind WHERE. */
  readonly where?: string;
  readonly offset?: number;
}

const QUESTIONS: readonly Question[] = [
  { what: 'the newest page of the list', asked: { limit: PAGE } },
  { what: 'the last page', asked: { limit: PAGE, at: TRACES - PAGE }, offset: TRACES - PAGE },
  {
    what: 'the first page of model:local',
    asked: { filter: 'model:local', limit: PAGE },
    where: "model LIKE '%local%'",
  },
  {
    what: 'the first page of events>2 model:o4',
    asked: { filter: 'events>2 model:o4', limit: PAGE },
    where: "metrics ->> '$.events' > 2 AND model LIKE '%o4%'",
  },
];

/** By the contract, over a connection as the window has, with the JSON read; the rows and how many there are in either. */
async function pageRatios(client: Client, file: string): Promise<readonly Result[]> {
  const db = new Database(file, { readonly: true });
  const results: Result[] = [];
  for (const { what, asked, where = '1', offset = 0 } of QUESTIONS) {
    const some = `FROM traces WHERE deleted_at IS NULL AND ${where}`;
    const rows = db.prepare(`SELECT * ${some} ORDER BY nr DESC LIMIT ${PAGE} OFFSET ${offset}`);
    const total = db.prepare<[], { total: number }>(`SELECT count(*) AS total ${some}`);
    const bare = (): string => `${rows.all().length} of ${total.get()!.total}`;
    const ours = async (): Promise<string> => {
      const page = await client.call('traces.list', asked);
      return `${page.rows.length} of ${page.total}`;
    };
    const [answer, expected] = [await ours(), bare()];
    if (answer !== expected) throw new Error(`${what}: the host says ${answer}, SQL ${expected}.`);
    const ratios: number[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const times = new Map<unknown, number>();
      for (const one of shuffled([ours, bare])) {
        const from = performance.now();
        await one();
        times.set(one, performance.now() - from);
      }
      ratios.push(times.get(ours)! / times.get(bare)!);
    }
    results.push(judged(`${what} by the contract, over bare SQL`, ratios, PAGE_TARGET));
  }
  db.close();
  return results;
}

async function useWindow(
  browser: Browser,
  url: string,
  tasks: Map<string, number[]>,
  scrolling: number[],
): Promise<void> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const watch = async (what: string, act: () => Promise<void>): Promise<void> => {
    const longest = await longestTask(page, act);
    tasks.set(what, [...(tasks.get(what) ?? []), longest]);
  };
  await watch('opening', async () => {
    await page.goto(url);
    await page.locator('.run').first().waitFor();
  });
  for (const [what, act] of LIST_ACTS) await watch(what, () => act(page));
  scrolling.push(await scrollRatio(page));
  await context.close();
}

/** Work of the main thread while the list is scrolled, over that of a list of the same size in which the same rows appear at once. */
async function scrollRatio(page: Page): Promise<number> {
  const sum = (tasks: readonly number[]): number => tasks.reduce((all, one) => all + one, 0);
  const shown: string[] = [];
  const ours = sum(await tasksWhile(page, () => wheelTurns(page)));
  await page.locator('.runs-scroll').evaluate((list) => list.scrollTo(0, 0));
  await wheelTurns(page, async () => {
    shown.push(await page.locator('.runs-all').evaluate((rows) => rows.innerHTML));
  });
  const bare = await tasksWhile(page, () => showBare(page, shown));
  return ours / sum(bare);
}

/** In the place of the list: its styles and its size, without what makes it. */
async function showBare(page: Page, shown: readonly string[]): Promise<void> {
  await page.evaluate(async (all) => {
    const list = document.querySelector('.runs-scroll')!;
    const bare = list.cloneNode(false) as HTMLElement;
    const rows = bare.appendChild(document.createElement('div'));
    rows.className = 'runs-all';
    rows.style.height = (list.firstElementChild as HTMLElement).style.height;
    list.replaceWith(bare);
    for (const [at, html] of all.entries()) {
      bare.scrollTop = (at + 1) * 600;
      rows.innerHTML = html;
      for (let frame = 0; frame < 2; frame++) await new Promise((drawn) => requestAnimationFrame(drawn));
    }
    bare.replaceWith(list);
  }, shown);
}
