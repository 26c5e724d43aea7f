/** The main job with the keyboard alone: a run is found, read, searched, compared and exported, and the focus is never lost. */
import { expect, test } from 'playwright/test';
import { startHost } from '../support/host.ts';
import { importShort } from '../support/imports.ts';
import { complaints, openEmpty, openTrace, shown, startSample, wholeTrace } from '../support/page.ts';

test('a run is found, read, searched, compared and exported without a pointer', async ({ page }) => {
  const host = await startHost();
  const client = host.client();
  const faults = complaints(page);
  const sample = (await client.call('samples.list', {})).find(({ number }) => number === 1)!;
  const id = await startSample(client, sample.model, sample.api);
  const model = await wholeTrace(client, id);
  for (let n = 0; n < 25; n++) await importShort(client, `Later ${n}`);
  await openEmpty(page, host.url);
  const { keyboard } = page;
  const onBody = () => page.evaluate(() => document.activeElement === document.body);

  // The palette finds it, the list comes to it, and the focus is not left on the page.
  const { title } = await client.call('traces.get', { id });
  await expect(page.getByRole('navigation', { name: 'Runs' })).toContainText('26 runs');
  await keyboard.press('Control+k');
  await expect(page.getByRole('combobox', { name: 'Search runs, messages, commands' })).toBeFocused();
  await keyboard.type(title.slice(0, 25));
  await expect(
    page
      .getByRole('option')
      .filter({ hasText: title.slice(0, 25) })
      .first(),
  ).toBeVisible();
  await keyboard.press('Enter');
  await expect(page.getByRole('article').getByRole('heading', { level: 1 })).toHaveText(title);
  await expect(page.locator(`#run-${id}`)).toBeInViewport();
  await keyboard.press('k');
  await expect(page.getByRole('article').getByRole('heading', { level: 1 })).toHaveText('Later 0');
  await keyboard.press('j');
  await expect(page.getByRole('article').getByRole('heading', { level: 1 })).toHaveText(title);

  // In a tab that was asked for by key, the keys of rows are those of its rows.
  await keyboard.press('Control+2');
  const events = page.getByRole('grid', { name: 'Events' });
  await expect(events).toBeFocused();
  // Before they are there, the keys of rows do nothing.
  await expect.poll(async () => (await shown(page)).events).toBe(model.events.length);
  await keyboard.press('j');
  await expect(page.getByRole('complementary').getByRole('heading', { name: 'Event 0', exact: true })).toBeVisible();
  await expect(page.getByRole('article').getByRole('heading', { level: 1 })).toHaveText(title);

  // Found in the trace: each match selects its event, and Escape gives the keys back.
  const text = model.blocks.rows
    .flatMap(({ cells }) => cells['wire'] ?? [])
    .find(({ chars }) => chars > 8)!
    .pieces.join('');
  await keyboard.press('Control+f');
  await expect(page.getByRole('textbox', { name: 'Find in the trace' })).toBeFocused();
  await keyboard.type(text.slice(0, 6).toUpperCase());
  const count = page.getByRole('search', { name: 'Find in the trace' }).getByRole('status');
  await expect(count).toHaveText(/found$/);
  await keyboard.press('Enter');
  await expect(count).toHaveText(/^1 of \d+ · /);
  await expect(
    page
      .getByRole('complementary')
      .getByRole('heading', { name: /^Event \d+$/ })
      .first(),
  ).toBeVisible();
  await keyboard.press('Control+a');
  await keyboard.type('no such text');
  await expect(count).toHaveText('not found');
  await keyboard.press('Escape');
  await expect(page.getByRole('search')).toHaveCount(0);
  expect(await onBody()).toBe(false);

  // Panes, a key without a target, comparison, export: one after the other, and back.
  await keyboard.press('Control+]');
  expect(await onBody()).toBe(false);
  await keyboard.press('Shift+G');
  await expect(page.locator('.toasts, [role="status"]').filter({ hasText: /gap/i }).first()).toBeVisible();
  await keyboard.press('Control+4');
  await expect(page.getByRole('table', { name: 'Verdict' })).toBeVisible({ timeout: 30_000 });
  await keyboard.press('Control+s');
  await expect(page.getByRole('dialog', { name: /Export/ })).toBeVisible();
  await keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await onBody()).toBe(false);
  expect(faults).toEqual([]);
  await host.stop();
});

test('a replay that plays tells a screen reader of its start and its end, and not of the stream', async ({ page }) => {
  const host = await startHost();
  const client = host.client();
  const id = await startSample(client, 'text-lost', 'chat_completions');
  await openTrace(page, host.url, id, await wholeTrace(client, id));
  await page.keyboard.press('Control+5');
  await expect(page.locator('.numbers')).toContainText('of 188');
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const region = document.querySelector('[data-testid="announcer"]')!;
    new MutationObserver(() => said.push(region.textContent)).observe(region, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
  await page.getByRole('button', { name: 'max, as fast as possible' }).click();
  await page.locator('.playbar-play').click();
  await expect(page.locator('.playbar-play')).toHaveText('Again');
  await expect(page.getByTestId('announcer')).not.toHaveText('Playing');
  const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
  expect(said).toEqual(['Playing', expect.stringMatching(/^Complete/)]);
  await host.stop();
});

test('what a key changes elsewhere than at the focus is told to a screen reader', async ({ page }) => {
  const host = await startHost();
  const client = host.client();
  const id = await startSample(client, 'text-lost', 'chat_completions');
  await page.clock.install();
  await openTrace(page, host.url, id, await wholeTrace(client, id));
  const told = page.getByTestId('announcer');
  const press = async (key: string, said: string | RegExp) => {
    await page.keyboard.press(key);
    await expect(told).toHaveText(said);
  };
  await press('Control+p', '1 run starred');
  await press('Control+p', '1 run without a star');
  await press('t', /^Event 141, tool/);
  await press('x', /^Range: .+, \d+ events$/);
  await press('Escape', 'All times are shown again');
  await page.keyboard.press('Control+5');
  await expect(page.getByRole('group', { name: 'Transport' })).toBeVisible();
  await expect(page.locator('.numbers')).toContainText('of 188');
  await press('ArrowRight', /^Event 0, /);
  await press('ArrowLeft', 'Nothing has been played yet. Press play, or choose a place in the timeline.');
  // What plays is not at its end before the next key.
  await page.clock.pauseAt(new Date(await page.evaluate(() => Date.now() + 1_000)));
  await press('Space', 'Playing');
  await press('Space', /^Paused\. (Event \d+, |Nothing has been played yet\.)/);
  await press('ArrowRight', /^Event \d+, /);
  await press('Home', 'Playing from the start');
  await press('Space', /^Paused\. /);
  await press(']', 'Speed 2×');
  await page.clock.resume();
  await press('End', /^Complete/);
  await host.stop();
});
