/** What a small window and colours of one's own must leave to see. */
import { expect, test, type Locator } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { shown, startSample, wholeTrace } from '../support/page.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost();
  await wholeTrace(host.client(), await startSample(host.client(), 'text-lost', 'chat_completions'));
});
test.afterAll(() => host.stop());

const style = (locator: Locator, name: string, pseudo?: string) =>
  locator.evaluate((element, [property, part]) => getComputedStyle(element, part).getPropertyValue(property!), [
    name,
    pseudo,
  ] as const);

test('a narrow window keeps the parts of its top bar apart, and their names', async ({ page }) => {
  await page.setViewportSize({ width: 800, height: 600 });
  await page.goto(host.url);
  await page.locator('.run').first().click();
  const newRun = page.getByRole('button', { name: 'New run' });
  await expect(newRun).toBeVisible();
  const [search, button] = await Promise.all([page.locator('.top .search').boundingBox(), newRun.boundingBox()]);
  expect(search!.x + search!.width).toBeLessThanOrEqual(button!.x);
  const status = await page.locator('.top .status').first().boundingBox();
  expect(status!.x + status!.width).toBeLessThanOrEqual(search!.x);
});

test('a low and narrow window leaves the lanes room, and every speed of a replay in reach', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 640 });
  await page.goto(host.url);
  await page.locator('.run').first().click();
  const lane = await page.locator('[data-lane="wire"]').first().boundingBox();
  const inspector = await page.locator('.inspector').boundingBox();
  expect(inspector!.y - lane!.y).toBeGreaterThan(120);
  await page.getByRole('button', { name: 'Timeline' }).click();
  await expect(page.getByRole('region', { name: 'Timeline' })).toContainText('Network');
  await page.getByRole('tab', { name: /^Replay/ }).click();
  await expect(page.getByRole('button', { name: 'As fast as possible' })).toBeInViewport({ ratio: 1 });
  // One line of numbers, of a playing too.
  await expect(page.locator('.numbers')).toContainText('At');
  expect((await page.locator('.numbers').boundingBox())!.height).toBeLessThan(60);
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(page.locator('.numbers')).toContainText('of 188');
  expect((await page.locator('.numbers').boundingBox())!.height).toBeLessThan(60);
  await page.getByRole('button', { name: 'Leave the replay' }).click();
  await expect(page.locator('.numbers')).toContainText('Total');
  expect((await page.locator('.numbers').boundingBox())!.height).toBeLessThan(60);
});

test('at its smallest width the inspector scrolls to the end of the rows of bytes', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(host.url);
  await page.locator('.run').first().click();
  await expect.poll(async () => (await shown(page)).events).toBe(188);
  await page.keyboard.press('t');
  const bytes = page.locator('.inspector .hex');
  await expect(bytes.locator('.hex-row').first()).toBeVisible();
  const splitter = (await page.getByRole('separator', { name: 'Size of the inspector' }).boundingBox())!;
  await page.mouse.move(splitter.x + splitter.width / 2, 400);
  await page.mouse.down();
  await page.mouse.move(1275, 400, { steps: 8 });
  await page.mouse.move(1280 - 260, 400, { steps: 4 });
  await page.mouse.up();
  const beyond = () =>
    bytes.evaluate((list) => {
      list.scrollLeft = list.scrollWidth;
      const text = document.createRange();
      text.selectNodeContents(list.querySelector('.hex-row')!.lastElementChild!);
      return {
        scrolls: list.scrollLeft > 0,
        cut: text.getBoundingClientRect().right - list.getBoundingClientRect().right,
      };
    });
  await expect.poll(async () => (await beyond()).scrolls).toBe(true);
  expect((await beyond()).cut).toBeLessThanOrEqual(1);
  await page.locator('.inspector').getByRole('tab', { name: 'Raw' }).click();
  await page.getByRole('button', { name: 'Hex' }).click();
  const body = page.getByRole('region', { name: 'Body' });
  await expect(body.locator('.hex-row').first()).toBeVisible();
  expect(
    await body.evaluate((box) => {
      box.scrollLeft = box.scrollWidth;
      const texts = [...box.querySelectorAll('.hex-row')].map((row) => row.lastElementChild!.firstElementChild!);
      return Math.max(...texts.map((text) => text.getBoundingClientRect().right)) - box.getBoundingClientRect().right;
    }),
  ).toBeLessThanOrEqual(1);
});

test('the first screen keeps its parts apart in a low and narrow window', async ({ page }) => {
  const empty = await startHost();
  try {
    await page.goto(empty.url);
    await expect(page.locator('.play-lanes')).toContainText('No text message');
    const box = async (part: string) => (await page.locator(part).first().boundingBox())!;
    for (const height of [560, 450]) {
      await page.setViewportSize({ width: 720, height });
      expect((await box('.play-head h1 .cut')).width).toBeGreaterThan(100);
      const [head, cell, words, gallery] = await Promise.all(
        ['.play-lanes .lane-head', '.play-lanes .cell', '.last-words', '.gallery'].map(box),
      );
      expect(cell!.y).toBeGreaterThanOrEqual(head!.y + head!.height - 1);
      expect(words!.y - cell!.y).toBeGreaterThan(60);
      expect(gallery!.y).toBeGreaterThanOrEqual(words!.y + words!.height - 1);
      expect((await box('.gallery .segments button')).height).toBeLessThan(30);
      // What is below it can be scrolled to.
      await page.locator('.sample').first().scrollIntoViewIfNeeded();
      await expect(page.locator('.sample').first()).toBeInViewport({ ratio: 0.99 });
    }
  } finally {
    await empty.stop();
  }
});

test('text that is cut is told whole where it is pointed at', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 640 });
  await page.goto(host.url);
  const title = page.locator('.run .cut').first();
  await title.hover();
  const whole = (await title.textContent())!;
  expect(whole.length).toBeGreaterThan(40);
  await expect(title).toHaveAttribute('title', whole);
  await page.getByRole('button', { name: 'New run' }).hover();
  await expect(title).not.toHaveAttribute('title');
});

for (const [width, height] of [
  [900, 640],
  [720, 450],
] as const)
  test(`at ${width}x${height} the inspector leaves its room to the trace until there is something to inspect`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height });
    await page.goto(host.url);
    await page.locator('.run').first().click();
    const inspector = page.getByRole('complementary', { name: 'Inspector' });
    const heightNow = async () => (await inspector.boundingBox())!.height;
    await expect(inspector.getByRole('tab', { name: /^Lint/ })).toBeInViewport({ ratio: 1 });
    await expect.poll(heightNow).toBeLessThan(40);
    // The lowest row that is seen stays so when the inspector unfolds below it.
    await page
      .getByRole('article')
      .getByRole('tab', { name: /^Events/ })
      .click();
    const rows = page.getByRole('grid', { name: 'Events' });
    await expect(rows.getByRole('row').nth(3)).toBeVisible();
    const box = (await rows.boundingBox())!;
    await page.mouse.click(box.x + 200, Math.min(box.y + box.height, (await inspector.boundingBox())!.y) - 40);
    await expect(inspector.getByRole('heading', { name: /^Event \d+$/ })).toBeVisible();
    await expect.poll(heightNow).toBeGreaterThanOrEqual(140);
    await expect(rows.getByRole('row', { selected: true })).toBeInViewport({ ratio: 1 });
    await page.keyboard.press('Escape');
    await expect.poll(heightNow).toBeLessThan(40);
    // What is about the whole run needs no event.
    await inspector.getByRole('tab', { name: 'Usage' }).click();
    await expect.poll(heightNow).toBeGreaterThanOrEqual(140);
    await inspector.getByRole('tab', { name: 'Event', exact: true }).click();
    await expect.poll(heightNow).toBeLessThan(40);
  });

test('a row of the list cuts no name of a model for the picture of its gaps', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(host.url);
  const model = page.locator('.run .model').first();
  await expect(model).toHaveText('text-lost');
  expect(await model.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
});

test('a window at 200% zoom gives a view its whole height, and the header is a scroll away', async ({ page }) => {
  await page.setViewportSize({ width: 720, height: 450 });
  await page.goto(host.url);
  await page.locator('.run').first().click();
  const trace = page.locator('.trace');
  const lane = page.locator('[data-lane="wire"] .cell').first();
  await expect(lane).toBeVisible();
  await trace.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  const [view, cell] = await Promise.all([trace.boundingBox(), lane.boundingBox()]);
  expect(view!.y + view!.height - cell!.y).toBeGreaterThan(120);
  await trace.evaluate((element) => element.scrollTo({ top: 0 }));
  await expect(trace.getByRole('heading', { level: 1 })).toBeInViewport({ ratio: 1 });
});

test('a window at 200% zoom cuts no name to letters, and keeps all of a replay in reach', async ({ page }) => {
  await page.setViewportSize({ width: 720, height: 450 });
  await page.goto(host.url);
  await page.locator('.run').first().click();
  const lost = (one: Locator) => one.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
  const wire = page.locator('[data-lane="wire"]');
  expect(await lost(wire.getByRole('heading', { name: 'search_trains' }))).toBeLessThan(24);
  for (const lane of ['wire', 'simple'])
    expect(await lost(page.locator(`[data-lane="${lane}"] .lane-head .cut`).first())).toBe(0);
  await page
    .locator('.trace')
    .getByRole('tab', { name: /^Replay/ })
    .click();
  for (const button of await page.getByRole('group', { name: 'Transport' }).getByRole('button').all())
    if (await button.isVisible()) await expect(button).toBeInViewport({ ratio: 1 });
  await page.getByRole('button', { name: 'Leave the replay' }).click();
  await expect(page.getByRole('group', { name: 'Transport' })).toHaveCount(0);
});

test('text is not said to go on where all of it is shown', async ({ page }) => {
  await page.goto(host.url);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.locator('.run').first().click();
  const wire = page.locator('[data-lane="wire"]');
  const more = wire.getByRole('button', { name: 'Show all of 567 characters' });
  await expect(more).toBeVisible();
  await page.setViewportSize({ width: 1920, height: 1080 });
  await expect(more).toHaveCount(0);
  await expect(wire.getByText('show you the three cheapest.')).toBeInViewport({ ratio: 1 });
  await page.setViewportSize({ width: 1440, height: 900 });
  await more.click();
  await expect(more).toHaveCount(0);
});

test('the rail shows runs, and nothing of a filter that has no room in it', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(host.url);
  await page.locator('.run').first().click();
  await page.getByRole('combobox', { name: 'Filter runs' }).fill('state:complete api:chat');
  const parts = page.getByRole('group', { name: 'Parts of the filter' });
  await expect(parts).toBeVisible();
  await page.getByRole('button', { name: 'Fold the run list' }).click();
  await expect(parts).toBeHidden();
  await expect(page.locator('.run')).toBeVisible();
});

for (const [width, height] of [
  [900, 640],
  [1440, 900],
] as const)
  test(`the columns of a comparison have half of the centre at ${width}x${height}, and the list folds for them`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height });
    await page.goto(host.url);
    await page.locator('.run').first().click();
    const compare = page.locator('.trace').getByRole('tab', { name: /^Compare/ });
    await compare.click();
    const columns = page.locator('.columns');
    await expect(columns).toBeInViewport({ ratio: 1 });
    const heightOf = async (one: Locator) => (await one.boundingBox())!.height;
    const widthOf = async () => (await page.locator('.runs').boundingBox())!.width;
    expect(await heightOf(columns)).toBeGreaterThanOrEqual((await heightOf(page.locator('.trace'))) / 2);
    await expect.poll(widthOf).toBe(44);
    await page.locator('.trace').getByRole('tab', { name: 'Live' }).click();
    await expect.poll(widthOf).toBeGreaterThan(200);
    // Whoever unfolds it there keeps it; the key of the filter unfolds it as well.
    await compare.click();
    await expect.poll(widthOf).toBe(44);
    await page.keyboard.press('/');
    await expect(page.getByRole('combobox', { name: 'Filter runs' })).toBeFocused();
    await expect.poll(widthOf).toBeGreaterThan(200);
    await page.locator('.trace').getByRole('tab', { name: 'Live' }).click();
    await compare.click();
    await expect(columns).toBeVisible();
    expect(await widthOf()).toBeGreaterThan(200);
  });

test('no pane of the inspector and no tab is wider than its room', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(host.url);
  await page.locator('.run').first().click();
  await page
    .locator('.trace')
    .getByRole('tab', { name: /^Compare/ })
    .click();
  // Compare brings the findings along as it arrives, which may be after the click.
  await expect(page.locator('.inspector').getByRole('tab', { name: /^Findings/ })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  for (const place of ['.inspector', '.trace'])
    for (const tab of await page.locator(place).getByRole('tab').all()) {
      await tab.click();
      const panel = page.locator(place).getByRole('tabpanel');
      await expect(panel).not.toBeEmpty();
      if ((await tab.textContent())!.startsWith('Usage')) await expect(panel).toContainText('Provider trace of Legacy');
      expect(
        await panel.evaluate((element) => element.scrollWidth - element.clientWidth),
        (await tab.textContent())!,
      ).toBe(0);
    }
});

test.describe('colours of the user’s own', () => {
  test.use({ colorScheme: 'dark' });

  test('still say which run, tab and part is chosen', async ({ page }) => {
    await page.emulateMedia({ forcedColors: 'active' });
    await page.goto(host.url);
    await page.locator('.run').first().click();
    await page.getByRole('tab', { name: /^Compare/ }).click();
    const segments = page.getByRole('group', { name: 'Level' }).getByRole('button');
    const ground = (name: string) => style(segments.filter({ hasText: name }), 'background-color');
    expect(await ground('Semantic')).not.toBe(await ground('JSON'));
    const canvas = await style(page.locator('body'), 'background-color');
    expect(await style(page.locator('.run.selected'), 'background-color', '::before')).not.toBe(canvas);
    expect(await style(page.getByRole('tab', { name: /^Compare/ }), 'background-color', '::after')).not.toBe(canvas);
  });

  test('show the edge of the palette, and which of its commands is chosen', async ({ page }) => {
    await page.emulateMedia({ forcedColors: 'active' });
    await page.goto(host.url);
    await expect(page.locator('.run').first()).toBeVisible();
    await page.keyboard.press('Control+k');
    await expect(page.locator('.palette-item').nth(1)).toBeVisible();
    const ground = (at: number) => style(page.locator('.palette-item').nth(at), 'background-color');
    expect(await ground(0)).not.toBe(await ground(1));
    expect(await style(page.locator('.palette'), 'outline-style')).toBe('solid');
  });

  for (const colorScheme of ['dark', 'light'] as const)
    test(`leave text that is marked to read (${colorScheme})`, async ({ page }) => {
      await page.emulateMedia({ forcedColors: 'active', colorScheme });
      await page.goto(host.url);
      await page.locator('.run').first().click();
      await page.getByRole('tab', { name: /^Compare/ }).click();
      await page.locator('.cell-text mark').first().scrollIntoViewIfNeeded();
      await page.keyboard.press('t');
      for (const marked of ['.cell-text mark', '.flag.pick span']) {
        const text = page.locator(marked).first();
        await expect(text).toBeVisible();
        // Else the system's ground is behind it, whatever its own.
        expect(await style(text, 'forced-color-adjust')).toBe('none');
        expect(await style(text, 'color')).not.toBe(await style(text, 'background-color'));
      }
    });
});
