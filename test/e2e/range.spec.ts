/** From the picture to the data and back: a range of the timeline, the longest waits, and the delta behind a character. */
import { expect, test, type Page } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { importOver } from '../support/imports.ts';
import { complaints, openTrace, startSample, wholeTrace } from '../support/page.ts';
import { chatBody, chunk } from '../support/wire.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost({ pace: 0.2 });
});
test.afterAll(() => host.stop());

async function open(page: Page) {
  const client = host.client();
  const id = await startSample(client, 'plain-text', 'messages');
  const trace = await wholeTrace(client, id);
  await openTrace(page, host.url, id, trace);
  return trace;
}

test('a stretch of the timeline filters every list and says its own figures; a wait of the list becomes one', async ({
  page,
}) => {
  const faults = complaints(page);
  const trace = await open(page);
  const { x, y, width } = (await page.locator('.timeline-over').boundingBox())!;
  const place = (ns: number) => x + (ns / (trace.lastNs * 1.02)) * width;
  const middle = trace.events[trace.events.length >> 1]!;
  await page.mouse.move(place(middle.tNs) - 4, y + 8);
  await page.mouse.down();
  await page.mouse.move(place(trace.lastNs) - 30, y + 8, { steps: 3 });
  await page.mouse.up();
  const figures = page.getByRole('group', { name: 'Figures of the range' });
  await expect(figures).toContainText('Longest gap');
  await expect(figures).toContainText('Gaps p50, p90, p99');
  const inRange = Number(/Events(\d+)/.exec((await figures.textContent())!)![1]);
  expect(inRange).toBeGreaterThan(1);
  expect(inRange).toBeLessThan(trace.events.length);
  const wire = page.locator('[data-lane="wire"]');
  await expect(wire.locator('.streamed')).toHaveCount(1);
  await page.getByRole('tab', { name: /^Events/ }).click();
  await expect(page.locator('.events')).toContainText(`${inRange} of ${trace.events.length} in the range`);
  // Its edge is dragged to the end: more lies in it.
  await page.mouse.move(place(trace.lastNs) - 30, y + 60);
  await page.mouse.down();
  await page.mouse.move(place(trace.lastNs) + 2, y + 60, { steps: 3 });
  await page.mouse.up();
  await expect
    .poll(async () => Number(/Events(\d+)/.exec((await figures.textContent())!)![1]))
    .toBeGreaterThan(inRange);
  await page.keyboard.press('Escape');
  await expect(figures).toHaveCount(0);

  await page.getByRole('button', { name: 'Longest waits' }).click();
  await page.getByRole('menuitem').first().click();
  await expect(figures).toContainText('Duration');
  expect(faults).toEqual([]);
});

test('a character leads to the delta that brought it, and a selected event to its characters', async ({ page }) => {
  const trace = await open(page);
  const text = page.locator('[data-lane="simple"] .streamed').last();
  const delta = trace.events.findLast(({ kind, chars }) => kind === 'text' && chars > 0)!;
  // The middle of the last character of the text.
  const at = await text.evaluate((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let last: Text | null = null;
    while (walker.nextNode()) last = walker.currentNode as Text;
    last!.parentElement!.scrollIntoView({ block: 'center' });
    const range = document.createRange();
    range.setStart(last!, last!.length - 1);
    range.setEnd(last!, last!.length);
    const { x, y, width, height } = range.getBoundingClientRect();
    return { x: x + width * 0.6, y: y + height / 2 };
  });
  await page.mouse.click(at.x, at.y);
  await expect(page.getByRole('heading', { name: `Event ${delta.index}`, exact: true })).toBeVisible();
  const marked = () =>
    page.evaluate(() =>
      [...CSS.highlights.get('chosen')!].map((range) => (range as StaticRange).endOffset - range.startOffset),
    );
  // In each lane that has its text.
  await expect.poll(async () => (await marked()).length).toBeGreaterThan(1);
  expect(new Set(await marked())).toEqual(new Set([delta.chars]));
  await page.keyboard.press('Escape');
  await expect.poll(marked).toEqual([]);
});

test('a character that was clicked stays in view when the inspector unfolds below it', async ({ page }) => {
  const words = Array.from({ length: 400 }, (_, at) => chunk({ content: `Word ${at} of a long answer. ` }));
  const text = chatBody(...words, chunk({}, {}, { finish_reason: 'stop' }), '[DONE]');
  const { id: long } = await importOver(host.client(), { name: 'long', text, api: 'chat_completions' });
  await page.setViewportSize({ width: 900, height: 640 });
  await page.goto(host.url);
  await page.locator(`#run-${long}`).click();
  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  const inspectorBox = async () => (await inspector.boundingBox())!;
  await expect(page.locator('.lane-head').last()).toContainText('nothing lost');
  await expect.poll(async () => (await inspectorBox()).height).toBeLessThan(40);
  // On the lowest line that is seen whole.
  const clicked = await page.locator('[data-lane="wire"] .streamed').evaluateAll((texts) => {
    const { top, bottom } = document.querySelector('.live-scroll')!.getBoundingClientRect();
    const range = document.createRange();
    for (let y = bottom - 4; y > top; y -= 4)
      for (const text of texts) {
        const caret = document.caretPositionFromPoint(text.getBoundingClientRect().left + 20, y);
        if (!(caret?.offsetNode instanceof Text) || !text.contains(caret.offsetNode)) continue;
        range.setStart(caret.offsetNode, caret.offset);
        range.setEnd(caret.offsetNode, caret.offset + 1);
        const box = range.getBoundingClientRect();
        Object.assign(window, { clicked: range });
        if (box.bottom <= bottom) return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
      }
    throw new Error('No text is in view.');
  });
  await page.mouse.click(clicked.x, clicked.y);
  await expect(inspector.getByRole('heading', { name: /^Event \d+$/ })).toBeVisible();
  await expect.poll(async () => (await inspectorBox()).y).toBeLessThan(clicked.y);
  const bottom = () =>
    page.evaluate(() => (window as unknown as { readonly clicked: Range }).clicked.getBoundingClientRect().bottom);
  await expect.poll(async () => (await inspectorBox()).y - (await bottom())).toBeGreaterThanOrEqual(0);
});
