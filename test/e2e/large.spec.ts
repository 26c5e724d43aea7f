/** Content of megabytes in one place: what is drawn of it is bounded, the cut is said, and it opens whole. */
import { expect, test, type Page } from 'playwright/test';
import type { Client } from '../../src/shared/rpc/client.ts';
import { allLanes } from '../../src/shared/lanes/registry.ts';
import { startHost, type Host } from '../support/host.ts';
import { importOver } from '../support/imports.ts';
import { complaints, openTrace, wholeTrace, withoutFirstSample } from '../support/page.ts';

/** More than all panes and lanes together may hold, and far less than any of the texts below in one lane. */
const MOST_CHARS = 700_000;
/** Megabytes are drawn a few thousand characters a frame: of frames, a busy machine has few. */
const DRAWN = { timeout: 90_000 };

let host: Host;
let client: Client;
test.beforeAll(async () => {
  host = await startHost();
  client = host.client();
});
test.afterAll(() => host.stop());

const chat = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const call = (name: string, args: string): object => ({
  tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: args } }],
});
const words = (length: number): string => 'lorem ipsum dolor '.repeat(length / 18 + 1).slice(0, length);

const ARGUMENTS = JSON.stringify({ text: words(1_500_000) });
const inPieces = Array.from({ length: Math.ceil(ARGUMENTS.length / 1000) }, (_, at) =>
  chat({ tool_calls: [{ index: 0, function: { arguments: ARGUMENTS.slice(at * 1000, (at + 1) * 1000) } }] }),
);
const BODIES: Readonly<Record<string, string>> = {
  'arguments in pieces': chat(call('write_file', '')) + inPieces.join(''),
  'arguments at once': chat(call('write_file', ARGUMENTS)),
  'a text in one line': chat({ role: 'assistant', content: words(3_000_000) }),
  'a name': chat(call('n'.repeat(1_000_000), '{}')),
};

async function open(page: Page, name: string): Promise<void> {
  const text = `${BODIES[name]}${chat({}, 'stop')}data: [DONE]\n\n`;
  const { id } = await importOver(client, { name, text, api: 'chat_completions' });
  await withoutFirstSample(page);
  await openTrace(page, host.url, id, await wholeTrace(client, id));
}

const chars = (page: Page): Promise<number> => page.evaluate(() => document.body.textContent.length);
const longest = (page: Page): Promise<number> =>
  page.locator('.streamed').evaluateAll((all) => all.reduce((most, one) => Math.max(most, one.textContent.length), 0));

for (const name of Object.keys(BODIES))
  test(`R24 I6 I8 ${name}: every view and pane draws a part of it`, async ({ page }) => {
    const faults = complaints(page);
    await open(page, name);
    await page.keyboard.press(name === 'a text in one line' ? 'ArrowRight' : 't');
    await expect(page.getByRole('complementary').getByRole('heading', { name: /^Event \d/ })).toBeVisible();
    for (const view of ['Events', 'Messages', 'Replay', 'Compare', 'Live']) {
      await page
        .getByRole('article')
        .getByRole('tab', { name: new RegExp(`^${view}`) })
        .click();
      await expect(page.locator('.loading')).toHaveCount(0);
      if (view === 'Compare')
        await expect(page.getByRole('table', { name: 'Verdict' })).toBeVisible({ timeout: 30_000 });
      expect(await chars(page), view).toBeLessThan(MOST_CHARS);
    }
    for (const pane of ['Event', 'Message', 'Raw', 'Request', 'Usage', 'Lint', 'Findings']) {
      await page
        .getByRole('complementary')
        .getByRole('tab', { name: new RegExp(`^${pane}( \\d+)?$`) })
        .click();
      expect(await chars(page), pane).toBeLessThan(MOST_CHARS);
    }
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox', { name: 'Search runs, messages, commands' })).toBeFocused();
    expect(await chars(page), 'palette').toBeLessThan(MOST_CHARS);
    expect(faults).toEqual([]);
  });

test('I6 a lane says that it draws the beginning of a text, and draws all of it when asked', async ({ page }) => {
  await open(page, 'arguments in pieces');
  const wire = page.locator('[data-lane="wire"]').first();
  await expect(page.getByText(/^Only the beginning of 1,500,\d{3} characters is drawn\./).first()).toBeVisible();
  const before = await longest(page);
  expect(before).toBeGreaterThan(100_000);
  expect(before).toBeLessThan(200_000);
  const more = page.getByRole('button', { name: 'Draw more' });
  // Each lane draws with a frame of its own.
  const lanes = allLanes().length;
  await expect(more).toHaveCount(lanes);
  await more.first().click();
  await expect.poll(() => longest(page), DRAWN).toBeGreaterThan(1_000_000);
  await expect(more).toHaveCount(lanes);
  await more.first().click();
  await expect(more).toHaveCount(lanes - 1);
  await expect.poll(() => longest(page), DRAWN).toBe(ARGUMENTS.length);
  await expect(wire).toBeVisible();
});

test('R24 I11 a long name says how much is left out, and the JSON of its event opens whole', async ({ page }) => {
  await open(page, 'a name');
  await expect(page.locator('.block-head h3').first()).toContainText('… 998,000 more characters');
  await page.keyboard.press('t');
  const json = page.getByRole('complementary').locator('.json');
  await expect(json).toContainText('more characters');
  const more = page.getByRole('button', { name: /^Show more/ });
  await more.click();
  await expect(more).toHaveCount(0);
  await expect.poll(async () => (await json.textContent())!.length, DRAWN).toBeGreaterThan(1_000_000);
});

test('R24 a message is shown whole when asked for, by parts, and copied whole', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, 'arguments at once');
  await page.keyboard.press('t');
  const inspector = page.getByRole('complementary');
  await inspector.getByRole('tab', { name: 'Message' }).click();
  const text = inspector.locator('.long-text').first();
  await expect.poll(async () => (await text.textContent())!.length).toBe(4_000);
  await inspector.getByRole('button', { name: 'Show all of 1,500,011 characters' }).first().click();
  await expect.poll(async () => (await text.textContent()) === ARGUMENTS, DRAWN).toBe(true);
  await inspector.getByRole('button', { name: 'Copy the Wire message as JSON' }).click();
  await expect(page.getByText('The Wire message as JSON copied')).toBeVisible();
  expect(await page.evaluate(async () => (await navigator.clipboard.readText()).length)).toBeGreaterThan(1_500_000);
});

test('R24 the comparison cuts a message of megabytes, says so, and shows it whole when asked for', async ({ page }) => {
  await open(page, 'a text in one line');
  await page
    .getByRole('article')
    .getByRole('tab', { name: /^Compare/ })
    .click();
  await page.getByRole('group', { name: 'Level' }).getByRole('button', { name: 'JSON' }).click();
  const more = page.getByRole('button', { name: /^Show all of 3,000,\d{3} characters$/ }).first();
  // What is equal is folded away.
  const folded = page.locator('.columns-fold button[aria-expanded="false"]').first();
  await expect(more.or(folded).first()).toBeVisible({ timeout: 30_000 });
  if (!(await more.isVisible())) await folded.click();
  await more.click();
  await expect
    .poll(
      () =>
        page
          .locator('.cell-messages .long-text')
          .evaluateAll((all) => Math.max(...all.map((one) => one.textContent.length))),
      DRAWN,
    )
    .toBeGreaterThan(3_000_000);
});
