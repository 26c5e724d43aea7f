/**
 * Every sample over every API, through the whole program: sent by the host, recorded, read in three lanes and drawn. What the
 * columns show must be what the lanes emitted. Then the host is started again, and a trace is opened and played.
 */
import { expect, test, type Page } from 'playwright/test';
import { apisOf, SCENARIOS } from '../../src/main/core/samples/scenarios.ts';
import { allLanes } from '../../src/shared/lanes/registry.ts';
import { cellOf } from '../../src/shared/model/block-row.ts';
import type { LaneId } from '../../src/shared/model/messages.ts';
import type { TraceModel } from '../../src/renderer/stores/trace-model.ts';
import { complaints, expected, shown, startSample, wholeTrace } from '../support/page.ts';
import { dataFolder, startHost, type Host } from '../support/host.ts';

const runs = (page: Page) => page.getByRole('navigation', { name: 'Runs' });
const lane = (page: Page, id: LaneId) => page.locator(`[data-lane="${id}"]`);
const openRun = (page: Page, title: string) => runs(page).getByRole('row').filter({ hasText: title }).first().click();

const LANES = allLanes().map(({ id }) => id);

/** Text and tool calls of a lane, which are never folded away. */
function said(model: TraceModel, id: LaneId): readonly { readonly name: string | null; readonly text: string }[] {
  return model.blocks.rows
    .flatMap((row) => cellOf(row, id))
    .filter(({ kind }) => kind === 'text' || kind === 'tool')
    .map((block) => ({ name: block.name ?? null, text: block.pieces.join('') }));
}

test.describe('each sample', () => {
  let host: Host;
  test.beforeAll(async () => {
    host = await startHost();
    // With a trace in the store the page opens on the runs.
    await wholeTrace(host.client(), await startSample(host.client(), 'plain-text', 'messages'));
  });
  test.afterAll(() => host.stop());

  for (const { name, api } of SCENARIOS.flatMap((scenario) =>
    apisOf(scenario).map((one) => ({ name: scenario.model, api: one })),
  ))
    test(`${name} over ${api} shows its text, tools and usage in the lanes`, async ({ page }) => {
      const found = complaints(page);
      const client = host.client();
      await page.goto(host.url);
      await expect(runs(page)).toBeVisible();
      const id = await startSample(client, name, api);
      const model = await wholeTrace(client, id);
      // Samples ask the same over each API, so that titles are not their own.
      const { title, usage } = await client.call('traces.rename', { id, title: `${name} over ${api}` });
      await openRun(page, title);
      await expect(page.getByRole('article', { name: 'Trace' })).toContainText(name);
      const { events, bytes } = expected(model);
      await expect.poll(async () => (({ events: e, bytes: b }) => [e, b])(await shown(page))).toEqual([events, bytes]);
      for (const one of LANES)
        for (const { name: tool, text } of said(model, one)) {
          await expect.poll(async () => (await shown(page)).text[one], `${one} says it`).toContain(text);
          if (tool !== null) await expect(lane(page, one).getByText(tool).first()).toBeVisible();
        }
      if (typeof usage?.output === 'number')
        await expect(page.getByLabel('Numbers of the trace')).toContainText(usage.output.toLocaleString('en'));
      expect(found).toEqual([]);
    });
});

test('a run is cancelled, the host started again, and a trace opened and played to the same end', async ({ page }) => {
  const folder = await dataFolder();
  try {
    const first = await startHost({ dataDir: folder.path, pace: 0.5 });
    const client = first.client();
    const kept = await startSample(client, 'send-message', 'messages');
    const recorded = await wholeTrace(client, kept);
    await page.goto(first.url);
    const cancelled = await startSample(client, 'long-answer', 'messages');
    const { title } = await client.call('traces.get', { id: kept });
    await openRun(page, (await client.call('traces.get', { id: cancelled })).title);
    await expect(lane(page, 'wire').locator('.streamed').first()).not.toBeEmpty();
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect(page.getByRole('article', { name: 'Trace' })).toContainText('The run was cancelled');
    expect((await client.call('traces.get', { id: cancelled })).ending?.state).toBe('cancelled');
    await first.stop();

    const second = await startHost({ dataDir: folder.path });
    expect(expected(await wholeTrace(second.client(), kept))).toEqual(expected(recorded));
    await page.goto(second.url);
    await openRun(page, title);
    await expect.poll(async () => (await shown(page)).events).toBe(recorded.events.length);
    await page.getByRole('tab', { name: /Replay/ }).click();
    await expect.poll(async () => (await shown(page)).events).toBe(0);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await expect.poll(async () => (await shown(page)).events, { timeout: 60_000 }).toBe(recorded.events.length);
    for (const one of LANES)
      for (const { text } of said(recorded, one)) expect((await shown(page)).text[one]).toContain(text);
    await second.stop();
  } finally {
    await folder.remove();
  }
});
