/** Whatever goes wrong with an answer or with the store: a sentence on screen, the raw answer one click away, and the app goes on. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test, type Locator, type Page } from 'playwright/test';
import { FAULT_MODELS } from '../../src/main/core/samples/faults.ts';
import { endpointId } from '../../src/shared/model/ids.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { dataFolder, startHost, type Host } from '../support/host.ts';
import { startSample, wholeTrace, withoutFirstSample } from '../support/page.ts';

const trace = (page: Page) => page.getByRole('article', { name: 'Trace' });

test.describe('an answer', () => {
  let host: Host;
  test.beforeAll(async () => {
    host = await startHost();
    // The ones that never end by themselves are ended by the limits of this endpoint.
    const sample = (await host.client().call('endpoints.list', {})).find(({ id }) => id === 'sample-openai')!;
    await host.client().call('endpoints.save', {
      name: 'Impatient',
      baseUrl: sample.baseUrl,
      type: 'openai',
      provider_name: 'openai',
      limits: { answer: 1, silence: 1 },
    });
    await host.client().call('endpoints.save', {
      name: 'Nobody',
      baseUrl: 'http://127.0.0.1:9/v1',
      type: 'openai',
      provider_name: 'openai',
    });
  });
  test.afterAll(() => host.stop());

  async function run(page: Page, endpointName: string, model: string): Promise<void> {
    const client = host.client();
    const endpoint = (await client.call('endpoints.list', {})).find(({ name }) => name === endpointName)!;
    const request = { model, messages: [{ role: 'user', content: 'Go.' }] };
    const { id } = await client.call('runs.start', {
      endpoint: endpointId(endpoint.id),
      api: 'chat_completions',
      request,
      options: DEFAULT_OPTIONS,
    });
    const { ending, events } = await wholeTrace(client, id);
    await page.goto(host.url);
    await page.locator(`#run-${id}`).click();
    if (ending!.state === 'complete') {
      expect(events.length).toBeGreaterThan(0);
      return;
    }
    await expect(trace(page)).toContainText(ending!.rule);
    await expect(trace(page)).toContainText(ending!.advice!);
    await trace(page).getByRole('button', { name: 'Raw response' }).click();
    await expect(
      page.getByRole('complementary', { name: 'Inspector' }).getByRole('tab', { name: 'Raw' }),
    ).toHaveAttribute('aria-selected', 'true');
  }

  for (const model of FAULT_MODELS)
    test(`of the model ${model} ends in words`, async ({ page }) => run(page, 'Impatient', model));
  test('that nobody gives ends in words', async ({ page }) => run(page, 'Nobody', 'any'));

  test('after any of these the next one is like ever', async ({ page }) => {
    const id = await startSample(host.client(), 'plain-text', 'messages');
    const { ending } = await wholeTrace(host.client(), id);
    expect(ending?.state).toBe('complete');
    await page.goto(host.url);
    await page.locator(`#run-${id}`).click();
    await expect(trace(page)).toContainText('After the end');
  });
});

test.describe('a store', () => {
  const refused: readonly (readonly [string, RegExp, (file: string) => void])[] = [
    [
      'of a newer program',
      /newer/,
      (file) => {
        const db = new Database(file);
        db.pragma('user_version = 999');
        db.close();
      },
    ],
    ['that is no database', /tracelane\.db/, (file) => writeFileSync(file, 'not a database, '.repeat(100))],
  ];
  for (const [what, sentence, make] of refused)
    test(`${what} is said in a banner, and runs work all the same`, async ({ page }) => {
      const folder = await dataFolder();
      make(join(folder.path, 'tracelane.db'));
      const host = await startHost({ dataDir: folder.path });
      await withoutFirstSample(page);
      await page.goto(host.url);
      await expect(page.getByRole('alert').filter({ hasText: sentence })).toContainText('kept only in memory');
      const id = await startSample(host.client(), 'plain-text', 'messages');
      await page.locator(`#run-${id}`).click();
      await expect(trace(page)).toContainText('After the end');
      await host.stop();
      await folder.remove();
    });
});

/** A host over the store of one run that is over, after `change` was made to the file. */
async function overChanged(change: (db: Database.Database) => unknown) {
  const folder = await dataFolder();
  const first = await startHost({ dataDir: folder.path });
  const id = await startSample(first.client(), 'plain-text', 'messages');
  await wholeTrace(first.client(), id);
  await first.stop();
  const db = new Database(join(folder.path, 'tracelane.db'));
  change(db);
  db.close();
  const host = await startHost({ dataDir: folder.path });
  const end = async (): Promise<void> => {
    await host.stop();
    await folder.remove();
  };
  return { host, id, end };
}

test('a store that can only be read says so at the terminal and in the window, which shows what it has', async ({
  page,
}) => {
  const { host, id, end } = await overChanged((db) => db.pragma('user_version = 999'));
  await expect.poll(() => host.output.stderr).toContain('were written by a newer Tracelane');
  await page.setViewportSize({ width: 720, height: 450 });
  await withoutFirstSample(page);
  await page.goto(host.url);
  const banner = page.getByRole('alert').filter({ hasText: 'newer' });
  await expect(banner).toContainText('kept only in memory');
  await expect(banner).toContainText('Stored traces can be read.');
  await page.locator(`#run-${id}`).click();
  await expect(trace(page)).toContainText('After the end');
  // The banner takes of the height; the folded inspector still shows its tabs alone.
  await expect(page.getByRole('complementary').getByRole('tab', { name: 'Raw' })).toBeVisible();
  await expect(page.getByRole('complementary').getByRole('tabpanel')).toBeHidden();
  // One reason is told once, however often it is met.
  const toasts = page.locator('.toast');
  await page.keyboard.press('Control+p');
  await expect(toasts).toContainText('The star could not be saved');
  await page.keyboard.press('Delete');
  await expect(toasts.last()).toContainText('The run could not be deleted');
  await expect(toasts).toHaveCount(1);
  await page.keyboard.press('Control+,');
  await page.getByRole('tab', { name: 'Storage' }).click();
  await expect(page.getByLabel('Size of the store')).toContainText('read-only; new runs are kept in memory');
  await expect(page.getByLabel('Size of the store')).not.toContainText('free');
  await end();
});

test('a run that is damaged and did not end well says both, over the whole width', async ({ page }) => {
  const { host, id, end } = await overChanged((db) =>
    db.exec("UPDATE traces SET state = 'reset', rule = 'The connection broke.', usage = '{'"),
  );
  await withoutFirstSample(page);
  await page.goto(host.url);
  await page.locator(`#run-${id}`).click();
  await expect(trace(page).getByRole('alert')).toContainText('damaged');
  await expect(trace(page)).toContainText('After the end');
  const width = (of: Locator) => of.evaluate((element) => element.getBoundingClientRect().width);
  const whole = await width(trace(page));
  for (const part of ['.trace-head', '.ending[role="alert"]', '.ending[role="status"]', '.trace-tabs'])
    expect([part, await width(trace(page).locator(part))]).toEqual([part, whole]);
  await end();
});

test('a run that says nothing shows how long, and is called out after a minute, though keep-alive comes', async ({
  page,
}) => {
  const host = await startHost();
  await page.clock.install();
  await withoutFirstSample(page);
  await page.goto(host.url);
  const client = host.client();
  const request = { model: 'fault-stall-comments', messages: [{ role: 'user', content: 'Go.' }] };
  const { id } = await client.call('runs.start', {
    endpoint: endpointId('sample-openai'),
    api: 'chat_completions',
    request,
    options: DEFAULT_OPTIONS,
  });
  await page.locator(`#run-${id}`).click();
  const clock = trace(page).getByRole('timer');
  await page.clock.fastForward(5_000);
  await expect(clock).toHaveText(/^waiting \d+ seconds$/);
  await page.clock.fastForward(70_000);
  await expect(clock).toHaveText(/^no content for /);
  await client.call('runs.cancel', { id });
  await expect(clock).toHaveCount(0);
  await host.stop();
});
