/** The palette, the key sheet and streams from outside, over the built host. */
import { expect, test, type Page } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { importOver, importShort } from '../support/imports.ts';
import { complaints, openEmpty } from '../support/page.ts';

let host: Host;
test.beforeEach(async ({ page }) => {
  host = await startHost();
  await openEmpty(page, host.url);
});
test.afterEach(() => host.stop());

const options = (page: Page) => page.getByRole('dialog').getByRole('option');
const wire = (page: Page) => page.getByRole('region', { name: 'Wire', exact: true });

async function ask(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+K');
  await expect(page.getByRole('combobox', { name: /Search/ })).toBeFocused();
  await page.keyboard.type(words);
}

test('plays a sample, finds its run and runs commands, by name', async ({ page }) => {
  const found = complaints(page);
  await ask(page, 'mid-stream');
  await expect(options(page).first()).toContainText('An error in mid-stream');
  await page.keyboard.press('Enter');
  await expect(wire(page)).toContainText('After the end');
  await ask(page, 'open the sample');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('navigation', { name: 'Runs' })).toBeVisible();

  await ask(page, 'error-in-stream');
  await expect(page.getByRole('dialog').getByText('Runs', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await ask(page, 'filter');
  await expect(options(page).first()).toContainText('Filter runs');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('combobox', { name: 'Filter runs' })).toBeFocused();
  expect(found).toEqual([]);
});

test('takes what is typed before its code has come, and runs no command by it', async ({ page }) => {
  let bring = () => {};
  const asked = new Promise<void>((resolve) => (bring = resolve));
  await page.route('**/Palette-*.js', async (route) => {
    await asked;
    await route.continue();
  });
  await page.reload();
  await expect(page.getByRole('button', { name: 'New run' }).first()).toBeVisible();
  await page.keyboard.press('Control+K');
  await page.keyboard.type('Cut t');
  bring();
  const field = page.getByRole('combobox', { name: /Search/ });
  await expect(field).toBeFocused();
  await page.keyboard.type('heme');
  await expect(field).toHaveValue('Cut theme');
  await expect(page.getByRole('dialog')).toHaveCount(1);
});

test('finds what was said in a run of long ago, and opens it there', async ({ page }) => {
  const found = complaints(page);
  const piece = (content: string, finish: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
  const text = `${piece('The harbour opens ')}${piece('at sev')}${piece('en in winter.')}${piece('', 'stop')}data: [DONE]\n\n`;
  const client = host.client();
  const { id: longAgo } = await importOver(client, { name: 'Long ago', text, api: 'chat_completions' });
  for (let n = 0; n < 230; n++) await importShort(client, `Hay ${n}`);
  const runs = page.getByRole('navigation', { name: 'Runs' });
  await expect(runs).toContainText('231 runs');
  await ask(page, 'opens SEVEN');
  const hit = options(page).filter({ hasText: 'The harbour opens at seven in winter.' });
  await expect(hit).toContainText('answer · Long ago');
  await expect(hit.locator('mark')).toHaveText(['opens', 'seven']);
  await hit.click();
  await expect(page.getByRole('article').getByRole('heading', { level: 1 })).toContainText('Long ago');
  // The event that brought the first of the words; the list has come to the run.
  await expect(page.getByRole('tab', { name: 'Messages' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('heading', { name: 'Event 0', exact: true })).toBeVisible();
  await expect(runs.getByRole('row', { selected: true })).toContainText('Long ago');

  // By another name, which no message has, and before the list knows of it.
  await client.call('traces.rename', { id: longAgo, title: 'Zanzibar' });
  await page.reload();
  await expect(runs).toContainText('231 runs');
  await ask(page, 'zanzi');
  await page.getByRole('option', { name: /Zanzibar/ }).click();
  await expect(runs.getByRole('row', { selected: true })).toContainText('Zanzibar');

  await ask(page, 'no such words anywhere');
  await expect(page.getByRole('dialog')).toContainText('No results.');
  await page.keyboard.press('Escape');
  await page.getByRole('combobox', { name: 'Filter runs' }).fill('harbour');
  await expect(runs).toContainText('1 / 231 runs');
  expect(found).toEqual([]);
});

test('offers no command that can do nothing now', async ({ page }) => {
  await ask(page, 'delete');
  await expect(options(page).filter({ hasText: /^Delete/ })).toHaveCount(0);
});

test('shows every key by group, and gives the focus back', async ({ page }) => {
  await page.getByRole('button', { name: 'New run' }).first().focus();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  await expect(sheet.getByRole('heading')).toContainText([
    'Keys',
    'Window',
    'Runs',
    'Go to',
    'Trace',
    'Timeline',
    'Replay',
    'Compare',
  ]);
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'New run' }).first()).toBeFocused();
});

const STREAM =
  'data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"Good evening"}}]}\n\ndata: [DONE]\n\n';

test('a stream that is pasted on the window opens as order only', async ({ page }) => {
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, STREAM);
  const dialog = page.getByRole('dialog', { name: 'Open a stream' });
  await expect(dialog.getByRole('list', { name: 'Streams found' })).toContainText(
    'Chat Completions · 1 event · order only',
  );
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(wire(page)).toContainText('Good evening');
  await expect(page.getByRole('navigation', { name: 'Runs' }).getByRole('row').first()).toContainText('order only');
});

test('text that is no stream cannot be opened, and the dialog says why', async ({ page }) => {
  await ask(page, 'paste');
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Open a stream' });
  await dialog.getByRole('textbox', { name: 'Text' }).fill('Dear reader');
  await expect(dialog.getByRole('status')).toContainText('This is plain text, not a stream.');
  await expect(dialog.getByRole('button', { name: 'Open', exact: true })).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'Text' }).fill('data: {"x": 1}\n\n');
  await dialog.getByRole('button', { name: 'Messages' }).click();
  await expect(dialog.getByRole('button', { name: 'Open', exact: true })).toBeEnabled();
});

test('a file that is dropped on the window opens at once when its API shows', async ({ page }) => {
  await page.evaluate((text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], 'evening.sse'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, STREAM);
  await expect(wire(page)).toContainText('Good evening');
  await expect(page.getByRole('row', { selected: true })).toContainText('evening.sse');
});

test('a dropped file that is no text is opened byte for byte', async ({ page }) => {
  await page.evaluate((text) => {
    const dataTransfer = new DataTransfer();
    const odd = new Uint8Array([0x3a, 0xff, 0x0a]);
    dataTransfer.items.add(new File([odd, text], 'odd.sse'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  }, STREAM);
  await expect(wire(page)).toContainText('Good evening');
  await expect(page.getByRole('row', { selected: true })).toContainText('odd.sse');
});
