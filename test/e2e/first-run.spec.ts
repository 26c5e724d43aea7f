/** The first screen over the built host: the first sample plays unasked, once; the others are a key away; what was played opens as runs. */
import { expect, test, type Page } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { complaints, startSample, withoutFirstSample } from '../support/page.ts';

let host: Host;
test.beforeEach(async () => {
  host = await startHost();
});
test.afterEach(() => host.stop());

const heading = (page: Page) => page.getByRole('article').getByRole('heading', { level: 1 });
const lane = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const stored = async () => (await host.client().call('traces.list', {})).total;

test('an empty store plays the first sample in three lanes without a click, and a reload plays nothing again', async ({
  page,
}) => {
  const found = complaints(page);
  await page.goto(host.url);
  await expect(heading(page)).toContainText('Text lost when the model also calls a tool');
  await expect(lane(page, 'Wire')).toContainText('Trains from Lisbon to Porto');
  await expect(lane(page, 'Simple')).toContainText('Trains from Lisbon to Porto');
  await expect(lane(page, 'Legacy')).toContainText('No text message');
  await expect(lane(page, 'Wire')).toContainText('After the end');
  expect(await stored()).toBe(1);

  await page.reload();
  await expect(lane(page, 'Wire')).toContainText('Trains from Lisbon to Porto');
  await expect(page.getByRole('navigation', { name: 'Ways to start' })).toBeVisible();
  expect(await stored()).toBe(1);
  expect(found).toEqual([]);
});

test('keys 1 to 6 play the samples there, each named by what goes wrong, and Enter opens the last as a run', async ({
  page,
}) => {
  await page.goto(host.url);
  const cards = page.getByRole('region', { name: 'Samples' }).getByRole('listitem');
  await expect(cards).toHaveCount(6);
  for (let number = 2; number <= 6; number++) {
    await page.keyboard.press(String(number));
    const title = await cards
      .nth(number - 1)
      .locator('b')
      .textContent();
    await expect(heading(page)).toContainText(title!);
    await expect(cards.nth(number - 1)).toContainText('shown');
    await expect(cards.nth(number - 1)).toContainText(/Legacy|Simple/);
  }
  await page.keyboard.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Runs' })).toContainText('6 runs');
  await expect(page.getByRole('article', { name: 'Trace' })).toContainText('reasoning-lost');
});

test('the other samples play over each of their APIs', async ({ page }) => {
  await page.goto(host.url);
  const samples = page.getByRole('region', { name: 'Samples' });
  await samples.getByRole('button', { name: /Others/ }).click();
  const card = samples.getByRole('listitem').filter({ hasText: 'A plain answer' });
  // The button lies over the model's name, which may be cut short.
  await expect(card.getByRole('button').first()).toHaveAttribute('title', 'plain-text');
  for (const family of ['CHAT', 'RESP', 'MSG']) {
    await card.getByRole('button', { name: `Play over ${family}` }).click();
    await expect(heading(page)).toContainText(`A plain answer${family}`);
    await expect(lane(page, 'Wire')).toContainText('After the end');
  }
});

test('a run that came from elsewhere takes the place of the first screen', async ({ page }) => {
  await withoutFirstSample(page);
  await page.goto(host.url);
  await expect(page.getByText('Choose a sample below to see it play.')).toBeVisible();
  await startSample(host.client(), 'plain-text', 'messages');
  await expect(page.getByRole('navigation', { name: 'Runs' })).toContainText('1 run');
  await expect(lane(page, 'Wire')).toContainText('After the end');
});

test('a key pressed while another sample is being started is not lost', async ({ page }) => {
  await page.goto(host.url);
  await expect(page.getByRole('region', { name: 'Samples' }).getByRole('listitem')).toHaveCount(6);
  await page.keyboard.press('2');
  await page.keyboard.press('6');
  await expect(heading(page)).toContainText('Reasoning never becomes a message');
  await expect.poll(stored).toBe(3);
});

test('a sample can be held while it is recorded, stepped through and let go on', async ({ page }) => {
  await host.stop();
  host = await startHost({ pace: 0.5 });
  await page.goto(host.url);
  const wire = lane(page, 'Wire').locator('.streamed');
  const words = page.locator('.last-words p').first();
  await expect(wire.first()).toContainText('Trains');
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByRole('button', { name: 'Play', exact: true })).toBeVisible();
  // The recording goes on behind what is shown.
  await expect(page.getByRole('button', { name: 'Again' })).toBeVisible();
  await expect(lane(page, 'Wire')).not.toContainText('After the end');
  const before = Number(/event (\d+)/.exec((await words.textContent())!)![1]);
  await page.keyboard.press('ArrowRight');
  await expect(words).toContainText(`event ${before + 1} `);
  await page.keyboard.press('ArrowLeft');
  await expect(words).toContainText(`event ${before} `);
  await page.getByLabel('Speed').selectOption('2');
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect(lane(page, 'Wire')).toContainText('After the end');
});
