/**
 * The numbers on screen against the bytes that a server sent and the times at which they are said to have come: in the header,
 * live and stored and played, in the list and in a comparison. The truth is worked out here, by no code of the window.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { expect, test, type Page } from 'playwright/test';
import type { TraceId } from '../../src/shared/model/ids.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import type { Api } from '../../src/shared/model/stream.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import type { Client } from '../../src/shared/rpc/client.ts';
import { startHost, type Host } from '../support/host.ts';
import { numbersOfBytes, type NumbersOfBytes } from '../support/numbers-of-bytes.ts';
import { complaints, withoutFirstSample } from '../support/page.ts';

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/wire/${name}`, import.meta.url));
const chat = (...deltas: readonly unknown[]): Buffer =>
  Buffer.from(
    [...deltas.map((delta) => JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta }] })), '[DONE]']
      .map((data) => `data: ${data}\n\n`)
      .join(''),
  );

/** Its server says its own speed and price, which no clock of a test can know. */
const OWN_FIGURES = 'a server that says its own';
const STREAMS: readonly { readonly name: string; readonly api: Api; readonly body: Buffer }[] = [
  { name: 'parallel tools', api: 'chat_completions', body: fixture('chat-parallel-tools.sse') },
  { name: 'text', api: 'chat_completions', body: fixture('chat-text.sse') },
  { name: 'messages', api: 'messages', body: fixture('messages-mixed.sse') },
  { name: 'responses', api: 'responses', body: fixture('responses-mixed.sse') },
  {
    name: 'a refusal',
    api: 'chat_completions',
    body: chat({ role: 'assistant' }, { refusal: 'No' }, { refusal: '.' }),
  },
  {
    name: OWN_FIGURES,
    api: 'chat_completions',
    body: Buffer.concat([
      chat(...Array.from({ length: 12 }, () => ({ content: 'word ' }))).subarray(0, -'data: [DONE]\n\n'.length),
      Buffer.from(
        `data: ${JSON.stringify({
          id: 'c',
          model: 'm',
          choices: [],
          usage: { prompt_tokens: 3, completion_tokens: 12, total_tokens: 15, cost: 0.25 },
          timings: { predicted_per_second: 8.7 },
        })}\n\ndata: [DONE]\n\n`,
      ),
    ]),
  },
  {
    name: 'a call that says its id first',
    api: 'chat_completions',
    body: chat(
      { tool_calls: [{ index: 0, id: 'a', type: 'function', function: {} }] },
      { tool_calls: [{ index: 0, function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    ),
  },
];
/** Between two events, so that each has a time that can be told from the next. */
const PACE_MS = 12;

let host: Host;
let client: Client;
let server: Server;
test.beforeAll(async () => {
  host = await startHost();
  client = host.client();
  server = createServer(async (incoming, response) => {
    let asked = '';
    for await (const part of incoming.setEncoding('utf8')) asked += part;
    const { body } = STREAMS.find(({ name }) => name === JSON.parse(asked).model)!;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of body.toString('latin1').match(/[^]+?(?:\r?\n\r?\n|$)/g)!) {
      response.write(Buffer.from(event, 'latin1'));
      await setTimeout(PACE_MS);
    }
    response.end();
  }).listen(0, '127.0.0.1');
});
test.afterAll(async () => {
  server.close();
  await host.stop();
});

interface Recorded {
  readonly id: TraceId;
  readonly truth: NumbersOfBytes & { readonly totalNs: number };
}

async function record(name: string): Promise<Recorded> {
  const { api, body } = STREAMS.find((stream) => stream.name === name)!;
  const type = api === 'messages' ? 'anthropic' : 'openai';
  const { port } = server.address() as AddressInfo;
  const { id: endpoint } = await client.call('endpoints.save', {
    name: `Paced ${name}`,
    baseUrl: `http://127.0.0.1:${port}/v1`,
    type,
    provider_name: type,
  });
  const messages = [{ role: 'user', content: 'Go.' }];
  const { id } = await client.call('runs.start', {
    endpoint,
    api,
    request: { model: name, max_tokens: 100, ...(api === 'responses' ? { input: messages } : { messages }) },
    options: DEFAULT_OPTIONS,
  });
  const items = await allItems(id);
  const arrivals = items.flatMap((item) =>
    item.k === 'read' ? [{ end: item.offset + item.length, tNs: item.tNs }] : [],
  );
  const ending = items.find((item) => item.k === 'ending')!;
  return { id, truth: { ...numbersOfBytes(api, body, arrivals), totalNs: ending.tNs } };
}

function allItems(id: TraceId): Promise<readonly TraceItem[]> {
  const items: TraceItem[] = [];
  return new Promise((resolve, reject) => {
    const stop = client.subscribe(
      'traces.items',
      { id },
      {
        items(batch) {
          items.push(...batch);
          if (items.at(-1)?.k !== 'ending') return;
          stop();
          resolve(items);
        },
        error: reject,
      },
    );
  });
}

/** Milliseconds with one decimal below ten, seconds with two from one on. */
function timeText(ns: number | null): string {
  if (ns === null) return 'none';
  const ms = ns / 1e6;
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms < 10 ? ms.toFixed(1).replace('.0', '') : ms.toFixed(0)} ms`;
}

const times = ({ truth }: Recorded) => ({
  'First byte': timeText(truth.firstByteNs),
  'First event': timeText(truth.firstEventNs),
  'First text': timeText(truth.firstTextNs),
  'First tool': timeText(truth.firstToolNs),
  Total: timeText(truth.totalNs),
});
function rateText(rate: number | null | undefined): string {
  if (rate === null) return 'not measurable';
  if (rate === undefined) return 'not reported';
  return `≈ ${rate < 100 ? rate.toFixed(1).replace('.0', '') : Math.round(rate).toLocaleString('en')}`;
}
const rates = ({ truth }: Recorded) => ({ 'Tok/s': rateText(truth.tokensPerSecond) });
const counts = ({ truth }: Recorded) => ({
  Events: truth.events.toLocaleString('en'),
  Reads: truth.reads.toLocaleString('en'),
  Bytes: truth.bytes.toLocaleString('en'),
});

/** The header's terms and what stands under them, those of `wanted` alone; without what the trace takes in the file. */
async function header<Name extends string>(page: Page, wanted: Readonly<Record<Name, string>>) {
  const all = await page.locator('.numbers dl > div').evaluateAll((entries) =>
    entries.map((entry) => [
      entry.querySelector('dt')!.textContent!,
      entry
        .querySelector('dd')!
        .textContent!.replaceAll(' ', ' ')
        .replace(/ · [\d.]+ k?B stored$/, ''),
    ]),
  );
  return Object.fromEntries(all.filter(([name]) => Object.hasOwn(wanted, name!)));
}

for (const { name } of STREAMS.filter((stream) => stream.name !== OWN_FIGURES)) {
  test(`${name}: the header says what the bytes say, after a reload and when it was played, too`, async ({ page }) => {
    const faults = complaints(page);
    const recorded = await record(name);
    const wanted = { ...times(recorded), ...counts(recorded), ...rates(recorded) };
    await withoutFirstSample(page);
    await page.goto(host.url);
    await page.locator(`#run-${recorded.id}`).click();
    await expect.poll(() => header(page, wanted)).toEqual(wanted);
    await page.reload();
    await expect.poll(() => header(page, wanted)).toEqual(wanted);

    const { metrics } = await client.call('traces.get', { id: recorded.id });
    const { tokensPerSecond, ...truth } = recorded.truth;
    expect(metrics).toMatchObject(truth);
    if (typeof tokensPerSecond === 'number') expect(metrics.tokensPerSecond).toBeCloseTo(tokensPerSecond, 6);
    else expect(metrics.tokensPerSecond).toBe(tokensPerSecond);

    await page.getByRole('tab', { name: /^Replay/ }).click();
    await expect.poll(async () => (await header(page, wanted)).Events).toMatch(/^0 of /);
    const fastest = page.getByRole('button', { name: 'As fast as possible' });
    await fastest.click();
    await expect(fastest).toHaveAttribute('aria-pressed', 'true');
    await page.keyboard.press('Space');
    await expect.poll(() => header(page, wanted), { timeout: 20_000 }).toEqual(wanted);
    expect(faults).toEqual([]);
  });
}

test('the header says the speed and the price of the server beside what is measured, and whose they are', async ({
  page,
}) => {
  const { id } = await record(OWN_FIGURES);
  const { metrics } = await client.call('traces.get', { id });
  await withoutFirstSample(page);
  await page.goto(host.url);
  const row = page.locator(`#run-${id}`);
  await expect(row.locator('.served-by')).toHaveText(`Paced ${OWN_FIGURES}`);
  await row.click();
  await expect
    .poll(() => header(page, { 'Tok/s': '', Cost: '' }))
    .toEqual({ 'Tok/s': `${rateText(metrics.tokensPerSecond)} · server 8.7`, Cost: '$0.25 reported' });
  await page.locator('.inspector').getByRole('tab', { name: 'Usage' }).click();
  await expect(page.locator('.inspector')).toContainText('as reported on the wire');
  await expect(page.locator('.inspector')).toContainText('8.7 tokens a second by its own clock');
});

test('a comparison of two runs says the times of each as the header does', async ({ page }) => {
  const [a, b] = [await record('a call that says its id first'), await record('a refusal')];
  await withoutFirstSample(page);
  await page.goto(host.url);
  await page.locator(`#run-${a.id}`).click();
  await page.getByRole('tab', { name: /^Compare/ }).click();
  await page.locator(`#run-${b.id}`).click({ modifiers: ['Control'] });
  const facts = page.getByRole('table', { name: 'Numbers of both runs' });
  const [left, right] = [times(a), times(b)];
  for (const name of ['First byte', 'First text', 'First tool', 'Total'] as const) {
    const cells = facts.getByRole('row', { name: new RegExp(`^${name}`) }).getByRole('cell');
    await expect(cells.nth(0)).toHaveText(left[name]);
    // Two times that are the same as shown may still differ, and then both are shown.
    if (left[name] === right[name]) expect(['equal', right[name]]).toContain(await cells.nth(1).textContent());
    else await expect(cells.nth(1)).toHaveText(right[name]);
  }
});
