/** A part of the window that fails: it says so and can be tried again, its report can be copied, and all the rest works on. */
import { expect, test, type Page } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { openTrace, startSample, wholeTrace, withoutFirstSample } from '../support/page.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost();
});
test.afterAll(() => host.stop());
test.beforeEach(({ context }) => context.grantPermissions(['clipboard-read', 'clipboard-write']));

const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });
const tab = (page: Page, name: string) => page.getByRole('tab', { name });

/** The sample that failed in the last test still stands in the list, so each takes one of its own. */
async function openSample(page: Page): Promise<string> {
  const client = host.client();
  const id = await startSample(client, 'parallel-tools', 'messages');
  await withoutFirstSample(page);
  await openTrace(page, host.url, id, await wholeTrace(client, id));
  return id;
}

/** What the clipboard has once the button was pressed. */
async function report(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Copy report' }).click();
  await expect(page.getByText('Report copied')).toBeVisible();
  return page.evaluate(() => navigator.clipboard.readText());
}

async function expectTheRestWorks(page: Page): Promise<void> {
  await tab(page, 'Events').click();
  // Until the rows have the focus, an arrow goes to another tab.
  await expect(page.getByRole('grid', { name: 'Events' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('contentinfo', { name: 'Keys' })).toContainText('event 0 of');
  await inspector(page).getByRole('tab', { name: 'Raw' }).click();
  await expect(inspector(page)).toContainText('event: message_start');
  await page.getByRole('navigation', { name: 'Runs' }).getByRole('row').first().click();
  await page.keyboard.press('Control+K');
  await expect(page.getByRole('combobox', { name: /Search/ })).toBeFocused();
  await page.keyboard.press('Escape');
}

test('a tab whose code does not load', async ({ page }) => {
  const compare = /\/CompareView-[^/]*\.js$/;
  await page.route(compare, (route) => route.abort());
  const id = await openSample(page);
  await tab(page, 'Compare').click();
  const card = page.getByRole('alert').filter({ hasText: 'The Compare tab could not be loaded.' });
  await expect(card).toBeVisible();
  const text = await report(page);
  expect(text).toContain('Fault in the Tracelane window: The Compare tab\n');
  expect(text).toMatch(/^Version: \d+\.\d+\.\d+, headless, /m);
  expect(text).toContain(`Trace: ${id}\n`);
  expect(text).toContain('Tab: compare; pane: event; dialog: none');
  expect(text).toMatch(/^Cause: TypeError: /m);
  expect(text).not.toContain(host.token);
  await card.getByRole('button', { name: 'Show raw bytes' }).click();
  await expect(inspector(page).getByRole('tab', { name: 'Raw' })).toHaveAttribute('aria-selected', 'true');
  await expect(inspector(page)).toContainText('event: message_start');
  await expectTheRestWorks(page);

  await tab(page, 'Compare').click();
  await expect(card).toBeVisible();
  await page.unroute(compare);
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(card).toBeHidden();
  await expect(page.getByRole('tabpanel', { name: 'Compare' })).toContainText('semantic', { ignoreCase: true });
});

test('a drawing that throws outside of React', async ({ page }) => {
  await page.addInitScript(() => {
    const own = globalThis as { broken?: boolean };
    own.broken = true;
    const { fillRect } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillRect = function (...box) {
      if (own.broken === true) throw new Error('no "sk-live-0123456789abcdef" for canvas');
      fillRect.apply(this, box);
    };
  });
  const id = await openSample(page);
  const card = page.getByRole('alert').filter({ hasText: 'The timeline failed' });
  await expect(card).toBeVisible();
  await expect(page.getByRole('alert').filter({ hasText: 'failed' })).toHaveCount(1);
  const text = await report(page);
  expect(text).toContain(`Trace: ${id}\n`);
  expect(text).toContain('Error: Error: no "[24 characters left out]" for canvas\n');
  expect(text).toMatch(/^Stack:\n {2}at /m);
  expect(text).not.toContain('sk-live');
  await expectTheRestWorks(page);
  await page.evaluate(() => {
    (globalThis as { broken?: boolean }).broken = false;
  });
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(card).toBeHidden();
});

test('a pane, beside which the raw bytes stay', async ({ page }) => {
  await openSample(page);
  await page.evaluate(() => {
    const { reduce } = Array.prototype;
    // The request as it is shown is what was written, with one change after another.
    // oxlint-disable-next-line no-extend-native -- a fault is what this test is about.
    Array.prototype.reduce = function broken(this: unknown[], ...given: [never, unknown?]) {
      if (typeof given[1] === 'string' && given[1].includes('"messages"')) throw new TypeError('cannot be written');
      return Reflect.apply(reduce, this, given) as never;
    } as typeof reduce;
  });
  await inspector(page).getByRole('tab', { name: 'Request' }).click();
  await expect(inspector(page).getByRole('alert')).toContainText('The Request pane failed: cannot be written.');
  await inspector(page).getByRole('button', { name: 'Show raw bytes' }).click();
  await expect(inspector(page)).toContainText('event: message_start');
  await expect(inspector(page).getByRole('alert')).toBeHidden();
});

test('a dialog, which can be closed', async ({ page }) => {
  await page.route(/\/RunEditor-[^/]*\.js$/, (route) => route.abort());
  await openSample(page);
  await page.keyboard.press('c');
  const dialog = page.getByRole('dialog', { name: 'New run' });
  await expect(dialog).toContainText('The dialog “New run” could not be loaded.');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expectTheRestWorks(page);
});

test('an event handler, a timer or a promise', async ({ page }) => {
  await openSample(page);
  for (const [how, message] of [
    ['timer', 'the clock stands'],
    ['promise', 'it was promised'],
  ] as const) {
    await page.evaluate(
      ([kind, text]) => {
        if (kind === 'promise') void Promise.reject(new RangeError(text));
        else
          setTimeout(() => {
            throw new RangeError(text);
          });
      },
      [how, message] as const,
    );
    const toast = page.locator('.toast').filter({ hasText: `Something in the window failed: ${message}.` });
    await expect(toast).toHaveCount(1);
    expect(await report(page)).toContain(`Error: RangeError: ${message}\n`);
    await expect(toast).toBeHidden();
    await page.locator('.toast').getByRole('button', { name: 'Close' }).first().click();
  }
  await expectTheRestWorks(page);
});
