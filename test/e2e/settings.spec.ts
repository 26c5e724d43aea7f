/** Settings over the built host: endpoints with keys that are never shown again, themes and defaults that a reload keeps. */
import { expect, test, type Page } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { complaints, openEmpty, startSample, wholeTrace } from '../support/page.ts';

let host: Host;
test.beforeEach(async ({ page }) => {
  host = await startHost();
  await openEmpty(page, host.url);
});
test.afterEach(() => host.stop());

const dialog = (page: Page) => page.getByRole('dialog', { name: 'Settings' });
const KEY = 'sk-never-to-be-seen-1a2b';

test('an address that ends in the path of an API is mended by one button', async ({ page }) => {
  await page.keyboard.press('Control+E');
  await dialog(page).getByRole('textbox', { name: 'Name', exact: true }).fill('Copied');
  const address = dialog(page).getByRole('textbox', { name: 'Base URL' });
  await address.fill('http://127.0.0.1:9/v1');
  await expect(dialog(page).getByRole('button', { name: /^Use / })).toHaveCount(0);
  await address.fill('http://127.0.0.1:9/v1/chat/completions');
  await expect(dialog(page)).toContainText('This URL ends in the path of an API');
  await dialog(page).getByRole('button', { name: 'Use http://127.0.0.1:9/v1' }).click();
  await expect(address).toHaveValue('http://127.0.0.1:9/v1');
  await expect(dialog(page)).not.toContainText('This URL ends in the path of an API');
});

test('an endpoint is added, given a key that is never shown again, changed and removed', async ({ page }) => {
  await page.keyboard.press('Control+E');
  const name = dialog(page).getByRole('textbox', { name: 'Name', exact: true });
  await expect(name).toBeFocused();

  await dialog(page).getByRole('button', { name: 'Add endpoint', exact: true }).click();
  await expect(name).toHaveAccessibleDescription('Enter a name of 1 to 200 characters.');
  await dialog(page).getByRole('button', { name: 'LM Studio' }).click();
  await expect(dialog(page).getByRole('textbox', { name: 'provider_name' })).toHaveValue('lmstudio_openai');
  await dialog(page).getByRole('textbox', { name: 'Key' }).fill(KEY);
  await dialog(page).getByRole('button', { name: 'Add endpoint', exact: true }).click();
  const entry = dialog(page)
    .getByRole('list', { name: 'Endpoints' })
    .getByRole('button', { name: /LM Studio/ });
  await expect(entry).toContainText('key ends in 1a2b');
  await expect(dialog(page).getByRole('textbox', { name: 'Key' })).toHaveValue('');
  expect(await page.content()).not.toContain(KEY);

  await name.fill('My model');
  await dialog(page).getByRole('textbox', { name: 'Idle timeout' }).fill('soon');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect(dialog(page).getByRole('textbox', { name: 'Idle timeout' })).toHaveAttribute('aria-invalid', 'true');
  await dialog(page).getByRole('textbox', { name: 'Idle timeout' }).fill('30');
  await dialog(page).getByRole('button', { name: 'Save' }).click();
  await expect
    .poll(() => own())
    .toMatchObject([
      { name: 'My model', limits: { answer: null, silence: 30 }, key: { configured: true, last4: '1a2b' } },
    ]);

  await dialog(page).getByRole('button', { name: 'Remove key' }).click();
  await expect.poll(() => own()).toMatchObject([{ key: { configured: false } }]);
  await dialog(page).getByRole('button', { name: 'Remove…' }).click();
  await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click();
  await expect.poll(() => own()).toEqual([]);
});

const own = async () => (await host.client().call('endpoints.list', {})).filter(({ builtIn }) => !builtIn);

test('the theme, the letter keys and the options for new runs outlast a reload', async ({ page }) => {
  await page.keyboard.press('Control+,');
  await dialog(page).getByRole('button', { name: 'High contrast' }).click();
  await dialog(page).getByRole('checkbox', { name: 'Single-letter keys' }).uncheck();
  await dialog(page).getByRole('tab', { name: 'Adapter options' }).click();
  await dialog(page).getByRole('checkbox', { name: 'put_inner_thoughts_in_kwarg' }).check();
  await expect
    .poll(() => host.client().call('settings.get', {}))
    .toMatchObject({ theme: 'contrast', singleKeys: false, options: { put_inner_thoughts_in_kwarg: true } });
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'contrast');
  await expect(page.getByRole('button', { name: 'New run' }).first()).toBeVisible();
  // Offered in the top bar with the commands; before that, keys do nothing.
  await expect(page.getByRole('button', { name: 'Settings' })).toBeVisible();
  await page.keyboard.press('?');
  await page.keyboard.press('Control+K');
  await expect(page.getByRole('dialog')).toHaveCount(1);
  await expect(page.getByRole('combobox', { name: /Search/ })).toBeFocused();
});

test('the size of the store is shown, and limits say what would go before it goes', async ({ page }) => {
  const client = host.client();
  const ids = [];
  for (let n = 0; n < 3; n++) {
    const id = await startSample(client, 'plain-text', 'messages');
    await wholeTrace(client, id);
    ids.push(id);
  }
  await client.call('traces.star', { ids: [ids[0]!], starred: true });
  await expect.poll(async () => (await client.call('store.size', {})).bytes).toBeGreaterThan(0);
  await page.locator(`#run-${ids[2]!}`).click();
  await expect(page.getByLabel('Numbers of the trace')).toContainText('stored');
  await page.keyboard.press('Control+,');
  await dialog(page).getByRole('tab', { name: 'Storage' }).click();
  await expect(dialog(page).getByLabel('Size of the store')).toContainText('3 runs');
  const status = dialog(page).getByRole('form', { name: 'Delete old runs' }).getByRole('status');
  await expect(status).toHaveText('Nothing is deleted automatically.');
  const days = dialog(page).getByRole('textbox', { name: 'Keep for' });
  await days.fill('none');
  await expect(days).toHaveAttribute('aria-invalid', 'true');
  await days.fill('1');
  await expect(status).toHaveText('No run is beyond this now.');
  await days.fill('');
  await dialog(page).getByRole('textbox', { name: 'Keep at most' }).fill('0.001');
  await expect(status).toContainText('2 runs');
  await expect(status).toContainText('would be deleted now. 1 run beyond the limit stays, as it has a star or a tag.');
  expect((await client.call('traces.list', {})).total).toBe(3);
  await dialog(page).getByRole('button', { name: 'Set, and delete 2 runs' }).click();
  await expect(dialog(page).getByLabel('Size of the store')).toContainText('1 run,');
  await expect(status).toContainText('No run is beyond the limit now.');
  expect((await client.call('traces.list', {})).rows.map(({ id }) => id)).toEqual([ids[0]]);
  expect((await client.call('settings.get', {})).retention).toEqual({ days: null, megabytes: 0.001 });
  // Who was not there when they went is told, until that is closed.
  await page.reload();
  const notice = page.locator('.banner', { hasText: '2 runs were deleted by your limit of 0.001 MB.' });
  await expect(notice).toBeVisible();
  await notice.getByRole('button', { name: 'Change limits' }).click();
  await expect(dialog(page).getByRole('textbox', { name: 'Keep at most' })).toHaveValue('0.001');
  await page.keyboard.press('Escape');
  await notice.getByRole('button', { name: 'Close' }).click();
  await expect(notice).toHaveCount(0);
});

test('says where the data lies', async ({ page }) => {
  const found = complaints(page);
  await page.getByRole('button', { name: 'Settings' }).click();
  await dialog(page).getByRole('tab', { name: 'About' }).click();
  await expect(dialog(page)).toContainText(host.dataDir);
  await expect(dialog(page)).toContainText('Open; recordings are saved.');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  expect(found).toEqual([]);
});
