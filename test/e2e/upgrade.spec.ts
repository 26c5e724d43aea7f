/** What the window shows while traces of an older format are upgraded. */
import { expect, test } from 'playwright/test';
import { dataFolder, startHost } from '../support/host.ts';
import { heldUpgrade } from '../support/old-store.ts';
import { withoutFirstSample } from '../support/page.ts';

/** The notice is loaded again and again before the window: on a busy machine that takes long. */
const WINDOW_MS = 60_000;

test('the window says that the traces are upgraded and what that means, and is there after it', async ({ page }) => {
  const folder = await dataFolder();
  const upgrade = await heldUpgrade(folder.path);
  const host = await startHost({ dataDir: folder.path, env: upgrade.env });
  try {
    await expect.poll(() => host.output.stderr).toContain('is being upgraded to the format of this version.');
    await withoutFirstSample(page);
    await page.goto(host.url);
    await expect(page.getByRole('heading', { name: 'is being upgraded' })).toBeVisible();
    await expect(page.getByText('This usually takes up to 2 seconds')).toBeVisible();
    await expect(page.getByText('no trace is lost')).toBeVisible();
    await upgrade.goOn();
    await expect(page.getByText('Ready')).toBeVisible({ timeout: WINDOW_MS });
    expect(await host.client().call('traces.list', { limit: 1 })).toMatchObject({ total: 0 });
  } finally {
    await host.stop();
    await folder.remove();
  }
});

test('an upgrade that is ended from outside begins again with the next start', async ({ page }) => {
  const folder = await dataFolder();
  const upgrade = await heldUpgrade(folder.path);
  try {
    const host = await startHost({ dataDir: folder.path, env: upgrade.env });
    await host.kill();
    await upgrade.goOn();
    const next = await startHost({ dataDir: folder.path });
    await page.goto(next.url);
    await expect(page.getByText('Ready')).toBeVisible();
    expect((await next.client().call('app.info', {})).storeProblem).toBeUndefined();
    await next.stop();
  } finally {
    await folder.remove();
  }
});
