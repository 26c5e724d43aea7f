/** The Messages tab over the real host: what each lane emitted, in order, with its cause and its JSON. */
import { expect, test } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { complaints, openTrace, startSample, wholeTrace } from '../support/page.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost();
});
test.afterAll(() => host.stop());
test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test('lists the messages of the chosen lanes, opens their JSON and copies all', async ({ page }) => {
  const faults = complaints(page);
  const client = host.client();
  const id = await startSample(client, 'text-lost', 'chat_completions');
  const trace = await wholeTrace(client, id);
  const { messages } = trace;
  const legacy = messages.filter(({ lane }) => lane === 'legacy');
  await openTrace(page, host.url, id, trace);
  await page.getByRole('tab', { name: /^Messages/ }).click();
  const grid = page.getByRole('grid', { name: 'Messages' });
  await expect(grid).toHaveAttribute('aria-rowcount', String(messages.length));

  const lanes = page.getByRole('group', { name: 'Lanes' });
  await lanes.getByRole('button', { name: 'Wire' }).click();
  await lanes.getByRole('button', { name: 'Simple' }).click();
  await expect(grid).toHaveAttribute('aria-rowcount', String(legacy.length));
  await grid.focus();
  await page.keyboard.press('j');
  const active = grid.locator('.grid-row.active');
  await expect(active).toContainText(legacy[0]!.message.message_type);
  await expect(page.locator('.hints')).toContainText(`event ${legacy[0]!.event} of`);
  await page.keyboard.press('Enter');
  await expect(active.locator('.json')).toContainText('"message_type"');

  await page.getByRole('button', { name: /as JSON lines/ }).click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(async () => (await copied()).split('\n').length).toBe(legacy.length);
  expect((await copied()).split('\n').map((line) => JSON.parse(line) as unknown)).toEqual(
    legacy.map(({ message }) => JSON.parse(JSON.stringify(message)) as unknown),
  );
  expect(faults).toEqual([]);
});
