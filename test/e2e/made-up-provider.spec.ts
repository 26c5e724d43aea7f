/** The built window shows a provider that only the program knows: no source names it. */
import { fileURLToPath } from 'node:url';
import { expect, test } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { parleyBody } from '../support/made-up-provider.ts';
import { complaints, openEmpty } from '../support/page.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost({
    imports: [fileURLToPath(new URL('../fixtures/with-made-up-provider.ts', import.meta.url))],
  });
});
test.afterAll(() => host.stop());

test('a stream of it is pasted, named, and shown by the wire lane', async ({ page }) => {
  const found = complaints(page);
  await openEmpty(page, host.url);
  await page.evaluate(
    (text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    },
    parleyBody(['The water ', 'is deep.']),
  );
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Parley words');
  await dialog.getByRole('button', { name: 'Open' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('.trace-head .chip').first()).toHaveText('PARL');
  await expect(page.getByText('The water is deep.').first()).toBeVisible();
  expect(found).toEqual([]);
});

test('an endpoint of its kind is added, and a request begins with its template', async ({ page }) => {
  const found = complaints(page);
  await openEmpty(page, host.url);
  await page.getByRole('button', { name: 'New run' }).first().click();
  await page.getByRole('button', { name: 'Add an endpoint' }).click();
  const settings = page.getByRole('dialog');
  await settings.getByRole('button', { name: 'Parley here' }).click();
  await expect(settings.getByText('With the port.')).toBeVisible();
  await expect(settings.getByText('Speaks Parley words.')).toBeVisible();
  await settings.getByRole('button', { name: 'Add endpoint', exact: true }).click();
  const editor = page.getByRole('dialog', { name: 'New run' });
  await expect(editor.getByRole('button', { name: 'Parley words', pressed: true })).toBeVisible();
  await expect(editor.getByText('How deep is the water?')).toBeVisible();
  expect(found).toEqual([]);
});
