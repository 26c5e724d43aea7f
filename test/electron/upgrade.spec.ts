/** The desktop window while traces of an older format are upgraded. */
import { expect } from 'playwright/test';
import { heldUpgrade } from '../support/old-store.ts';
import { test } from './double-test.ts';

test('is open meanwhile and says so, and is the window itself after that', async ({ launch, dataDir }) => {
  const upgrade = await heldUpgrade(dataDir);
  const app = await launch({ env: upgrade.env });
  const page = await app.page();
  await expect(page.getByRole('heading', { name: 'is being upgraded' })).toBeVisible();
  expect(await app.windowCount()).toBe(1);
  await upgrade.goOn();
  // On a busy machine the page that looks again takes long.
  await expect(page.getByText('Ready')).toBeVisible({ timeout: 60_000 });
  expect(await app.windowCount()).toBe(1);
  expect(await app.quit()).toBe(0);
});
