/** The desktop app as a person uses it, the same on the double and on the real binary: only what is on screen is looked at. */
import { expect, type Locator, type Page, type TestType } from 'playwright/test';
import { shown, type Shown } from '../support/page.ts';
import type { LaunchOptions, ShellApp } from './shell-app.ts';

export interface AppFixtures<App extends ShellApp = ShellApp> {
  /** Starts the app; what is started is ended with the test. */
  readonly launch: (options?: Partial<LaunchOptions>) => Promise<App>;
  /** The folder of the test's data, which outlives its apps. */
  readonly dataDir: string;
}

export function appScenarios(test: TestType<AppFixtures, object>): void {
  test('the first start plays a sample in three lanes, without a click', async ({ launch }) => {
    const app = await launch();
    const page = await app.page();
    await expect(page.getByRole('region', { name: 'Samples' })).toBeVisible();
    for (const lane of ['wire', 'legacy', 'simple'])
      await expect(page.locator(`[data-lane="${lane}"] .streamed`).first()).not.toBeEmpty();
    await expect(page.getByRole('button', { name: 'Again' })).toBeVisible();
    expect((await shown(page)).text.wire.length).toBeGreaterThan(100);
  });

  test('a run is started from the menu, and cancelled', async ({ launch }) => {
    const app = await launch({ env: { TRACELANE_SAMPLE_PACE: '1' } });
    const page = await app.page();
    await runSample(app, page, 'long-answer');
    await expect.poll(() => eventsShown(page)).toBeGreaterThan(50);
    await stopButton(page).click();
    await expect(stopButton(page)).toBeHidden();
    const stopped = await shown(page);
    expect(stopped.events).toBeLessThan(2000);
    await expect(page.getByRole('row', { selected: true })).toContainText('cancelled');
  });

  test('a reload in mid-stream goes on over a new port, without a gap or a repeat', async ({ launch }) => {
    // Slower than a model, so that it streams through three page loads on a busy machine; then it has been seen, and is stopped.
    const app = await launch({ env: { TRACELANE_SAMPLE_PACE: '0.3' } });
    const page = await app.page();
    await runSample(app, page, 'long-answer');
    let before = 0;
    for (let reload = 0; reload < 3; reload++) {
      await expect.poll(() => eventsShown(page)).toBeGreaterThan(before + 50);
      before = await eventsShown(page);
      await page.reload();
    }
    await expect.poll(() => eventsShown(page)).toBeGreaterThan(before + 50);
    await stopButton(page).click();
    const live = await settled(page);
    expect(live.events).toBeGreaterThan(before);
    // From the store alone, in a page that saw nothing of the stream.
    await page.reload();
    await expect.poll(() => shown(page)).toEqual(live);
  });

  test('traces outlive the app: quit, start again, open', async ({ launch, dataDir }) => {
    const first = await launch({ dataDir });
    const page = await first.page();
    await runSample(first, page, 'plain-text');
    const before = await settled(page);
    expect(before.text.wire.length).toBeGreaterThan(50);
    expect(await first.quit()).toBe(0);

    const second = await launch({ dataDir });
    const again = await second.page();
    await again.getByRole('row').filter({ hasText: 'plain-text' }).first().click();
    await expect.poll(() => shown(again)).toEqual(before);
    expect(await second.quit()).toBe(0);
  });

  test('a key goes into the vault and never comes back', async ({ launch, dataDir }) => {
    const app = await launch({ dataDir });
    const page = await app.page();
    await app.clickMenu('settings.open');
    await page.getByRole('tab', { name: /endpoints/i }).click();
    await page.getByRole('button', { name: 'Add an endpoint' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Mine');
    await page.getByLabel('Base URL').fill('https://models.example/v1');
    await page.getByLabel('Key', { exact: true }).fill('sk-marker-0123456789abcdefWXYZ');
    await page.getByRole('button', { name: 'Add endpoint', exact: true }).click();
    await expect(page.getByRole('list', { name: 'Endpoints' }).getByRole('button', { name: /Mine/ })).toContainText(
      'WXYZ',
    );
    expect(await page.content()).not.toContain('sk-marker');
    expect(await app.quit()).toBe(0);

    const again = await launch({ dataDir });
    const next = await again.page();
    await again.clickMenu('settings.open');
    await next.getByRole('tab', { name: /endpoints/i }).click();
    await expect(next.getByRole('list', { name: 'Endpoints' }).getByRole('button', { name: /Mine/ })).toContainText(
      'WXYZ',
    );
  });
}

const eventsShown = async (page: Page): Promise<number> => (await shown(page)).events;

const stopButton = (page: Page): Locator => page.getByRole('button', { name: /^Stop/ });

/** Through the dialog that the menu opens, as a person would. */
export async function runSample(app: ShellApp, page: Page, model: string): Promise<void> {
  // The first screen starts a sample by itself; the menu is for what comes after it.
  await expect(page.getByText(/Ready|live/).first()).toBeVisible();
  await app.clickMenu('run.new');
  const dialog = page.getByRole('dialog', { name: 'New run' });
  await dialog.getByLabel('Sample').click();
  await page.getByRole('option', { name: new RegExp(model) }).click();
  // Keys that come while the list closes belong to it.
  await expect(page.getByRole('listbox')).toHaveCount(0);
  await expect(dialog.getByRole('textbox', { name: 'Request as JSON' })).toContainText(model);
  await expect(dialog.getByRole('button', { name: /^Run/ })).toBeEnabled();
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toBeHidden();
}

/** What is shown once the trace has ended and the numbers have caught up. */
async function settled(page: Page): Promise<Shown> {
  await expect(stopButton(page)).toBeHidden({ timeout: 60_000 });
  let last = await shown(page);
  await expect
    .poll(
      async () => {
        const now = await shown(page);
        const same = JSON.stringify(now) === JSON.stringify(last);
        last = now;
        return same && now.events > 0;
      },
      { intervals: [600], timeout: 60_000 },
    )
    .toBe(true);
  return last;
}
