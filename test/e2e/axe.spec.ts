/** No screen of a trace, no dialog and no menu breaks a rule that axe-core checks, in any theme. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from 'playwright/test';
import type { Settings } from '../../src/shared/rpc/contract.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { startHost, type Host } from '../support/host.ts';
import { openEmpty, openTrace, startSample, wholeTrace } from '../support/page.ts';

let host: Host;
let id: TraceId;
let other: TraceId;
test.beforeAll(async () => {
  host = await startHost();
  const client = host.client();
  other = await startSample(client, 'plain-text', 'messages');
  id = await startSample(client, 'parallel-tools', 'messages');
  await Promise.all([other, id].map((one) => wholeTrace(client, one)));
});
test.afterAll(() => host.stop());

/** Each rule that is broken, with the elements. What a theme can break is the contrast: the other rules are held to once. */
async function expectSound(page: Page, where: string, theme: Settings['theme'] = 'dark'): Promise<void> {
  // What fades in has no contrast yet.
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'));
  // The editor's text takes the focus and scrolls by its keys; axe does not always find it in the editor's shadow root.
  const builder = new AxeBuilder({ page })
    .exclude({ fromShadowDom: ['.editor', '.cm-scroller'] })
    // What is sound is not described, and a window without frames needs no second page to gather the results of frames in.
    .options({ resultTypes: ['violations'] })
    .setLegacyMode();
  const { violations } = await (theme === 'dark' ? builder : builder.withRules(['color-contrast'])).analyze();
  const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  expect(said, where).toEqual([]);
}

const tab = (page: Page, name: string) => page.getByRole('article').getByRole('tab', { name: new RegExp(`^${name}`) });
const pane = (page: Page, name: string) =>
  page.getByRole('complementary').getByRole('tab', { name: new RegExp(`^${name}`) });
/** The code of a view comes late; what it says while it comes is no view. */
const arrived = (page: Page) => expect(page.locator('.loading')).toHaveCount(0);

const THEMES: readonly Settings['theme'][] = ['dark', 'light'];

for (const theme of THEMES) {
  test.describe(theme, () => {
    test.use({ reducedMotion: 'reduce' });
    test.beforeEach(async ({ page }) => {
      const client = host.client();
      await client.call('settings.set', { theme });
      await openTrace(page, host.url, id, await wholeTrace(client, id));
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    });

    test('every tab and every pane of a trace', async ({ page }) => {
      await expectSound(page, 'Live, no event selected', theme);
      await page.keyboard.press('t');
      for (const name of ['Live', 'Events', 'Messages', 'Replay', 'Compare']) {
        await tab(page, name).click();
        await arrived(page);
        if (name === 'Compare') await expect(page.getByRole('table', { name: 'Verdict' })).toBeVisible();
        await expectSound(page, name, theme);
      }
      for (const name of ['Event', 'Message', 'Raw', 'Request', 'Usage', 'Lint', 'Findings']) {
        await pane(page, name).click();
        await arrived(page);
        await expectSound(page, `${name} pane`, theme);
      }
    });

    test('what opens in place, and what is scrolled or filtered away', async ({ page }) => {
      for (const [name, grid] of [
        ['Events', 'Events'],
        ['Messages', 'Messages'],
      ] as const) {
        await tab(page, name).click();
        const rows = page.getByRole('grid', { name: grid });
        await rows.getByRole('row').nth(2).click();
        await page.keyboard.press('Enter');
        await expect(rows.getByRole('region').first()).toBeVisible();
        await expectSound(page, `${name}, a row opened`, theme);
        await rows.evaluate((element) => element.scrollTo(0, element.scrollHeight));
        await expectSound(page, `${name}, the active row scrolled away`, theme);
      }
      await page.getByRole('combobox', { name: 'Filter runs' }).fill('plain-text');
      await expect(page.locator(`#run-${id}`)).toHaveCount(0);
      await expectSound(page, 'the selected run filtered away', theme);
      await page.getByRole('combobox', { name: 'Filter runs' }).fill('no such run');
      await expect(page.getByText('No run matches.')).toBeVisible();
      await expectSound(page, 'no run found', theme);
      await page.getByRole('combobox', { name: 'Filter runs' }).fill('sta');
      await expect(page.getByRole('option', { name: 'state:' })).toBeVisible();
      await expectSound(page, 'fields suggested for a filter', theme);
      await page.getByRole('combobox', { name: 'Filter runs' }).fill('modle:x');
      await expect(page.getByRole('status').filter({ hasText: 'Did you mean “model”?' })).toBeVisible();
      await expectSound(page, 'a filter that cannot be read', theme);
    });

    test('every way of comparing', async ({ page }) => {
      await tab(page, 'Compare').click();
      await page.locator('.find-sentence').first().click();
      await expect(page.getByText('Bytes at fault')).toBeVisible();
      await page.getByRole('button', { name: 'What causes it' }).click();
      await expectSound(page, 'a finding opened', theme);
      for (const level of ['JSON', 'Text', 'Options matrix']) {
        await page.getByRole('button', { name: level, exact: true }).click();
        await expect(page.locator('.matrix, .columns').first()).toBeVisible();
        await expectSound(page, level, theme);
      }
      await page.locator(`#run-${other}`).click({ modifiers: ['ControlOrMeta'] });
      await expect(page.getByRole('table', { name: 'Numbers of both runs' })).toBeVisible();
      await expectSound(page, 'two runs', theme);
    });

    test('menus and dialogs', async ({ page }) => {
      for (const name of ['More actions', /^\d lanes/]) {
        await page.getByRole('button', { name }).click();
        await expect(page.getByRole('menu')).toBeVisible();
        await expectSound(page, `the menu ${name}`, theme);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('menu')).toHaveCount(0);
      }
      for (const [keys, dialog] of [
        ['Control+k', 'Search runs, messages, commands'],
        ['?', 'Keys'],
        ['Control+,', 'Settings'],
        ['c', 'New run'],
        ['Control+s', 'Export'],
      ] as const) {
        await page.keyboard.press(keys);
        await expect(page.getByRole('dialog', { name: dialog })).toBeVisible();
        await arrived(page);
        await expectSound(page, dialog, theme);
        await page.keyboard.press('Escape');
        await expect(page.getByRole('dialog')).toHaveCount(0);
      }
    });
  });
}

test('every tab and every pane of a trace in a window at 200% zoom', async ({ page }) => {
  const client = host.client();
  await client.call('settings.set', { theme: 'dark' });
  await page.setViewportSize({ width: 720, height: 450 });
  await openTrace(page, host.url, id, await wholeTrace(client, id));
  for (const name of ['Live', 'Events', 'Messages', 'Replay', 'Compare']) {
    await tab(page, name).click();
    await arrived(page);
    await expectSound(page, `${name} at 200%`);
  }
  for (const name of ['Event', 'Message', 'Raw', 'Request', 'Usage', 'Lint', 'Findings']) {
    await pane(page, name).click();
    await arrived(page);
    await expectSound(page, `${name} pane at 200%`);
  }
});

test('the first screen', async ({ page }) => {
  const empty = await startHost();
  try {
    await openEmpty(page, empty.url);
    await expect(page.getByRole('region', { name: 'Samples' }).getByRole('listitem')).toHaveCount(6);
    await expectSound(page, 'no sample has played');
    await page.keyboard.press('1');
    await expect(page.getByRole('region', { name: 'Wire', exact: true })).toContainText('After the end');
    await expectSound(page, 'a sample has played');
  } finally {
    await empty.stop();
  }
});
