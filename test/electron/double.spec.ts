/** Holds the double to what it says of itself: an isolated preload, copies, and ports that end as Electron's do. */
import { expect, type Page } from 'playwright/test';
import { test } from './double-test.ts';

test.use({ main: 'test/electron/fixtures/ports.mjs' });

/** Asks for a port and gathers what comes over it; the port stays with the page under the name of the act. */
async function ask(page: Page, act: string): Promise<void> {
  await page.evaluate(
    (wanted) =>
      new Promise<void>((resolve) => {
        addEventListener('message', function take({ data, ports }: MessageEvent<{ readonly got?: string }>) {
          const [port] = ports;
          if (data.got !== wanted || !port) return;
          removeEventListener('message', take);
          const seen: unknown[] = [];
          Object.assign(window, { [wanted]: { port, seen } });
          port.addEventListener('message', (event: MessageEvent<unknown>) => seen.push(event.data));
          port.addEventListener('close', () => seen.push('CLOSED'));
          port.start();
          resolve();
        });
        postMessage({ ask: wanted }, location.origin);
      }),
    act,
  );
}

const seen = (page: Page, act: string) =>
  page.evaluate(
    (name) => (window as unknown as Record<string, { readonly seen: readonly unknown[] }>)[name]!.seen,
    act,
  );

test('the preload runs before the scripts of the page, in a world of its own, and loads nothing but electron', async ({
  shell,
}) => {
  const page = await shell.page();
  const found = await page.evaluate(() => {
    const all = window as unknown as Record<string, unknown>;
    return {
      early: all['early'],
      own: typeof all['ofThePreload'],
      exposed: all['tracelane'],
      frozen: Object.isFrozen((all['tracelane'] as { readonly deep: { readonly list: unknown } }).deep.list),
    };
  });
  expect(found).toEqual({
    early: 'object',
    own: 'undefined',
    exposed: { loaded: 'module not found: node:fs', deep: { list: [1] } },
    frozen: true,
  });
});

test('messages go both ways, in order, as copies', async ({ shell }) => {
  const page = await shell.page();
  await ask(page, 'copies');
  await expect.poll(() => seen(page, 'copies')).toEqual([{ list: [1, { deep: 'before' }] }]);
  await ask(page, 'echo');
  const sent = Array.from({ length: 200 }, (_one, index) => `message ${index}`);
  await page.evaluate((texts) => {
    const { port } = (window as unknown as { readonly echo: { readonly port: MessagePort } }).echo;
    for (const text of texts) port.postMessage(text);
  }, sent);
  await expect.poll(() => seen(page, 'echo')).toEqual(sent);
});

test('what cannot be cloned is refused and closes the port', async ({ shell }) => {
  const page = await shell.page();
  await ask(page, 'uncloneable');
  await expect.poll(() => seen(page, 'uncloneable')).toEqual(['CLOSED']);
  expect(shell.output).toMatch(/refused: .*could not be cloned/);
});

test('either side closes a port for both, and a page that goes takes its ports along', async ({ shell }) => {
  const page = await shell.page();
  await ask(page, 'closes');
  await expect.poll(() => seen(page, 'closes')).toEqual(['last', 'CLOSED']);
  await ask(page, 'echo');
  await page.evaluate(() => (window as unknown as { readonly echo: { readonly port: MessagePort } }).echo.port.close());
  await expect.poll(() => shell.output.split('echo closed').length - 1).toBe(1);
  await ask(page, 'echo');
  await page.reload();
  await expect.poll(() => shell.output.split('echo closed').length - 1).toBe(2);
});

test('a port that the program does not hold closes when it is collected', async ({ shell }) => {
  const page = await shell.page();
  await ask(page, 'forgotten');
  await ask(page, 'echo');
  await expect.poll(() => seen(page, 'forgotten')).toEqual(['first']);
  await expect
    .poll(async () => {
      await shell.program.collectGarbage();
      return seen(page, 'forgotten');
    })
    .toEqual(['first', 'CLOSED']);
  expect(await seen(page, 'echo')).toEqual([]);
});
