/** Files of any framing are dropped on the window: binary ones as bytes, and what is no stream is refused in words. */
import { gzipSync } from 'node:zlib';
import { expect, test, type Page } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { complaints, openEmpty, shown } from '../support/page.ts';
import { sampleBody } from '../support/sample-bytes.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost();
});
test.afterAll(() => host.stop());

const tab = (page: Page, name: RegExp) => page.getByRole('tab', { name });

async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await page.evaluate(
    ({ base64, file }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))], file));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    { base64: Buffer.from(bytes).toString('base64'), file: name },
  );
  await expect(page.getByRole('row', { selected: true })).toContainText(name);
}

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in the ${colorScheme} theme`, () => {
    test.use({ colorScheme });

    test('a file of Bedrock is read by every lane, and its binary frames are not offered as text', async ({ page }) => {
      const found = complaints(page);
      await openEmpty(page, host.url);
      const { bytes } = sampleBody('bedrock', 'plain-text');
      await drop(page, `bedrock-${colorScheme}.bin`, bytes);
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
      await drop(page, `ollama-${colorScheme}.jsonl`, sampleBody('ollama_chat', 'plain-text').bytes);
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

test('a file that is no stream is refused with what it is', async ({ page }) => {
  await openEmpty(page, host.url);
  await page.evaluate(
    (bytes) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(bytes)], 'answer.sse.gz'));
      document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    },
    [...gzipSync('data: {}\n\n')],
  );
  await expect(page.getByText('This is a gzip file, not a stream.')).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});
