/** Streams over reloads, lost connections, ended and killed hosts: nothing is missing and nothing comes twice. */
import { expect, test, type Page } from 'playwright/test';
import { endlessStream, type EndlessStream } from '../support/endless-stream.ts';
import { dataFolder, startHost } from '../support/host.ts';
import { expected, shown, startSample, wholeTrace } from '../support/page.ts';

let endless: EndlessStream;
test.beforeAll(async () => {
  endless = await endlessStream();
});
test.afterAll(() => endless.close());

const eventsShown = async (page: Page): Promise<number> => (await shown(page)).events;

// Each run is started before the page comes, which would otherwise begin with a sample of its own.

test('a reload in mid-stream goes on without a gap or a repeat', async ({ page }) => {
  const host = await startHost();
  const client = host.client();
  const id = await endless.start(client);
  const whole = wholeTrace(client, id);
  await page.goto(host.url);
  let before = 0;
  for (let reload = 0; reload < 3; reload++) {
    await expect.poll(() => eventsShown(page)).toBeGreaterThan(before + 100);
    before = await eventsShown(page);
    await page.reload();
  }
  await expect.poll(() => eventsShown(page)).toBeGreaterThan(before);
  endless.finish();
  const all = expected(await whole);
  expect(before).toBeLessThan(all.events);
  await expect.poll(() => shown(page)).toEqual(all);
  await host.stop();
});

test('a lost connection is taken up again in mid-stream, in the same page', async ({ page }) => {
  const host = await startHost();
  const client = host.client();
  // Each connection of the page passes through here, where the test can cut it.
  const sockets: { close(): Promise<void> }[] = [];
  await page.routeWebSocket('**/rpc', (socket) => {
    socket.connectToServer();
    sockets.push(socket);
  });
  const id = await endless.start(client);
  const whole = wholeTrace(client, id);
  await page.goto(host.url);
  for (let cut = 1; cut <= 3; cut++) {
    await expect.poll(() => eventsShown(page)).toBeGreaterThan(cut * 200);
    await sockets.at(-1)!.close();
    await expect.poll(() => sockets.length).toBe(cut + 1);
  }
  const before = await eventsShown(page);
  await expect.poll(() => eventsShown(page)).toBeGreaterThan(before);
  endless.finish();
  await expect.poll(() => shown(page)).toEqual(expected(await whole));
  await host.stop();
});

test('a hidden window keeps up, though it gets no frames to draw in', async ({ page }) => {
  const host = await startHost({ pace: 8 });
  await page.addInitScript(() => {
    Object.defineProperty(document, 'hidden', { get: () => true });
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    globalThis.requestAnimationFrame = () => 0;
  });
  const client = host.client();
  const id = await startSample(client, 'long-answer', 'messages');
  await page.goto(host.url);
  await expect.poll(() => shown(page)).toEqual(expected(await wholeTrace(client, id)));
  await host.stop();
});

test('a host killed in mid-stream leaves the trace readable and marked truncated', async ({ page }) => {
  const folder = await dataFolder();
  const first = await startHost({ dataDir: folder.path });
  const id = await endless.start(first.client());
  await page.goto(first.url);
  await expect.poll(() => eventsShown(page)).toBeGreaterThan(300);
  const before = await shown(page);
  await first.kill();

  const second = await startHost({ dataDir: folder.path });
  const client = second.client();
  const detail = await client.call('traces.get', { id });
  expect(detail.ending?.state).toBe('truncated');
  const stored = await wholeTrace(client, id);
  // Batches are committed every 16 ms or so; what was on screen that long before the end is stored.
  const kept = expected(stored);
  expect(kept.events).toBeGreaterThan(250);
  expect(before.text.wire.startsWith(kept.text.wire) || kept.text.wire.startsWith(before.text.wire)).toBe(true);
  await page.goto(second.url);
  await expect.poll(() => shown(page)).toEqual(kept);
  await second.stop();
  await folder.remove();
});

test('a page finds a host that was started again, once its new address was opened', async ({ page, context }) => {
  const folder = await dataFolder();
  const first = await startHost({ dataDir: folder.path });
  const client = first.client();
  const id = await startSample(client, 'plain-text', 'messages');
  const whole = expected(await wholeTrace(client, id));
  await page.goto(first.url);
  await expect.poll(() => shown(page)).toEqual(whole);
  await first.stop();
  await expect(page.getByText('The connection to the program was lost')).toContainText(
    'open the address that it printed',
  );

  const second = await startHost({ dataDir: folder.path, port: first.port });
  const other = await context.newPage();
  await other.goto(second.url);
  await expect(page.getByText('The connection to the program was lost')).toBeHidden();
  await expect.poll(() => shown(page)).toEqual(whole);
  const newer = await startSample(second.client(), 'plain-text', 'messages');
  const next = expected(await wholeTrace(second.client(), newer));
  await expect.poll(() => shown(page)).toEqual(next);
  await second.stop();
  await folder.remove();
});
