/** Any lanes in a real browser: a fourth one that only the host knows, fewer of them, and the wire alone. */
import { expect, test, type Page } from 'playwright/test';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { startHost, type Host } from '../support/host.ts';
import { complaints, startSample, wholeTrace } from '../support/page.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost({ imports: [new URL('../support/loud/register.ts', import.meta.url).href] });
});
test.afterAll(() => host.stop());

async function openRun(page: Page): Promise<TraceId> {
  const client = host.client();
  const id = await startSample(client, 'text-lost', 'chat_completions');
  await wholeTrace(client, id);
  await page.goto(host.url);
  await page.locator(`#run-${id}`).click();
  return id;
}

const lanesShown = (page: Page) => page.locator('.lane .lane-head h2').allTextContents();

/** Switches lanes on or off in the menu of the trace's header. */
async function pick(page: Page, ...labels: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: /^\d lanes?\. Choose/ }).click();
  for (const label of labels) await page.getByRole('menuitemcheckbox', { name: label }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
}

test('a fourth lane stands in Live, in the comparison and in the table of options', async ({ page }) => {
  const faults = complaints(page);
  const id = await openRun(page);
  await expect.poll(() => lanesShown(page)).toEqual(['Wire', 'Legacy', 'Simple', 'Loud']);
  const wire = await wholeTrace(host.client(), id);
  const said = wire.blocks.rows.flatMap((row) => row.cells.wire.filter(({ kind }) => kind === 'text'));
  await expect(page.locator('.lane[data-lane="loud"] .streamed').first()).toHaveText(
    said[0]!.pieces.join('').toUpperCase(),
  );

  await page.getByRole('tab', { name: /^Compare/ }).click();
  const verdict = page.getByRole('table', { name: 'Verdict' });
  await expect(verdict.getByRole('columnheader').filter({ hasText: 'Loud' })).toContainText('differ');
  await expect(page.locator('[data-field="text"] [data-lane="loud"]')).toContainText('altered');
  await expect(page.locator('.columns-cell[data-lane="loud"]').first()).toBeVisible();
  await expect(page.locator('.clef b')).toHaveText(['Legacy', 'Wire', 'Simple', 'Loud']);
  await expect(page.locator('.find').filter({ hasText: /^\d+ Loud altered/ })).toHaveCount(1);

  await page.getByRole('button', { name: 'Options matrix' }).click();
  const rows = page.getByRole('table', { name: 'Verdicts for every combination of options' }).getByRole('row');
  await expect(rows.filter({ hasText: /^Loud/ })).toHaveCount(1);
  expect(faults).toEqual([]);
});

test('lanes are switched on and off in the header of a trace, in every view', async ({ page }) => {
  await openRun(page);
  await expect.poll(() => lanesShown(page)).toHaveLength(4);
  await pick(page, 'Legacy', 'Loud');
  await expect.poll(() => lanesShown(page)).toEqual(['Wire', 'Simple']);
  await page.getByRole('tab', { name: /^Compare/ }).click();
  await expect(page.locator('.clef b')).toHaveText(['Wire', 'Simple']);
  await expect(page.locator('.find', { hasText: 'Legacy' })).toHaveCount(0);

  await pick(page, 'Simple');
  await expect(page.getByText('Only the wire reads this trace.')).toBeVisible();
  await pick(page, 'Legacy', 'Simple', 'Loud');
  await expect(page.locator('.clef b')).toHaveText(['Legacy', 'Wire', 'Simple', 'Loud']);
});

test('the settings say which lanes new traces begin with', async ({ page }) => {
  const client = host.client();
  await client.call('settings.set', { lanes: ['simple'] });
  const id = await startSample(client, 'text-lost', 'chat_completions');
  await wholeTrace(client, id);
  expect((await client.call('traces.get', { id })).lanes).toEqual(['wire', 'simple']);
  await page.goto(host.url);
  await page.locator(`#run-${id}`).click();
  await expect.poll(() => lanesShown(page)).toEqual(['Wire', 'Simple']);
  await client.call('settings.set', { lanes: null });
});
