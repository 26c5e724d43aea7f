/** Replay over the real host: the recorded stream again, at any moment of it, at its times or faster, step by step, with other options. */
import { expect, test, type Page } from 'playwright/test';
import type { Api } from '../../src/shared/model/stream.ts';
import { startHost, type Host } from '../support/host.ts';
import { complaints, expected, openTrace, shown, startSample, wholeTrace } from '../support/page.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost();
});
test.afterAll(() => host.stop());

async function openReplay(page: Page, model: string, api: Api) {
  const client = host.client();
  const id = await startSample(client, model, api);
  const trace = await wholeTrace(client, id);
  await openTrace(page, host.url, id, trace);
  await page.getByRole('tab', { name: /^Replay/ }).click();
  return trace;
}
const played = (page: Page) => page.getByRole('status', { name: 'Events played' });
const speed = (page: Page, name: string) =>
  page.getByRole('group', { name: 'Speed' }).getByRole('button', { name, exact: name !== 'max' });

test('steps by event both ways: lanes, numbers and inspector show what the playhead has passed, and no more', async ({
  page,
}) => {
  const faults = complaints(page);
  const trace = await openReplay(page, 'plain-text', 'messages');
  // Pressed at once: what is asked for is done, however soon.
  await page.keyboard.press('ArrowRight');
  await expect(played(page)).toContainText(`played 1 of ${trace.events.length}`);
  await page.keyboard.press('ArrowLeft');
  await expect(played(page)).toContainText('played 0 of');
  for (const place of [
    page.getByRole('article', { name: 'Trace' }),
    page.getByRole('complementary', { name: 'Inspector' }),
  ])
    await expect(place).toContainText('Nothing has been played yet.');
  const heads = page.locator('.lane:not([data-lane="wire"]) .lane-head');
  await expect(heads.filter({ hasText: 'nothing read yet' })).toHaveCount(2);
  const timeline = page.getByRole('region', { name: 'Timeline' });
  const topOfTimeline = async () => (await timeline.boundingBox())!.y;
  const top = await topOfTimeline();
  for (let step = 0; step < 5; step++) await page.keyboard.press('ArrowRight');
  await expect(played(page)).toContainText('played 5 of');
  await expect(heads.filter({ hasText: 'nothing read yet' })).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Event 4', exact: true })).toBeVisible();
  expect((await shown(page)).events).toBe(5);
  // The numbers that grow had their room before: the timeline is not pushed down under the pointer.
  expect(await topOfTimeline()).toBe(top);
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('heading', { name: 'Event 3', exact: true })).toBeVisible();
  expect(await shown(page)).toEqual(expected(trace.asOf(trace.countWith(3))));
  await page.keyboard.press('Shift+ArrowRight');
  await expect(played(page)).not.toContainText('played 4 of');

  // A comparison is of the whole.
  await page
    .locator('.trace')
    .getByRole('tab', { name: /^Compare/ })
    .click();
  await expect(page.getByRole('table', { name: 'Verdict' })).toBeVisible();
  // The other tabs stand there, too, until the replay is left.
  await page.getByRole('tab', { name: /^Events/ }).click();
  await expect(page.getByRole('grid', { name: 'Events' })).toBeVisible();
  await page.getByRole('tab', { name: /^Live/ }).click();
  await page.getByRole('button', { name: 'Leave the replay' }).click();
  await expect.poll(() => shown(page)).toEqual(expected(trace));
  expect(faults).toEqual([]);
});

test('a press anywhere on the timeline, or a drag over it, has every pane stand at that moment', async ({ page }) => {
  const trace = await openReplay(page, 'plain-text', 'messages');
  await expect(played(page)).toContainText('played 0 of');
  const end = trace.lastNs * 1.02;
  // On the axis, where the time is meant unless an event is near. Looked for each time: the numbers above the timeline move it where they need another line.
  const boxOf = async () => (await page.locator('.timeline-over').boundingBox())!;
  const place = async (ns: number, pixelsOn = 0): Promise<[x: number, y: number]> => {
    const { x, y, width } = await boxOf();
    return [x + (ns / end) * width + pixelsOn, y + 8];
  };
  // Near enough to the last event to mean it, and behind all of its time. The end of the stream may come much later.
  await page.mouse.click(...(await place(trace.events.at(-1)!.tNs, 6)));
  await expect(played(page)).toContainText(`played ${trace.events.length} of`);
  await expect(page.getByLabel('Numbers of the trace')).toContainText(`${trace.events.length} of`);
  // There and back to where the drag began, but for a pixel.
  await page.mouse.move(...(await place(trace.lastNs)));
  await page.mouse.down();
  await page.mouse.move(...(await place(0)));
  await expect(played(page)).toContainText('played 0 of');
  await page.mouse.move(...(await place(trace.lastNs, 1)));
  await expect.poll(() => shown(page)).toEqual(expected(trace));
  await page.mouse.up();
  await page.mouse.move(...(await place(trace.lastNs)));
  await page.mouse.down();
  const middle = trace.reads[trace.reads.length >> 1]!.tNs;
  for (const ns of [0.9 * trace.lastNs, 0.1 * trace.lastNs, middle]) await page.mouse.move(...(await place(ns)));
  await page.mouse.up();
  const { width } = await boxOf();
  // A pixel is some time: what is shown is a moment of it.
  const near = [-1, 0, 1].map((pixels) => trace.countAt(middle + (pixels * end) / width));
  const moments = Array.from({ length: near[2]! - near[0]! + 1 }, (_, at) => expected(trace.asOf(near[0]! + at)));
  await expect(async () => expect(moments).toContainEqual(await shown(page))).toPass();
  const now = await shown(page);
  await expect(page.getByLabel('Numbers of the trace')).toContainText(`${now.events} of ${trace.events.length}`);
  await page.keyboard.press('End');
  await expect.poll(() => shown(page)).toEqual(expected(trace));
});

test('plays as fast as possible to the same end, by Space, and again', async ({ page }) => {
  const trace = await openReplay(page, 'text-lost', 'chat_completions');
  const said = page.getByTestId('announcer');
  await expect(said).toHaveText('Replay started');
  const fastest = speed(page, 'max');
  await fastest.click();
  await expect(fastest).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('Space');
  await expect(said).toContainText('tokens');
  await expect(played(page)).toContainText(`played ${trace.events.length} of ${trace.events.length}`);
  await expect.poll(() => shown(page)).toEqual(expected(trace));
  await page.keyboard.press('Home');
  await expect(said).toContainText('tokens');
  await expect(played(page)).toContainText(`played ${trace.events.length} of`);
});

test('plays the same bytes with other adapter options, as soon as they are decoded', async ({ page }) => {
  await openReplay(page, 'parallel-tools', 'messages');
  await speed(page, 'max').click();
  await page.getByRole('button', { name: 'Options' }).click();
  await page.getByRole('checkbox', { name: 'get_forecast' }).check();
  await page.getByRole('button', { name: 'Play with these' }).click();
  await expect(page.getByRole('button', { name: 'Other options' })).toBeVisible();
  await expect(page.locator('[data-lane="legacy"]')).toContainText('approval asked');
  await page.getByRole('button', { name: 'Leave the replay' }).click();
  await page.getByRole('tab', { name: /^Live/ }).click();
  await expect(page.locator('[data-lane="legacy"]')).not.toContainText('approval asked');
});
