/** The window as a whole over the built host: where the focus goes, what the list and the browser keep, what a key that finds nothing says. */
import { expect, test, type Page } from 'playwright/test';
import type { TraceId } from '../../src/shared/model/ids.ts';
import type { Client } from '../../src/shared/rpc/client.ts';
import { startHost, type Host } from '../support/host.ts';
import { importShort } from '../support/imports.ts';
import { complaints, holding, openTrace, shown, startSample, wholeTrace } from '../support/page.ts';

let host: Host;
let client: Client;
const start = async (): Promise<void> => {
  host = await startHost();
  client = host.client();
};

const add = (name: string): Promise<TraceId> => importShort(client, name);
const list = (page: Page) => page.getByRole('grid', { name: 'Runs' });
const title = (page: Page) => page.getByRole('article').getByRole('heading', { level: 1 });

async function openSample(page: Page): Promise<TraceId> {
  const id = await startSample(client, 'parallel-tools', 'messages');
  await openTrace(page, host.url, id, await wholeTrace(client, id));
  return id;
}

/** Chips, tabs and buttons of which an ancestor cuts a part of the text away, where no ellipsis says so. */
const cut = (page: Page) =>
  page.evaluate(() => {
    const small = [
      ...document.querySelectorAll('.chip, .btn, [role="tab"], .segments button, .block-facts > *, .state'),
    ];
    return small.flatMap((element) => {
      const own = element.getBoundingClientRect();
      if (own.width === 0) return [];
      for (let outer = element.parentElement; outer; outer = outer.parentElement) {
        const style = getComputedStyle(outer);
        if (style.overflowX === 'visible' || style.overflowX === 'auto') continue;
        const box = outer.getBoundingClientRect();
        const isIn =
          own.left < box.right - 1 && own.right > box.left + 1 && own.top < box.bottom && own.bottom > box.top;
        if (isIn && (own.right > box.right + 1 || own.left < box.left - 1) && style.textOverflow !== 'ellipsis')
          return [`${element.textContent} in .${outer.className}`];
      }
      return [];
    });
  });

test.describe('over one store', () => {
  test.beforeAll(start);
  test.afterAll(() => host.stop());

  test.describe('the focus', () => {
    test('goes to the view that a key shows, so that j moves in it', async ({ page }) => {
      await openSample(page);
      await list(page).focus();
      await page.keyboard.press('Control+2');
      await expect(page.getByRole('grid', { name: 'Events' })).toBeFocused();
      const run = await title(page).textContent();
      await page.keyboard.press('j');
      await expect(page.locator('.grid-row.active')).toHaveCount(1);
      await expect(title(page)).toHaveText(run!);
      await page.keyboard.press('Control+1');
      await expect(page.getByRole('tabpanel').first()).toBeFocused();
    });

    test('goes from pane to pane, past the buttons above their rows', async ({ page }) => {
      await openSample(page);
      await page.getByRole('tab', { name: /^Events/ }).click();
      await page.keyboard.press('Control+[');
      await expect(list(page)).toBeFocused();
      await page.keyboard.press('Control+]');
      await expect(page.getByRole('grid', { name: 'Events' })).toBeFocused();
      await page.keyboard.press('Control+]');
      await expect(page.getByRole('complementary').getByRole('tab', { selected: true })).toBeFocused();
      await page.keyboard.press('Control+]');
      await expect(list(page)).toBeFocused();
    });

    test('is not lost when the palette closes', async ({ page }) => {
      await openSample(page);
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('combobox', { name: 'Search runs, messages, commands' })).toBeFocused();
      await page.keyboard.press('Escape');
      await expect(list(page)).toBeFocused();
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('combobox', { name: 'Search runs, messages, commands' })).toBeFocused();
      await page.keyboard.type('third tab');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('grid', { name: 'Messages' })).toBeFocused();
    });

    test('comes to the lanes by Tab, and arrow keys scroll them', async ({ page }) => {
      await openSample(page);
      await page.getByRole('tab', { name: /^Live/ }).focus();
      await page.keyboard.press('Tab');
      await expect(page.getByRole('region', { name: 'Lanes' })).toBeFocused();
    });
  });

  test('a key that finds nothing says so', async ({ page }) => {
    await openSample(page);
    await page.keyboard.press('r');
    await expect(page.locator('.hints')).toContainText('This stream has no reasoning.');
    await page.keyboard.press('e');
    await expect(page.locator('.hints')).toContainText('This stream has no error event.');
    await page.keyboard.press('t');
    await expect(page.locator('.hints')).not.toContainText('This stream has no');
    await page.keyboard.press('Shift+T');
    await expect(page.locator('.hints')).toContainText('No tool call before this event.');
  });

  test('the raw response of another run begins at its start, in lines as wide as the pane', async ({ page }) => {
    const first = await openSample(page);
    const other = await startSample(client, 'plain-text', 'chat_completions');
    await wholeTrace(client, other);
    await page.getByRole('complementary').getByRole('tab', { name: /^Raw/ }).click();
    const body = page.getByRole('region', { name: 'Body' });
    await expect(body).toContainText('event: message_start');
    const widest = async () =>
      Math.max(...(await body.locator('.raw-text').allTextContents()).map((text) => text.length));
    const width = await widest();
    expect(width).toBeGreaterThan(30);
    await body.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    for (const id of [other, first, other]) {
      await page.locator(`#run-${id}`).click();
      await expect(body.locator('.raw-row').first()).toContainText(id === other ? 'data: {' : 'event: message_start');
      await expect(body.locator('.raw-row').first()).toBeInViewport();
      await expect(body.locator('.raw-row .hex-offset').first()).toHaveText('0');
      expect(await widest()).toBe(width);
    }
  });

  for (const [width, height] of [
    [900, 640],
    [1280, 720],
    [1440, 900],
  ] as const)
    test(`nothing small is cut in mid-letter at ${width} by ${height}`, async ({ page }) => {
      await page.setViewportSize({ width, height });
      await openSample(page);
      await page.keyboard.press('t');
      for (const name of ['Live', 'Events', 'Messages', 'Replay', 'Compare']) {
        await page
          .getByRole('article')
          .getByRole('tab', { name: new RegExp(`^${name}`) })
          .click();
        await expect(page.locator('.loading')).toHaveCount(0);
        if (name === 'Compare') await expect(page.getByRole('table', { name: 'Verdict' })).toBeVisible();
        expect(await cut(page), name).toEqual([]);
      }
    });

  test('the count of findings stays in view, and tabs without room are in a menu', async ({ page }) => {
    const inspector = page.getByRole('complementary');
    await page.setViewportSize({ width: 1440, height: 900 });
    await openSample(page);
    await page.getByRole('tab', { name: /^Compare/ }).click();
    const findings = inspector.getByRole('tab', { name: /^Findings \d+/ });
    await expect(findings).toBeInViewport({ ratio: 1 });
    await inspector.getByRole('tab', { name: /^Event/ }).click();
    await expect(findings).toBeInViewport({ ratio: 1 });
    // A pane that was drawn narrow.
    await page.getByRole('separator', { name: 'Size of the inspector' }).focus();
    for (let n = 0; n < 8; n++) await page.keyboard.press('ArrowRight');
    await inspector.getByRole('button', { name: 'Inspector: all tabs' }).click();
    await page.getByRole('menuitem', { name: /^Findings \d+/ }).click();
    await expect(page.getByRole('list', { name: 'Findings', exact: true })).toBeVisible();
    await expect(findings).toBeInViewport({ ratio: 1 });
  });

  test('a stored run that is read back has its figures and its axis from the first, and is not taken for one that runs', async ({
    page,
  }) => {
    const id = await startSample(client, 'parallel-tools', 'messages');
    const whole = await wholeTrace(client, id);
    const release = await holding(page, 'traces.items');
    await page.goto(host.url);
    await page.locator(`#run-${id}`).click();
    const numbers = page.locator('.numbers');
    await expect(numbers).toContainText(`0 of ${whole.events.length}`);
    await expect(numbers).not.toContainText(/not yet|at end/);
    const axis = () => page.locator('.timeline-over .tick').allTextContents();
    const before = await axis();
    await expect(page.getByRole('region', { name: 'Lanes' })).toContainText('Reading the stream…');
    for (const name of ['Events', 'Messages']) {
      await page
        .getByRole('article')
        .getByRole('tab', { name: new RegExp(`^${name}`) })
        .click();
      await expect(page.getByRole('article')).toContainText('Reading the stream…');
    }
    release();
    await expect.poll(async () => (await shown(page)).events).toBe(whole.events.length);
    expect(await axis()).toEqual(before);
  });

  test('text that is equal stands in the same lines in all lanes, and a long hole keeps its name', async ({ page }) => {
    await page.setViewportSize({ width: 1440, height: 900 });
    const id = await startSample(client, 'long-answer', 'messages');
    await openTrace(page, host.url, id, await wholeTrace(client, id));
    const more = page.getByRole('button', { name: /^Show all of/ });
    if ((await more.count()) > 0) await more.first().click();
    const boxes = await page
      .locator('.lane .streamed')
      .evaluateAll((all) => all.map((one) => [one.clientWidth, one.clientHeight]));
    expect(boxes.length).toBeGreaterThan(1);
    expect(new Set(boxes.map(String)).size).toBe(1);
    await page.getByRole('region', { name: 'Lanes' }).evaluate((lanes) => lanes.scrollTo(0, 1200));
    await expect(page.getByRole('heading', { name: 'No text message' })).toBeInViewport();
  });

  test.describe('what the browser keeps', () => {
    test('the lanes that were chosen read the other runs of the API too, also after a reload', async ({ page }) => {
      const id = await openSample(page);
      await page.getByRole('button', { name: /^\d lanes/ }).click();
      await page.getByRole('menuitemcheckbox', { name: 'Legacy' }).click();
      await page.keyboard.press('Escape');
      const lanes = page.locator('.lane .lane-head h2');
      await expect(lanes).toHaveText(['Wire', 'Simple']);
      await page.reload();
      await page.locator(`#run-${id}`).click();
      await expect(lanes).toHaveText(['Wire', 'Simple']);
      const other = await startSample(client, 'plain-text', 'chat_completions');
      await page.locator(`#run-${other}`).click();
      await expect(lanes).toHaveText(['Wire', 'Legacy', 'Simple']);
    });

    test('where it keeps nothing the window works all the same', async ({ page }) => {
      const found = complaints(page);
      await page.addInitScript(() => {
        for (const area of ['localStorage', 'sessionStorage'])
          Object.defineProperty(window, area, {
            get() {
              throw new DOMException('The operation is insecure.', 'SecurityError');
            },
          });
      });
      await openSample(page);
      await page.getByRole('button', { name: /^Timeline/ }).click();
      await page.getByRole('tab', { name: /^Messages/ }).click();
      await page.getByRole('button', { name: /^Legacy/ }).click();
      await page.getByRole('tab', { name: /^Compare/ }).click();
      await page.getByRole('button', { name: 'Verdict' }).click();
      await page.getByRole('button', { name: 'Switch theme' }).click();
      // What was chosen holds as long as the window is open.
      await page.getByRole('tab', { name: /^Messages/ }).click();
      await expect(page.getByRole('button', { name: /^Legacy/ })).toHaveAttribute('aria-pressed', 'false');
      expect(found).toEqual([]);
    });
  });
});

test.describe('the list shows the run that the palette chose', () => {
  let wanted: TraceId;
  test.beforeAll(async () => {
    await start();
    for (let n = 0; n < 30; n++) await add(`Older ${n}`);
    wanted = await add('The wanted one');
    for (let n = 0; n < 30; n++) await add(`Newer ${n}`);
  });
  test.afterAll(() => host.stop());

  const row = (page: Page) => page.locator(`#run-${wanted}`);
  const runs = (page: Page) => page.getByRole('navigation', { name: 'Runs' });
  const filter = (page: Page) => page.getByRole('combobox', { name: 'Filter runs' });
  const open = async (page: Page) => {
    await page.goto(host.url);
    await expect(list(page).getByRole('row').first()).toBeVisible();
    await expect(row(page)).toHaveCount(0);
  };
  const choose = async (page: Page) => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('combobox', { name: 'Search runs, messages, commands' })).toBeFocused();
    await page.keyboard.type('the wanted');
    await expect(page.getByRole('option', { name: /The wanted one/ })).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(title(page)).toHaveText('The wanted one');
    await expect(row(page)).toBeInViewport();
  };

  test('wherever it stands, and again after the list was scrolled away from it', async ({ page }) => {
    await open(page);
    await choose(page);
    await list(page).evaluate((element) => element.scrollTo(0, 0));
    await expect(row(page)).toHaveCount(0);
    await choose(page);
  });

  test('where a filter leaves it out, among newer and older ones that it finds too', async ({ page }) => {
    await open(page);
    await filter(page).fill('Newer 1');
    await expect(runs(page)).toContainText('12 / 61 runs');
    await choose(page);
    await expect(filter(page)).toHaveValue('');
    await filter(page).fill('er 1');
    await expect(runs(page)).toContainText('24 / 61 runs');
    // It is chosen still.
    await choose(page);
    await expect(filter(page)).toHaveValue('');
  });

  test('where the store has not said yet what a filter finds', async ({ page }) => {
    const answer = await holding(page, 'traces.list', (params) => params['filter'] === 'Newer 1');
    await open(page);
    await filter(page).fill('Newer 1');
    await choose(page);
    await expect(filter(page)).toHaveValue('');
    answer();
    // The answer to this comes behind the one that was kept.
    await filter(page).fill('one');
    await expect(runs(page)).toContainText('1 / 61 runs');
    await expect(row(page)).toBeInViewport();
  });

  test('and keeps a filter that finds it', async ({ page }) => {
    await open(page);
    await filter(page).fill('one');
    await expect(runs(page)).toContainText('1 / 61 runs');
    await list(page).getByRole('row').first().click();
    await choose(page);
    await expect(filter(page)).toHaveValue('one');
  });
});

test.describe('over a store of its own', () => {
  test.beforeEach(start);
  test.afterEach(() => host.stop());

  /** Opens the window, whose list does not come before the returned function is called. What changes from now on is told to it. */
  const openWithoutList = async (page: Page): Promise<() => void> => {
    const { promise: isAnswered, resolve: answered } = Promise.withResolvers<void>();
    const answer = await holding(page, 'traces.list', undefined, answered);
    await page.goto(host.url);
    await isAnswered;
    return answer;
  };

  test('a run that changes before the list has come is not taken for the newest', async ({ page }) => {
    const older = await add('The older one');
    await add('The newer one');
    const answer = await openWithoutList(page);
    await client.call('traces.star', { ids: [older], starred: true });
    await expect(page.locator(`#run-${older}`)).toBeVisible();
    answer();
    await expect(list(page).getByRole('row')).toHaveCount(2);
    await expect(title(page)).toHaveText('The newer one');
  });

  test('a run that begins before the list has come is in it, and chosen', async ({ page }) => {
    await add('The older one');
    const answer = await openWithoutList(page);
    const newest = await add('The newest one');
    await expect(page.locator(`#run-${newest}`)).toBeVisible();
    answer();
    await expect(list(page).getByRole('row')).toHaveCount(2);
    await expect(title(page)).toHaveText('The newest one');
  });

  test('shift and a click select no text of the list', async ({ page }) => {
    for (let n = 0; n < 5; n++) await add(`Run ${n}`);
    await page.goto(host.url);
    await list(page).getByRole('row').nth(0).click();
    await list(page)
      .getByRole('row')
      .nth(3)
      .click({ modifiers: ['Shift'] });
    expect(await page.evaluate(() => getSelection()?.toString())).toBe('');
  });

  test('a day says of its count that there may be more, where not all is loaded', async ({ page }) => {
    for (let n = 0; n < 201; n++) await add(`Run ${n}`);
    await page.goto(host.url);
    await expect(page.locator('.day')).toContainText('Today200+');
    await list(page).evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await expect(page.getByRole('heading', { name: 'Run 0', exact: true })).toBeVisible();
    await list(page).evaluate((element) => element.scrollTo(0, 0));
    await expect(page.locator('.day')).toContainText('Today201');
  });

  test.describe('the first screen', () => {
    test('has its gallery again with the next window, after a sample has played', async ({ page, context }) => {
      await page.goto(host.url);
      await expect(page.getByRole('region', { name: 'Wire', exact: true })).toContainText('After the end');
      const next = await context.newPage();
      await page.close();
      await next.goto(host.url);
      await expect(next.getByRole('region', { name: 'Samples' }).getByRole('listitem')).toHaveCount(6);
      await expect(next.getByRole('region', { name: 'Wire', exact: true })).toContainText('After the end');
      expect((await client.call('traces.list', {})).total).toBe(1);
    });

    test('plays nothing unasked when the last run has been deleted', async ({ page }) => {
      await add('The only one');
      await page.goto(host.url);
      await expect(title(page)).toHaveText('The only one');
      await list(page).focus();
      await page.keyboard.press('Delete');
      await expect(page.getByText('Choose a sample below to see it play.')).toBeVisible();
      await expect(page.getByText('“The only one” deleted')).toBeVisible();
      expect((await client.call('traces.list', {})).total).toBe(0);
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect(title(page)).toHaveText('The only one');
    });

    test('says that it reads the samples, and counts none before', async ({ page }) => {
      const answer = await holding(page, 'samples.list');
      await page.goto(host.url);
      const gallery = page.getByRole('region', { name: 'Samples' });
      await expect(gallery).toContainText('Reading the samples…');
      await expect(gallery).not.toContainText(/\d/);
      answer();
      await expect(gallery.getByRole('listitem')).toHaveCount(6);
      await expect(gallery).toContainText('What goes wrong 6');
    });
  });
});
