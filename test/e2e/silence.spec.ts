/**
 * A stream that says nothing for a while, on the timeline: against a server that goes on when the test says so, so that the
 * silence is as long as the test looks at it.
 */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, type Page } from 'playwright/test';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import type { Client } from '../../src/shared/rpc/client.ts';
import { startHost, type Host } from '../support/host.ts';
import { complaints, openTrace, startSample, withoutFirstSample, wholeTrace } from '../support/page.ts';

const piece = (delta: object): string =>
  `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta }] })}\n\n`;

let host: Host;
let client: Client;
let server: Server;
let asked: PromiseWithResolvers<ServerResponse>;
test.beforeAll(async () => {
  host = await startHost();
  client = host.client();
  server = createServer((incoming, response) => {
    incoming.resume().once('end', () => asked.resolve(response));
  }).listen(0, '127.0.0.1');
});
test.beforeEach(() => {
  asked = Promise.withResolvers();
});
test.afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await host.stop();
});

interface Held {
  readonly id: TraceId;
  /** What the server answers with, held until the test writes to it. */
  readonly response: ServerResponse;
}

async function hold(page: Page): Promise<Held> {
  const { id: endpoint } = await client.call('endpoints.save', {
    name: 'Held',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    type: 'openai',
    provider_name: 'openai',
  });
  await withoutFirstSample(page);
  await page.goto(host.url);
  const { id } = await client.call('runs.start', {
    endpoint,
    api: 'chat_completions',
    request: { model: 'm', messages: [{ role: 'user', content: 'Hold on.' }] },
    options: DEFAULT_OPTIONS,
  });
  await page.locator(`#run-${id}`).click();
  return { id, response: await asked.promise };
}

const begin = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(piece({ role: 'assistant', content: 'I will stop ' }) + piece({ content: 'talking now.' }));
};
const finish = (response: ServerResponse): void => {
  response.end(`${piece({ content: ' Done.' })}data: [DONE]\n\n`);
};

interface Drawn {
  /** Text of the line that says how far the stream has come; null without one. */
  readonly now: string | null;
  /** Where it stands, and how far to the right anything is drawn; pixels of the plot. */
  readonly nowX: number;
  readonly marksEnd: number;
  readonly silences: readonly { readonly text: string; readonly from: number; readonly to: number }[];
  readonly ticks: readonly string[];
  /** Labels of the axis that lie over each other, or are cut at an edge. */
  readonly covered: readonly string[];
}

/** What stands on the timeline, all of one moment. */
function drawn(page: Page): Promise<Drawn> {
  return page.evaluate(() => {
    const plot = document.querySelector('.timeline-plot')!.getBoundingClientRect();
    const canvas = document.querySelector<HTMLCanvasElement>('.timeline-canvas')!;
    const { width, height } = canvas;
    const pixels = canvas.getContext('2d')!.getImageData(0, 0, width, height).data;
    let marksEnd = 0;
    for (let x = width - 1; x >= 0 && marksEnd === 0; x--)
      for (let y = 0; y < height; y++) if (pixels[(y * width + x) * 4 + 3]! > 40) marksEnd = (x / width) * plot.width;
    const labels = [...document.querySelectorAll('.tick, .flag span, .range-label')].flatMap((element) => {
      const text = element.textContent;
      if (text === '') return [];
      const range = document.createRange();
      range.selectNodeContents(element);
      const { left, right } = range.getBoundingClientRect();
      return [{ text, left, right }];
    });
    const covered = labels.flatMap(({ text, left, right }, at) => [
      ...(left < plot.left - 0.5 || right > plot.right + 0.5 ? [`${text} is cut`] : []),
      ...labels
        .slice(at + 1)
        .flatMap((other) => (left < other.right && right > other.left ? [`${text} and ${other.text}`] : [])),
    ]);
    const now = document.querySelector('.flag.now, .flag.playhead');
    return {
      now: now?.textContent ?? null,
      nowX: now ? now.getBoundingClientRect().left - plot.left : Number.NaN,
      marksEnd,
      silences: [...document.querySelectorAll('.gapmark')].map((gap) => {
        const { left, right } = gap.getBoundingClientRect();
        return { text: gap.textContent, from: left - plot.left, to: right - plot.left };
      }),
      ticks: [...document.querySelectorAll('.tick')]
        .map(({ textContent }) => textContent)
        .filter((text) => text !== ''),
      covered,
    };
  });
}

const seconds = (text: string | null | undefined): number => {
  const [, value, unit] = /([\d.]+) (ms|s)\b/.exec(text ?? '') ?? [];
  return Number(value) / (unit === 'ms' ? 1000 : 1);
};

/** Until the silence has this many seconds. */
async function silentFor(page: Page, least: number): Promise<Drawn> {
  await expect
    .poll(async () => seconds((await drawn(page)).silences.at(-1)?.text), { timeout: 30_000 })
    .toBeGreaterThan(least);
  return drawn(page);
}

test('D2 waiting for headers is drawn as it grows, on an axis of whole seconds', async ({ page }) => {
  const faults = complaints(page);
  const { id, response } = await hold(page);
  const shown = await silentFor(page, 1.5);
  const [wait] = shown.silences;
  expect(wait!.text).toMatch(/^waiting \d+\.\d s$/);
  expect(wait!.from).toBeLessThan(1);
  expect(Math.abs(wait!.to - shown.nowX)).toBeLessThan(2);
  expect(shown.now).toMatch(/^now \d\.\d\d s$/);
  expect(shown.covered).toEqual([]);
  for (const tick of shown.ticks.slice(1)) expect(tick).toMatch(/^\d+(\.\d)? s$/);
  const total = page.locator('.numbers dd').nth(4);
  await expect(total).toHaveText(/^\d\.\d\d s$/);
  begin(response);
  finish(response);
  await wholeTrace(client, id);
  // What was waited is a silence of the stored stream as well.
  await expect
    .poll(async () => (await drawn(page)).silences.map(({ text }) => text))
    .toEqual([expect.stringMatching(/^\d\.\d\d s$/)]);
  expect(await drawn(page)).toMatchObject({ now: null, covered: [] });
  expect(faults).toEqual([]);
});

for (const [name, hours] of [
  ['ahead', 1],
  ['behind', -1],
] as const)
  test(`a wait is as long as it is where the clock of the window is an hour ${name}`, async ({ page }) => {
    await page.addInitScript((ms) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + ms;
    }, hours * 3_600_000);
    const began = performance.now();
    const { response } = await hold(page);
    const waiting = await silentFor(page, 1);
    expect(seconds(waiting.silences[0]!.text)).toBeLessThan((performance.now() - began) / 1000);
    begin(response);
    await expect.poll(async () => (await drawn(page)).silences.length).toBe(2);
    const silent = await silentFor(page, 1);
    expect(seconds(silent.silences[1]!.text)).toBeLessThan((performance.now() - began) / 1000);
    finish(response);
  });

test('two runs at a time have a silence each, and the one that is shown is the chosen one’s', async ({ page }) => {
  const first = await hold(page);
  asked = Promise.withResolvers();
  const second = await hold(page);
  begin(second.response);
  await expect.poll(async () => (await drawn(page)).silences.at(-1)?.text).toMatch(/silent$/);
  await page.locator(`#run-${first.id}`).click();
  await expect
    .poll(async () => (await drawn(page)).silences.map(({ text }) => text))
    .toEqual([expect.stringMatching(/^waiting/)]);
  const shown = await drawn(page);
  expect(Math.abs(shown.silences[0]!.to - shown.nowX)).toBeLessThan(2);
  expect(shown.covered).toEqual([]);
  await page.locator(`#run-${second.id}`).click();
  await expect.poll(async () => (await drawn(page)).silences.at(-1)?.text).toMatch(/silent$/);
  const other = await drawn(page);
  expect(other.marksEnd).toBeLessThanOrEqual(other.nowX + 2);
  for (const { response } of [first, second]) finish(response);
});

test('D3 D4 a silence in mid-stream is hatched and counted as it grows, the axis reaches now, and nothing lies right of it', async ({
  page,
}) => {
  const { id, response } = await hold(page);
  begin(response);
  let before = await silentFor(page, 1);
  for (let times = 0; times < 3; times++) {
    const shown = await silentFor(page, seconds(before.silences.at(-1)!.text) + 0.5);
    const silence = shown.silences.at(-1);
    expect(silence!.text).toMatch(/^\d\.\d s silent$/);
    expect(seconds(silence!.text)).toBeGreaterThan(seconds(before.silences.at(-1)!.text));
    expect(Math.abs(silence!.to - shown.nowX)).toBeLessThan(2);
    expect(shown.marksEnd).toBeLessThanOrEqual(shown.nowX + 2);
    expect(shown.covered).toEqual([]);
    before = shown;
  }
  const style = await page.locator('.gapmark').evaluate((element) => getComputedStyle(element).backgroundImage);
  expect(style).toContain('repeating-linear-gradient');
  await expect(page.locator('.numbers dd').nth(4)).toHaveText(/^[3-9]\.\d\d s$/);

  await page.getByRole('button', { name: 'Stop' }).click();
  await wholeTrace(client, id);
  await expect.poll(async () => (await drawn(page)).now).toBeNull();
  const stopped = await drawn(page);
  const { metrics } = await client.call('traces.get', { id });
  expect(stopped.silences).toHaveLength(1);
  expect(seconds(stopped.silences[0]!.text)).toBeCloseTo((metrics.totalNs! - metrics.lastContentNs!) / 1e9, 1);
  // After a reload it is read from the store.
  await page.reload();
  await page.locator(`#run-${id}`).click();
  await expect
    .poll(async () => (await drawn(page)).silences.map(({ text }) => text))
    .toEqual([stopped.silences[0]!.text]);
});

test('a request that is stopped without any answer keeps its wait on the timeline', async ({ page }) => {
  const { id } = await hold(page);
  await silentFor(page, 1);
  await page.getByRole('button', { name: 'Stop' }).click();
  await wholeTrace(client, id);
  await expect.poll(async () => (await drawn(page)).now).toBeNull();
  expect((await drawn(page)).silences).toEqual([
    { text: expect.stringMatching(/^\d\.\d\d s$/), from: expect.any(Number), to: expect.any(Number) },
  ]);
});

test('a playing keeps the keys of its steps, where the timeline comes back with it', async ({ page }) => {
  const { id, response } = await hold(page);
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end('<!doctype html><title>Sign in</title>');
  await wholeTrace(client, id);
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await expect(timeline).toHaveCount(0);
  await page.getByRole('tab', { name: /^Replay/ }).click();
  await expect(timeline).toBeVisible();
  await expect(page.getByRole('tab', { name: /^Replay/ })).not.toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('button', { name: 'Again, play from the start' })).toBeVisible();
});

test('D3 a silence ends with the next piece and stays where it was', async ({ page }) => {
  const { response } = await hold(page);
  begin(response);
  await silentFor(page, 1.2);
  response.write(piece({ content: ' And on.' }));
  await expect
    .poll(async () => (await drawn(page)).silences.map(({ text }) => text))
    .toEqual([expect.stringMatching(/^\d\.\d\d s$/)]);
  finish(response);
});

test('at a quarter of the speed the playhead passes over marks that stay', async ({ page }) => {
  // At the pace of a real model a quarter of the speed takes many seconds, so that a busy machine sees enough of them, too.
  const paced = await startHost({ pace: 1 });
  try {
    const id = await startSample(paced.client(), 'reasoning', 'messages');
    await wholeTrace(paced.client(), id);
    await withoutFirstSample(page);
    await page.goto(paced.url);
    await page.locator(`#run-${id}`).click();
    await page.getByRole('tab', { name: /^Replay/ }).click();
    await page.getByRole('button', { name: '0.25×' }).click();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    const { marksEnd } = await drawn(page);
    expect(marksEnd).toBeGreaterThan(0);
    const places = new Set<number>();
    while (places.size < 20) {
      const shown = await drawn(page);
      expect(shown.now, 'the playhead is there').not.toBeNull();
      expect([shown.marksEnd, shown.covered]).toEqual([marksEnd, []]);
      places.add(shown.nowX);
    }
  } finally {
    await paced.stop();
  }
});

test('no label of the axis is covered or cut, wherever the selected event stands', async ({ page }) => {
  const id = await startSample(client, 'parallel-tools', 'chat_completions');
  const trace = await wholeTrace(client, id);
  await withoutFirstSample(page);
  await openTrace(page, host.url, id, trace);
  for (let at = 0; at < trace.events.length; at++) {
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('heading', { name: `Event ${at}`, exact: true })).toBeVisible();
    expect((await drawn(page)).covered).toEqual([]);
  }
});

test('a selected range says how long it is and how many events it holds', async ({ page }) => {
  const id = await startSample(client, 'parallel-tools', 'chat_completions');
  const trace = await wholeTrace(client, id);
  await withoutFirstSample(page);
  await openTrace(page, host.url, id, trace);
  await expect(page.locator('.timeline-canvas')).toBeVisible();
  const box = (await page.locator('.timeline-over').boundingBox())!;
  await page.mouse.move(box.x + 1, box.y + 60);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 1, box.y + 60, { steps: 4 });
  await expect(page.locator('.range-label')).toHaveText(/^[\d.]+ m?s, \d+ events?$/);
  await page.mouse.up();
  await expect(page.locator('.range-label')).toHaveText(new RegExp(`, ${trace.events.length} events$`));
  expect((await drawn(page)).covered).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.locator('.range-label')).toHaveCount(0);
});

test('a view that follows stays at the end while nothing more comes, whatever moves it', async ({ page }) => {
  const { response } = await hold(page);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(Array.from({ length: 120 }, (_, at) => piece({ content: `Line ${at}.\n\n` })).join(''));
  for (const [tab, scroller] of [
    ['Live', page.getByRole('region', { name: 'Lanes' })],
    ['Events', page.getByRole('grid', { name: 'Events' })],
  ] as const) {
    await page
      .getByRole('article')
      .getByRole('tab', { name: new RegExp(`^${tab}`) })
      .click();
    await expect(scroller).toContainText(/Line.119\./);
    const toEnd = () => scroller.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    const height = () => scroller.evaluate((box) => box.clientHeight);
    await expect.poll(toEnd, tab).toBeLessThan(5);
    // Less room for it.
    const before = await height();
    await page.setViewportSize({ width: 1280, height: 620 });
    await expect.poll(height).toBeLessThan(before);
    await expect.poll(toEnd, `${tab}, lower`).toBeLessThan(5);
    // What no hand did.
    await scroller.evaluate((box) => box.scrollTo(0, 0));
    await expect.poll(toEnd, `${tab}, scrolled`).toBeLessThan(5);
    await page.setViewportSize({ width: 1280, height: 720 });
    await expect.poll(height).toBe(before);
    await expect.poll(toEnd, `${tab}, higher`).toBeLessThan(5);
  }
  // A hand lets go, and nothing takes hold again before the end is reached.
  const events = page.getByRole('grid', { name: 'Events' });
  await events.hover();
  await page.mouse.wheel(0, -400);
  const pill = page.locator('.pill');
  await expect(page.getByRole('button', { name: /^Follow/ })).toHaveAttribute('aria-pressed', 'false');
  const top = () => events.evaluate((box) => box.scrollTop);
  const left = await top();
  response.write(piece({ content: 'More.' }));
  await expect(pill).toBeVisible();
  expect(await top()).toBeLessThanOrEqual(left);
  finish(response);
});
