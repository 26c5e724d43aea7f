/** The Events tab over the real host: a row for every event, merged, filtered, opened and copied, live and at 100,000. */
import { expect, test, type Page } from 'playwright/test';
import type { TraceModel } from '../../src/renderer/stores/trace-model.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { startHost, type Host } from '../support/host.ts';
import { complaints, openTrace, startSample, wholeTrace } from '../support/page.ts';
import { importOver } from '../support/imports.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost();
});
test.afterAll(() => host.stop());
test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

const grid = (page: Page) => page.getByRole('grid', { name: 'Events' });
const rows = async (page: Page) => Number(await grid(page).getAttribute('aria-rowcount'));
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

/** Opens a trace that has ended at its Events tab. */
async function openEvents(page: Page, id: TraceId): Promise<TraceModel> {
  const trace = await wholeTrace(host.client(), id);
  await openTrace(page, host.url, id, trace);
  await page.getByRole('tab', { name: /^Events/ }).click();
  // The tab's code may still be on its way; once it is there the grid takes the keys.
  await expect(grid(page)).toBeFocused();
  return trace;
}

test('has a row for each event, hides what is quiet behind a count, and merges deltas', async ({ page }) => {
  const faults = complaints(page);
  const { events } = await openEvents(page, await startSample(host.client(), 'parallel-tools', 'messages'));
  const chip = page.getByRole('button', { name: /quiet hidden/ });
  const quiet = Number.parseInt((await chip.textContent())!, 10);
  expect(await rows(page)).toBe(events.length - quiet);
  await chip.click();
  await expect.poll(() => rows(page)).toBe(events.length);
  await page.getByRole('button', { name: /quiet shown/ }).click();
  await grid(page).focus();
  await page.keyboard.press('m');
  await expect.poll(() => rows(page)).toBeLessThan(events.length - quiet);
  await expect(grid(page).locator('.times').first()).toContainText('×');
  expect(faults).toEqual([]);
});

test('moves by key, stops at the ends, opens in place and copies', async ({ page }) => {
  const { events } = await openEvents(page, await startSample(host.client(), 'plain-text', 'messages'));
  const active = grid(page).locator('.grid-row.active');
  await page.keyboard.press('ArrowDown');
  await expect(active).toHaveAttribute('aria-rowindex', '1');
  await page.keyboard.press('k');
  await expect(active).toHaveAttribute('aria-rowindex', '1');
  await page.keyboard.press('End');
  await expect(active).toContainText(String(events.at(-1)!.index));
  await page.keyboard.press('ArrowDown');
  await expect(active).toContainText(String(events.at(-1)!.index));
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(active.locator('.json')).toContainText('message_start');

  await active.getByRole('button', { name: 'Copy SSE' }).click();
  await expect.poll(() => clipboard(page)).toMatch(/^event: message_start\ndata: \{/);
  await active.getByRole('button', { name: 'Copy JSON' }).click();
  await expect.poll(() => clipboard(page)).toMatch(/^\{/);
  expect(JSON.parse(await clipboard(page))).toMatchObject({ type: 'message_start' });
  await grid(page).focus();
  await page.keyboard.press('Enter');
  await expect(active.locator('.json')).toHaveCount(0);
});

test('is filtered by the range that the timeline shows', async ({ page }) => {
  await openEvents(page, await startSample(host.client(), 'parallel-tools', 'messages'));
  const before = await rows(page);
  await page.keyboard.press('t');
  await page.keyboard.press('x');
  const chip = page.getByRole('button', { name: /in the range/ });
  await expect(chip).toBeVisible();
  expect(await rows(page)).toBeLessThan(before);
  await chip.click();
  await expect.poll(() => rows(page)).toBe(before);
});

test('stays at the end while a stream is followed, lets go on scrolling up, and takes hold again', async ({ page }) => {
  const slow = await startHost({ pace: 0.3 });
  const id = await startSample(slow.client(), 'long-answer', 'messages');
  await page.goto(slow.url);
  await page.locator(`#run-${id}`).click();
  await page.getByRole('tab', { name: /^Events/ }).click();
  const atEnd = () => grid(page).evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
  await expect.poll(() => rows(page)).toBeGreaterThan(200);
  await expect.poll(atEnd).toBeLessThan(60);
  await grid(page).hover();
  await page.mouse.wheel(0, -2000);
  const pill = page.getByRole('button', { name: /new/ }).and(page.locator('.pill'));
  await expect(pill).toBeVisible();
  await pill.click();
  await expect.poll(atEnd).toBeLessThan(60);
  await slow.stop();
});

test('holds 100,000 events: only the rows in view exist, and the last is one key away', async ({ page }) => {
  const text = Array.from(
    { length: 100_000 },
    (_, at) => `data: {"choices":[{"index":0,"delta":{"content":"w${at} "}}]}\n\n`,
  ).join('');
  const { id } = await importOver(host.client(), { name: 'Many', text, api: 'chat_completions' });
  await openEvents(page, id);
  expect(await rows(page)).toBe(100_000);
  await grid(page).focus();
  await page.keyboard.press('End');
  await expect(grid(page).locator('.grid-row.active')).toContainText('w99999');
  expect(await grid(page).locator('.grid-row').count()).toBeLessThan(120);
  await page.keyboard.press('m');
  await expect.poll(() => rows(page)).toBe(1);
});
