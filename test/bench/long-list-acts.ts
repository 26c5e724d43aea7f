/** What is done with a long list of runs in the window, each until what it asked for is drawn. */
import type { Page } from 'playwright';

type Act = (page: Page) => Promise<void>;

/** In this order, each from where the one before left the list. */
export const LIST_ACTS: readonly (readonly [what: string, act: Act])[] = [
  ['End', (page) => press(page, 'End')],
  ['Home', (page) => press(page, 'Home')],
  ['PageDown', (page) => press(page, 'PageDown', 5)],
  ['turning the wheel', (page) => wheelTurns(page)],
  ['dragging through all of it', drag],
  ['a click on a run', (page) => clickRow(page, 3)],
  ['marking a run', (page) => clickRow(page, 5, 'Control')],
  ['marking a range', (page) => clickRow(page, 7, 'Shift')],
  ['typing a filter', (page) => filter(page, 'model:local events>2')],
  ['typing a text', (page) => filter(page, 'the')],
  ['clearing the filter', (page) => filter(page, '')],
  ...['endpoint', 'model', 'conversation'].flatMap((by): readonly (readonly [string, Act])[] => [
    [`grouping by ${by}`, (page) => group(page, by)],
    [`End, by ${by}`, (page) => press(page, 'End')],
    [`PageUp, by ${by}`, (page) => press(page, 'PageUp', 3)],
    [`a click on a run, by ${by}`, (page) => clickRow(page, 3)],
    [`marking a range, by ${by}`, (page) => clickRow(page, 7, 'Shift')],
  ]),
  ['grouping by day', (page) => group(page, 'day')],
  ['Home, by day again', (page) => press(page, 'Home')],
];

const TURNS = 20;
const TURN = 600;
/** Drawn after what was done last. */
const FRAMES = 10;

const list = (page: Page) => page.locator('.runs-scroll');

async function press(page: Page, key: string, times = 1): Promise<void> {
  await list(page).focus();
  for (let at = 0; at < times; at++) {
    await page.keyboard.press(key);
    await frames(page, 3);
  }
  await settled(page);
}

/** `each`: what is done after each turn, once its rows are drawn. */
export async function wheelTurns(page: Page, each?: () => Promise<void>): Promise<void> {
  await list(page).hover();
  for (let at = 0; at < TURNS; at++) {
    await page.mouse.wheel(0, TURN);
    await frames(page, 2);
    await each?.();
  }
  await settled(page);
}

/** As the handle of the scroll bar is. */
async function drag(page: Page): Promise<void> {
  for (const share of [0.1, 0.9, 0.3, 0.7, 0.5]) {
    await list(page).evaluate((element, to) => (element.scrollTop = to * element.scrollHeight), share);
    await settled(page);
  }
}

/** The one at a place of those that are in sight. */
async function clickRow(page: Page, place: number, modifier?: 'Control' | 'Shift'): Promise<void> {
  await list(page).evaluate(
    (box, { at, key }) => {
      const { top } = box.getBoundingClientRect();
      const inSight = [...box.querySelectorAll('.run')]
        .map((row) => ({ row, y: row.getBoundingClientRect().top }))
        .filter(({ y }) => y >= top)
        .toSorted((a, b) => a.y - b.y);
      const keys = { ctrlKey: key === 'Control', shiftKey: key === 'Shift' };
      inSight[at]!.row.dispatchEvent(new MouseEvent('click', { bubbles: true, ...keys }));
    },
    { at: place, key: modifier },
  );
  await settled(page);
}

async function filter(page: Page, text: string): Promise<void> {
  const field = page.getByRole('combobox', { name: 'Filter runs' });
  await field.focus();
  if (text === '') await field.fill('');
  else await field.pressSequentially(text, { delay: 30 });
  await page.waitForFunction((filtered) => {
    const foot = document.querySelector('.runs > footer')!.textContent;
    return foot.includes(' / ') === filtered;
  }, text !== '');
  await settled(page);
  await field.blur();
}

async function group(page: Page, by: string): Promise<void> {
  await page.getByRole('button', { name: 'Group runs' }).click();
  await page.getByRole('menuitemradio', { name: `Group by ${by}` }).click();
  await settled(page);
}

/** Until rows that are looked at are there. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const box = document.querySelector('.runs-scroll')!.getBoundingClientRect();
    return [...document.querySelectorAll('.run')].some((row) => {
      const { top, bottom } = row.getBoundingClientRect();
      return top < box.bottom && bottom > box.top;
    });
  });
  await frames(page, FRAMES);
}

function frames(page: Page, count: number): Promise<void> {
  return page.evaluate(async (wanted) => {
    for (let at = 0; at < wanted; at++) await new Promise((drawn) => requestAnimationFrame(drawn));
  }, count);
}
