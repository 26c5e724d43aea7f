/**
 * P20 and P20b: what the window costs its main thread while 2,000 events a second arrive, over what naive React costs with
 * the same text; and its share of that thread's time at this rate and at 100. The window is the real one: an endpoint streams,
 * the headless host records and reads it in three lanes.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { chromium, type Browser, type Page } from 'playwright';
import { build } from 'vite';
import { WebSocketServer } from 'ws';
import type { EndpointId, TraceId } from '../../src/shared/model/ids.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import type { Client } from '../../src/shared/rpc/client.ts';
import { startHost, type Host } from '../support/host.ts';
import { chromiumPath } from '../chromium.mjs';
import { paced, RATE, startEndpoint, type Endpoint } from './endpoint.ts';
import { quantile, REPETITIONS, shuffled, type Result } from './measure.ts';

/** Not measured: the page is built up and the first text laid out. */
const LEAD_SECONDS = 1.5;
const SECONDS = 5;
/** Events a second, as a model sends them. */
const CALM_RATE = 100;
const VIEWPORT = { width: 1440, height: 900 };
/** Of the main thread's time. */
const SHARE_TARGET = 0.3;

interface Cost {
  /** Of the main thread: its own time in tasks, without waits for a core, over wall time. */
  readonly share: number;
  /** Part of the frames that came more than half a frame late. */
  readonly dropped: number;
  readonly longTasks: number;
}

export async function rendering(): Promise<readonly Result[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tracelane-bench-'));
  const source = await startSource(join(folder, 'naive'));
  const calm = await startEndpoint(LEAD_SECONDS + SECONDS + 4, undefined, CALM_RATE);
  const host = await startHost();
  const client = host.client();
  const id = await saveEndpoint(client, 'bench', source);
  const calmId = await saveEndpoint(client, 'calm', calm);
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox'],
  });
  try {
    // An empty store opens with another screen than the one that is measured.
    await client.call('runs.cancel', { id: await startRun(client, id) });
    return await compare({
      window: () => windowCost(browser, host, client, id),
      calm: () => windowCost(browser, host, client, calmId),
      naive: () => naiveCost(browser, source),
    });
  } finally {
    await browser.close();
    await host.stop();
    await source.close();
    await calm.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function saveEndpoint(client: Client, name: string, { url }: Endpoint): Promise<EndpointId> {
  const endpoint = { name, baseUrl: `${url}/v1`, type: 'openai', provider_name: 'openai' } as const;
  const { id } = await client.call('endpoints.save', endpoint);
  return id;
}

async function compare(
  once: Readonly<Record<'window' | 'calm' | 'naive', () => Promise<Cost>>>,
): Promise<readonly Result[]> {
  const costs: Readonly<Record<'window' | 'calm' | 'naive' | 'again', Cost>>[] = [];
  for (let i = 0; i < REPETITIONS; i++) {
    const some = new Map<string, Cost>();
    for (const name of shuffled(['window', 'calm', 'naive', 'again'] as const))
      some.set(name, await once[name === 'again' ? 'naive' : name]());
    costs.push(Object.fromEntries(some) as (typeof costs)[number]);
  }
  const median = (of: (one: (typeof costs)[number]) => number): number => quantile(costs.map(of), 0.5);
  const result = (id: string, what: string, value: number, target: number, note?: string): Result => ({
    id,
    what,
    value,
    target,
    met: value <= target,
    ...(note !== undefined && { note }),
  });
  const self = median(({ naive, again }) => again.share / naive.share).toFixed(2);
  const rates = [
    ['window', RATE],
    ['calm', CALM_RATE],
  ] as const;
  return [
    result(
      'P20',
      `the window's main thread at ${RATE} events a second in three lanes, over naive React with one text`,
      median(({ window, naive }) => window.share / naive.share),
      0.4,
      `divisor against itself ${self}`,
    ),
    ...rates.flatMap(([name, rate]) => [
      result(
        'P20',
        `share of the main thread at ${rate} events a second`,
        median((one) => one[name].share),
        SHARE_TARGET,
      ),
      result(
        'P20b',
        `part of the frames dropped at ${rate} events a second`,
        median((one) => one[name].dropped),
        0.01,
      ),
      result(
        'P20b',
        `tasks over 50 ms at ${rate} events a second`,
        median((one) => one[name].longTasks),
        0,
      ),
    ]),
  ];
}

/** The endpoint, which also serves the naive page and its text, at the same rate. */
async function startSource(naiveDir: string): Promise<Endpoint> {
  await build({
    root: fileURLToPath(new URL('naive', import.meta.url)),
    logLevel: 'error',
    build: { outDir: naiveDir, emptyOutDir: true },
    plugins: [react()],
  });
  const endpoint = await startEndpoint(LEAD_SECONDS + SECONDS + 4, (request, response) => {
    const path = request.url === '/' ? 'index.html' : (request.url ?? '').slice(1);
    readFile(join(naiveDir, path)).then(
      (file) => response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/plain' }).end(file),
      () => response.writeHead(404).end(),
    );
  });
  const texts = endpoint.frames.map(textOf).filter((text) => text !== '');
  new WebSocketServer({ server: endpoint.server, path: '/pieces' }).on('connection', (socket) => {
    socket.on(
      'close',
      paced(
        texts,
        (text) => socket.send(text),
        () => socket.close(),
      ),
    );
  });
  return endpoint;
}

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };

function textOf(frame: string): string {
  const data = frame.slice('data: '.length).trim();
  if (!data.startsWith('{')) return '';
  const { choices } = JSON.parse(data) as { choices?: { delta?: { content?: string } }[] };
  return choices?.[0]?.delta?.content ?? '';
}

async function startRun(client: Client, endpoint: EndpointId): Promise<TraceId> {
  const request = { model: 'm', messages: [{ role: 'user', content: 'Go on.' }], stream: true };
  const { id } = await client.call('runs.start', {
    endpoint,
    api: 'chat_completions',
    request,
    options: DEFAULT_OPTIONS,
  });
  return id;
}

async function windowCost(browser: Browser, host: Host, client: Client, endpoint: EndpointId): Promise<Cost> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  try {
    await page.goto(host.url);
    await page.locator('[data-pane="list"]').waitFor();
    const id = await startRun(client, endpoint);
    await page.locator('[data-lane="wire"] .streamed').first().waitFor();
    const cost = await costOf(page);
    await client.call('runs.cancel', { id });
    return cost;
  } finally {
    await page.close();
  }
}

async function naiveCost(browser: Browser, source: Endpoint): Promise<Cost> {
  const page = await browser.newPage({ viewport: VIEWPORT });
  try {
    await page.goto(source.url);
    return await costOf(page);
  } finally {
    await page.close();
  }
}

async function costOf(page: Page): Promise<Cost> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await sleep(LEAD_SECONDS * 1000);
  await page.evaluate(watchFrames);
  const before = await metrics(session);
  await sleep(SECONDS * 1000);
  const after = await metrics(session);
  const { dropped, longTasks } = await page.evaluate(() => (globalThis as unknown as Watching).watching);
  return { share: (after.task - before.task) / (after.at - before.at), dropped, longTasks };
}

async function metrics(
  session: Awaited<ReturnType<ReturnType<Page['context']>['newCDPSession']>>,
): Promise<{ readonly task: number; readonly at: number }> {
  const { metrics: all } = await session.send('Performance.getMetrics');
  const valueOf = (name: string): number => all.find((metric) => metric.name === name)!.value;
  return { task: valueOf('TaskDuration'), at: valueOf('Timestamp') };
}

interface Watching {
  watching: { dropped: number; longTasks: number };
}

/** Runs in the page: counts frames that came late, and long tasks. */
function watchFrames(): void {
  const watching = { dropped: 0, longTasks: 0 };
  (globalThis as unknown as Watching).watching = watching;
  let frames = 0;
  let late = 0;
  let last = performance.now();
  const frame = (now: number): void => {
    frames++;
    if (now - last > 25) late++;
    last = now;
    watching.dropped = late / frames;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => (watching.longTasks += list.getEntries().length)).observe({
    entryTypes: ['longtask'],
  });
}
