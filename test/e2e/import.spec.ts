/** Files of any framing are dropped on the window: binary ones as bytes, and what is no stream is refused in words. */
import { gzipSync } from 'node:zlib';
import { expect, test, type Page } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { complaints, holding, openEmpty, shown } from '../support/page.ts';
import { sampleBody } from '../support/sample-bytes.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost();
});
test.afterAll(() => host.stop());

const tab = (page: Page, name: RegExp) => page.getByRole('tab', { name });

async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await dropOnly(page, name, bytes);
  await expect(page.getByRole('row', { selected: true })).toContainText(name);
}

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('a file of Bedrock is read by every lane, and its binary frames are not offered as text', async ({ page }) => {
      const found = complaints(page);
      await openEmpty(page, host.url);
      const { bytes } = sampleBody('bedrock', 'plain-text');
      await drop(page, 'bedrock.bin', bytes);
      for (const lane of ['wire', 'simple'])
        await expect.poll(async () => (await shown(page)).text[lane]).toContain('Boil the water first.');
      await expect.poll(async () => (await shown(page)).bytes).toBe(bytes.length);
      await page.screenshot({ path: test.info().outputPath('bedrock-live.png') });

      await tab(page, /^Events/).click();
      await page.getByRole('grid', { name: 'Events' }).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('button', { name: 'Copy JSON' })).toBeVisible();
      await expect(page.getByRole('button', { name: 'Copy SSE' })).toHaveCount(0);
      await page.screenshot({ path: test.info().outputPath('bedrock-events.png') });
      expect(found).toEqual([]);
    });

    test('a file of Ollama is read by the wire, and what needs other lanes says so', async ({ page }) => {
      const found = complaints(page);
      await openEmpty(page, host.url);
      await drop(page, 'ollama.jsonl', sampleBody('ollama_chat', 'plain-text').bytes);
      await expect.poll(async () => (await shown(page)).text['wire']).toContain('Boil the water first.');
      await page.screenshot({ path: test.info().outputPath('ollama-live.png') });

      await tab(page, /^Events/).click();
      await page.getByRole('grid', { name: 'Events' }).focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('button', { name: 'Copy JSON lines' })).toBeVisible();
      await tab(page, /^Messages/).click();
      await page.screenshot({ path: test.info().outputPath('ollama-messages.png') });
      await tab(page, /^Compare/).click();
      await expect(page.getByText('Only the wire reads streams of this API')).toBeVisible();
      await page.screenshot({ path: test.info().outputPath('ollama-compare.png') });
      expect(found).toEqual([]);
    });
  });

/** Drops files without waiting for what becomes of them. */
async function dropOnly(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await page.evaluate(
    ({ base64, file }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], file));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    { base64: Buffer.from(bytes).toString('base64'), file: name },
  );
}

test('a file that is no stream is refused with what it is', async ({ page }) => {
  await openEmpty(page, host.url);
  await dropOnly(page, 'picture.png', Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47]), Buffer.alloc(64)]));
  const dialog = page.getByRole('dialog', { name: 'Open a stream' });
  await expect(dialog.getByRole('status')).toContainText('This is a PNG image, not a stream.');
  await expect(dialog.getByRole('button', { name: 'Open', exact: true })).toBeDisabled();
});

const chat = (text: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta: { content: text } }] })}\n\ndata: [DONE]\n\n`;

test('of a file with several streams those that are chosen are opened', async ({ page }) => {
  await openEmpty(page, host.url);
  const entry = (url: string, text: string) => ({
    startedDateTime: '2026-11-01T10:00:00.000Z',
    request: { method: 'POST', url, headers: [{ name: 'Authorization', value: 'Bearer abcdefgh12345678' }] },
    response: { status: 200, statusText: 'OK', headers: [], content: { text } },
  });
  const entries = [
    entry('https://a.example/v1/chat/completions', chat('The first')),
    entry('https://a.example/logo.svg', '<svg/>'),
    entry('https://a.example/v1/chat/completions', chat('The second')),
  ];
  await dropOnly(page, 'two.har', gzipSync(JSON.stringify({ log: { entries } })));
  const dialog = page.getByRole('dialog', { name: 'Open a stream' });
  await expect(dialog.getByRole('listitem').filter({ hasText: 'POST https://a.example' })).toHaveCount(2);
  await expect(dialog).toContainText('The file was compressed with gzip.');
  await expect(dialog.getByRole('status')).toHaveText('1 other exchange contains no stream.');
  await page.screenshot({ path: test.info().outputPath('import-har.png') });
  await dialog.getByRole('checkbox', { name: 'Open stream 1' }).uncheck();
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect.poll(async () => (await shown(page)).text['wire']).toContain('The second');
});

test('a log that is pasted is repaired, and says so before it is opened', async ({ page }) => {
  await openEmpty(page, host.url);
  const log = chat('From a log')
    .split('\n')
    .map((line, at) => `2026-11-01 10:00:0${at} INFO ${line}`)
    .join('\n');
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', text);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, log);
  const dialog = page.getByRole('dialog', { name: 'Open a stream' });
  await expect(dialog.getByRole('list', { name: 'Streams found' })).toContainText('Lines had words before them');
  await page.screenshot({ path: test.info().outputPath('import-log.png') });
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect.poll(async () => (await shown(page)).text['wire']).toContain('From a log');
});

test('a dropped file is sent to the program once, whether it opens at once or after a choice', async ({ page }) => {
  const sent: string[] = [];
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => sent.push(String(payload))));
  await openEmpty(page, host.url);
  const times = (bytes: Buffer): number => sent.filter((frame) => frame.includes(bytes.toString('base64'))).length;

  const one = Buffer.from(chat('Sent once, opened at once'));
  await drop(page, 'once.sse', one);
  expect(times(one)).toBe(1);

  const repaired = Buffer.from(chat('Sent once, opened after a look').replaceAll(/^data/gm, 'INFO data'));
  await dropOnly(page, 'look.log', repaired);
  await page.getByRole('dialog', { name: 'Open a stream' }).getByRole('button', { name: 'Open', exact: true }).click();
  await expect.poll(async () => (await shown(page)).text['wire']).toContain('Sent once, opened after a look');
  expect(times(repaired)).toBe(1);

  const refused = Buffer.from('Sent once, and refused with what it is');
  await dropOnly(page, 'refused.txt', refused);
  const dialog = page.getByRole('dialog', { name: 'Open a stream' });
  await expect(dialog.getByRole('status')).toContainText('This is plain text, not a stream.');
  expect(times(refused)).toBe(1);
});

test('many files that are dropped at once become traces one by one, and those that cannot are named', async ({
  page,
}) => {
  await openEmpty(page, host.url);
  const files = Array.from({ length: 12 }, (_, n) => [`many-${n}.sse`, chat(`Dropped as number ${n}`)] as const);
  const before = (await host.client().call('traces.list', { limit: 1 })).total;
  await page.evaluate(
    (given) => {
      const dataTransfer = new DataTransfer();
      for (const [name, text] of given) dataTransfer.items.add(new File([text], name));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    [...files.slice(0, 6), ['notes.txt', 'Nothing that streams'], ['again.sse', files[0]![1]], ...files.slice(6)],
  );
  const said = page.locator('.toasts');
  await expect(said).toContainText('13 traces of 13 files. 1 of them was imported before.', { timeout: 45_000 });
  await expect(said).toContainText(
    /1 file of 14 could not be imported: notes\.txt: This is plain text, not a stream\./,
  );
  await expect(page.getByText(/^Importing/)).toHaveCount(0);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect((await host.client().call('traces.list', { limit: 1 })).total).toBe(before + 12);
  await expect.poll(async () => (await shown(page)).text['wire']).toContain('Dropped as number 0');
});

test('a file that takes long to read says so, and can be given up', async ({ page }) => {
  // How long a file takes is nobody's to say: its answer is kept back.
  const answer = await holding(page, 'imports.recognize');
  await openEmpty(page, host.url);
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    const text = `{"log":{"entries":[${'{"a":[1]},'.repeat(200_000)}{}]}}`;
    dataTransfer.items.add(new File([text], 'slow.har'));
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  });
  const dialog = page.getByRole('dialog', { name: 'Open a stream' });
  await expect(dialog.getByRole('status')).toContainText(/Reading .* MB … Cancel stops it\./);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  answer();
  // The program is free for the next one.
  await drop(page, 'after.sse', Buffer.from(chat('After the one that was given up')));
  await expect.poll(async () => (await shown(page)).text['wire']).toContain('After the one that was given up');
});
