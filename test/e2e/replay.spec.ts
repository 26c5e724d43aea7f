/** The Replay tab over the real host: the recorded bytes again, at their times or faster, step by step, with other options, over a lost connection. */
import { expect, test, type Page } from 'playwright/test';
import type { Api } from '../../src/shared/model/stream.ts';
import { startHost, type Host } from '../support/host.ts';
import { complaints, expected, openTrace, shown, startSample, wholeTrace } from '../support/page.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost();
});
test.afterAll(() => host.stop());

async function openReplay(page: Page, model: string, api: Api) {
  const client = host.client();
  const id = await startSample(client, model, api);
  const trace = await wholeTrace(client, id);
  await openTrace(page, host.url, id, trace);
  await page.getByRole('tab', { name: /^Replay/ }).click();
  await expect(page.getByRole('group', { name: 'Transport' })).toBeVisible();
  // The tab gives the keys to its view as that arrives; until then an arrow would change the tab.
  await expect(page.getByRole('tab', { name: /^Replay/ })).not.toBeFocused();
  return trace;
}
const played = (page: Page) => page.getByRole('status', { name: 'Events played' });

test('steps event by event: lanes, numbers and inspector show what the playhead has passed, and no more', async ({
  page,
}) => {
  const faults = complaints(page);
  const trace = await openReplay(page, 'plain-text', 'messages');
  await expect(played(page)).toContainText(`event 0 of ${trace.events.length}`);
  for (const place of [
    page.getByRole('article', { name: 'Trace' }),
    page.getByRole('complementary', { name: 'Inspector' }),
  ])
    await expect(place).toContainText('Nothing has been played yet.');
  for (let step = 1; step <= 5; step++) {
    await page.keyboard.press('ArrowRight');
    await expect(played(page)).toContainText(`event ${step} of`);
    // Selected with the frame that shows it; before that, a key would still be about the event before.
    await expect(page.getByRole('heading', { name: `Event ${step - 1}`, exact: true })).toBeVisible();
  }
  await expect.poll(async () => (await shown(page)).events).toBe(5);
  // Back goes through what was played, and forward from there does not play on.
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('heading', { name: 'Event 3', exact: true })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('heading', { name: 'Event 4', exact: true })).toBeVisible();
  await expect(played(page)).toContainText('event 5 of');

  await page.getByRole('tab', { name: /^Live/ }).click();
  await expect.poll(() => shown(page)).toEqual(expected(trace));
  expect(faults).toEqual([]);
});

test('plays as fast as possible to the same end, by Space, and again', async ({ page }) => {
  const trace = await openReplay(page, 'text-lost', 'chat_completions');
  const said = page.getByTestId('announcer');
  await page.keyboard.press('ArrowRight');
  await expect(said).toHaveText('Replay started');
  const fastest = page.getByRole('button', { name: 'As fast as possible' });
  await fastest.click();
  await expect(fastest).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Space');
  await expect(said).toContainText('tokens');
  await expect(played(page)).toContainText(`event ${trace.events.length} of ${trace.events.length}`);
  await expect.poll(() => shown(page)).toEqual(expected(trace));
  await page.getByRole('button', { name: 'Play from the start' }).first().click();
  await expect(played(page)).toContainText(`event ${trace.events.length} of`);
});

test('plays the same bytes with other adapter options', async ({ page }) => {
  await openReplay(page, 'parallel-tools', 'messages');
  await page.getByRole('button', { name: 'As fast as possible' }).click();
  await page.getByRole('button', { name: 'Options' }).click();
  await page.getByRole('checkbox', { name: 'get_forecast' }).check();
  await page.getByRole('button', { name: 'Play with these' }).click();
  await expect(page.getByRole('button', { name: 'Other options' })).toBeVisible();
  await expect(page.locator('[data-lane="legacy"]')).toContainText('approval asked');
  await page.getByRole('tab', { name: /^Live/ }).click();
  await expect(page.locator('[data-lane="legacy"]')).not.toContainText('approval asked');
});

test('says what a lost connection did to it, and begins again by one button', async ({ page }) => {
  const sockets: { close(): Promise<void> }[] = [];
  const { promise: back, resolve: comeBack } = Promise.withResolvers<void>();
  await page.routeWebSocket('**/rpc', async (socket) => {
    sockets.push(socket);
    if (sockets.length > 1) await back;
    socket.connectToServer();
  });
  const trace = await openReplay(page, 'plain-text', 'messages');
  for (const step of [1, 2, 3]) {
    await page.keyboard.press('ArrowRight');
    await expect(played(page)).toContainText(`event ${step} of`);
  }
  await sockets.at(-1)!.close();
  await expect(page.locator('.replay')).toContainText('with it the position of the playhead');
  await expect.poll(async () => (await shown(page)).events).toBe(3);
  await expect.poll(() => sockets.length).toBe(2);
  // Asked for before the connection is back, it plays once it is.
  await page.locator('.ending').getByRole('button', { name: 'Play from the start' }).click();
  await expect(page.locator('.replay')).not.toContainText('with it the position of the playhead');
  comeBack();
  await expect(played(page)).toContainText(`event ${trace.events.length} of`);
});
