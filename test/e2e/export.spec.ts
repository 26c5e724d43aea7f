/** Runs leave the window as a person lets them: what is in the file is said before, can be changed, and opens elsewhere. */
import { readFile } from 'node:fs/promises';
import { expect, test, type Page } from 'playwright/test';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { startHost, type Host } from '../support/host.ts';
import { complaints, holding, openEmpty, shown } from '../support/page.ts';

let host: Host;
let elsewhere: Host;
test.beforeAll(async () => {
  [host, elsewhere] = await Promise.all([startHost(), startHost()]);
});
test.afterAll(() => Promise.all([host.stop(), elsewhere.stop()]));

const KEY = 'sk-proj-0123456789abcdefghijABCD';
const event = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta: { content } }] })}\n\n`;
const BODY = `${event('Use the key ')}${event(`${KEY} for it.`)}data: [DONE]\n\n`;

/** A run with a secret in what was asked, in a header, and in what was answered; `word` tells it from the others. */
async function withSecrets(word: string): Promise<TraceId> {
  const entry = {
    startedDateTime: '2026-11-01T10:00:00.000Z',
    request: {
      method: 'POST',
      url: 'https://a.example/v1/chat/completions',
      headers: [{ name: 'Authorization', value: 'Bearer abcdefgh12345678' }],
      postData: {
        mimeType: 'application/json',
        text: JSON.stringify({
          model: 'm',
          stream: true,
          messages: [{ role: 'user', content: `${word}: where is ${KEY}?` }],
        }),
      },
    },
    response: { status: 200, statusText: 'OK', headers: [], content: { mimeType: 'text/event-stream', text: BODY } },
  };
  const text = JSON.stringify({ log: { version: '1.2', entries: [entry] } });
  const { traces } = await host.client().call('traces.import', { name: `${word}.har`, text, again: true });
  return traces[0]!.id;
}

const body = async (of: Host, id: TraceId): Promise<string> =>
  Buffer.from((await of.client().call('traces.bytes', { id, start: 0, end: 1e6 })).bytes, 'base64').toString();

async function saved(page: Page): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const coming = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  const download = await coming;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Opens the file in the other program as a person does, and says which trace it became. */
async function openElsewhere(page: Page, { name, bytes }: { readonly name: string; readonly bytes: Buffer }) {
  const list = () => elsewhere.client().call('traces.list', { limit: 10 });
  const before = (await list()).total;
  await openEmpty(page, elsewhere.url);
  await page.evaluate(
    ({ base64, file }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], file));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    { base64: bytes.toString('base64'), file: name },
  );
  // What an earlier file became shows the same words.
  await expect.poll(async () => (await list()).total).toBe(before + 1);
  await expect.poll(async () => (await shown(page)).text['wire']).toContain('Use the key');
  return (await list()).rows[0]!.id;
}

test('with a changed manifest a bundle holds what was chosen, and opens elsewhere the same to the byte', async ({
  page,
}) => {
  const found = complaints(page);
  const id = await withSecrets('changed');
  await page.goto(host.url);
  await page.locator(`#run-${id}`).click();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: /^Export/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await expect(dialog.getByRole('status')).toContainText('It will be saved as');
  const secrets = dialog.getByRole('region', { name: 'Secrets' });
  await expect(secrets).toContainText('request header authorization');
  await expect(secrets).toContainText(/response body, bytes \d+ to \d+/);
  await expect(secrets).toContainText('will be replaced');

  await dialog.getByRole('checkbox', { name: 'Request body' }).uncheck();
  await expect(secrets).not.toContainText('request body');
  await dialog.getByRole('checkbox', { name: 'Export them unchanged' }).check();
  await expect(secrets).toContainText('will be exported unchanged');
  const file = await saved(page);
  expect(file.name).toMatch(/\.tracelane\.jsonl\.gz$/);
  await expect(dialog).toBeHidden();

  const there = await openElsewhere(page, file);
  expect(await body(elsewhere, there)).toBe(BODY);
  const detail = await elsewhere.client().call('traces.get', { id: there });
  expect(detail.request).toEqual({ messages: [] });
  expect(detail.requestHead?.url).toBe('https://a.example/v1/chat/completions');
  expect(found).toEqual([]);
});

test('as it is offered, secrets do not leave, and offsets stay', async ({ page }) => {
  const id = await withSecrets('offered');
  await page.goto(host.url);
  await page.locator(`#run-${id}`).click();
  await expect.poll(async () => (await shown(page)).events).toBeGreaterThan(0);
  await page.keyboard.press('Control+s');
  await expect(page.getByRole('dialog').getByRole('status')).toContainText('It will be saved as');
  const there = await openElsewhere(page, await saved(page));
  const text = await body(elsewhere, there);
  expect([text.includes(KEY), text.length, text.slice(0, 100)]).toEqual([false, BODY.length, BODY.slice(0, 100)]);
});

test('both marked runs leave in one file, and a format for one says why it cannot hold them', async ({ page }) => {
  const [first, second] = [await withSecrets('one'), await withSecrets('another')];
  await page.goto(host.url);
  await page.locator(`#run-${first}`).click();
  await page.locator(`#run-${second}`).click({ modifiers: ['ControlOrMeta'] });
  await page.getByRole('button', { name: 'Export both marked runs' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export 2 runs' });
  await expect(dialog.getByRole('region', { name: 'Runs' }).getByRole('listitem')).toHaveCount(2);
  await dialog.getByRole('radio', { name: /^Response body/ }).check();
  await expect(dialog.getByRole('status')).toContainText('Response body holds one trace.');
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
  await dialog.getByRole('radio', { name: /^HTTP archive/ }).check();
  await dialog.getByRole('checkbox', { name: 'Heads' }).uncheck();
  await expect(dialog.getByRole('status')).toContainText('.har');
  const { name, bytes } = await saved(page);
  expect(name).toBe('2-traces.har');
  expect((JSON.parse(bytes.toString()) as { log: { entries: unknown[] } }).log.entries).toHaveLength(2);
});

test('a file that is given up while it is made is not saved', async ({ page }) => {
  const id = await withSecrets('given up');
  const { promise: made, resolve: isMade } = Promise.withResolvers<void>();
  const release = await holding(page, 'exports.make', undefined, isMade);
  const downloads: string[] = [];
  page.on('download', (download) => downloads.push(download.suggestedFilename()));
  await page.goto(host.url);
  await page.locator(`#run-${id}`).click();
  const open = async () => {
    await page.getByRole('button', { name: 'Export the selected run' }).click();
    return page.getByRole('dialog', { name: 'Export' });
  };
  const dialog = await open();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('status')).toContainText('Cancel gives it up');
  await made;
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  release();

  await open();
  await dialog.getByRole('radio', { name: /^Response body/ }).check();
  const { name } = await saved(page);
  expect(downloads).toEqual([name]);
});

for (const colorScheme of ['light', 'dark'] as const)
  for (const viewport of [
    { width: 1440, height: 900 },
    { width: 900, height: 640 },
  ])
    test(`the dialog fits ${viewport.width} by ${viewport.height} in the ${colorScheme} theme`, async ({ browser }) => {
      const id = await withSecrets(`look ${colorScheme} ${viewport.width}`);
      const page = await browser.newPage({ colorScheme, viewport });
      await page.goto(host.url);
      await page.locator(`#run-${id}`).click();
      await page.getByRole('button', { name: 'Export the selected run' }).click();
      const dialog = page.getByRole('dialog', { name: 'Export' });
      await expect(dialog.getByRole('status')).toContainText('It will be saved as');
      await page.screenshot({ path: test.info().outputPath('export.png') });
      const scrolls = await dialog.evaluate((element) => element.scrollWidth > element.clientWidth);
      expect(scrolls).toBe(false);
      const box = (await dialog.boundingBox())!;
      expect(
        box.x >= 0 && box.y >= 0 && box.x + box.width <= viewport.width && box.y + box.height <= viewport.height,
      ).toBe(true);
      await page.close();
    });
