/** The list of runs when it is longer than what is loaded of it: the filter asks the store, and follows what changes there. */
import { expect, test, type Page } from 'playwright/test';
import type { TraceId } from '../../src/shared/model/ids.ts';
import type { Client } from '../../src/shared/rpc/client.ts';
import { databaseFile, openFile } from '../../src/main/core/store/database.ts';
import { seed } from '../bench/seed.ts';
import { dataFolder, startHost, type Host } from '../support/host.ts';
import { complaints, openEmpty } from '../support/page.ts';
import { importShort } from '../support/imports.ts';

/** More than two pages of the list. */
const OTHERS = 410;

let host: Host;
let client: Client;
test.beforeEach(async () => {
  host = await startHost();
  client = host.client();
});
test.afterEach(() => host.stop());

const add = (name: string): Promise<TraceId> => importShort(client, name);
const runs = (page: Page) => page.getByRole('navigation', { name: 'Runs' });
const filter = (page: Page) => page.getByRole('combobox', { name: 'Filter runs' });
const names = (page: Page) => runs(page).getByRole('row').getByRole('heading');

test('a filter finds runs that are not loaded, says how many there are, and that there is none only when there is none', async ({
  page,
}) => {
  const found = complaints(page);
  await add('The needle');
  for (let n = 0; n < OTHERS; n++) await add(`Hay ${n}`);
  await openEmpty(page, host.url);
  await expect(runs(page)).toContainText(`${OTHERS + 1} runs`);
  await expect(names(page).filter({ hasText: 'The needle' })).toHaveCount(0);

  await filter(page).fill('NEEDLE chat');
  await expect(names(page)).toHaveText(['The needle']);
  await expect(runs(page)).toContainText(`1 / ${OTHERS + 1} runs`);
  await names(page).first().click();
  await expect(page.getByRole('article').getByRole('heading', { level: 1 })).toContainText('The needle');

  await filter(page).fill('hay');
  await expect(runs(page)).toContainText(`${OTHERS} / ${OTHERS + 1} runs`);
  // To the last one, through all pages.
  await expect(async () => {
    await page.getByRole('grid', { name: 'Runs' }).evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await expect(names(page).last()).toHaveText('Hay 0', { timeout: 500 });
  }).toPass();

  await filter(page).fill('lint:nosuchrule');
  await expect(runs(page)).toContainText('No run matches. No run has lint:nosuchrule.');
  await filter(page).fill('nowhere');
  await expect(runs(page)).toContainText('No run matches.');
  await runs(page).getByRole('button', { name: 'Clear filter' }).click();
  await expect(runs(page)).toContainText(`${OTHERS + 1} runs`);
  // What was found further down leaves no hole in the list.
  await expect(names(page).first()).toHaveText(`Hay ${OTHERS - 1}`);
  expect(found).toEqual([]);
});

test('what is found follows what is added, renamed and deleted', async ({ page }) => {
  const needle = await add('The needle');
  await add('Hay');
  await openEmpty(page, host.url);
  await filter(page).fill('needle');
  await expect(names(page)).toHaveText(['The needle']);
  const second = await add('Another needle');
  await expect(names(page)).toHaveText(['Another needle', 'The needle']);
  await client.call('traces.rename', { id: needle, title: 'No more' });
  await expect(names(page)).toHaveText(['Another needle']);
  await expect(runs(page)).toContainText('1 / 3 runs');
  await client.call('traces.delete', { ids: [second] });
  await expect(runs(page)).toContainText('No run matches.');
  await client.call('traces.restore', { ids: [second] });
  await expect(names(page)).toHaveText(['Another needle']);
  await filter(page).press('Escape');
  await expect(runs(page)).toContainText('3 runs');
});

test('a filter is helped along: fields, the values that runs have, and a sentence for what it cannot mean', async ({
  page,
}) => {
  const found = complaints(page);
  const needle = await add('The needle');
  await add('Hay');
  await client.call('traces.star', { ids: [needle], starred: true });
  await openEmpty(page, host.url);
  const options = page.getByRole('listbox').getByRole('option');

  await filter(page).pressSequentially('sta');
  await expect(options).toHaveText([/^state:/, /^status:/]);
  await filter(page).press('ArrowDown');
  await filter(page).press('Enter');
  await expect(filter(page)).toHaveValue('state:');
  // Both runs were imported whole.
  await expect(options).toHaveText(['state:complete2 runs']);
  await filter(page).press('ArrowDown');
  await filter(page).press('Enter');
  await expect(filter(page)).toHaveValue('state:complete');
  await expect(names(page)).toHaveText(['Hay', 'The needle']);

  // What was chosen has its value, and nothing stands over the list that it filters.
  await expect(options).toHaveCount(0);

  await filter(page).pressSequentially(' st');
  await expect(options).toHaveText([/^state:/, /^status:/]);
  await filter(page).press('Enter');
  await expect(options).toHaveCount(0);

  await filter(page).fill('source:import -has:star (hay or needle)');
  await expect(names(page)).toHaveText(['Hay']);
  await client.call('traces.star', { ids: [needle], starred: false });
  await expect(names(page)).toHaveText(['Hay', 'The needle']);
  await client.call('traces.star', { ids: [needle], starred: true });
  await expect(names(page)).toHaveText(['Hay']);

  // The list stays as the last filter that could be read left it.
  await filter(page).fill('modle:x');
  await expect(runs(page).getByRole('status')).toContainText('Did you mean “model”?');
  await expect(names(page)).toHaveText(['Hay']);
  await filter(page).fill('model:x');
  await expect(runs(page).getByRole('status')).toBeEmpty();
  await expect(runs(page)).toContainText('No run matches.');
  // In the place of an empty list it is said as well, with a way on.
  await filter(page).fill('modle:x');
  await expect(runs(page).locator('.runs-empty')).toContainText('Did you mean “model”?');
  await runs(page).getByRole('button', { name: 'Clear filter' }).click();
  await expect(names(page)).toHaveText(['Hay', 'The needle']);
  // One Escape for what is suggested, one for the filter.
  await filter(page).fill('sta');
  await expect(options).toHaveCount(2);
  await filter(page).press('Escape');
  await expect(options).toHaveCount(0);
  await filter(page).press('Escape');
  await expect(filter(page)).toHaveValue('');
  await expect(names(page)).toHaveText(['Hay', 'The needle']);
  expect(found).toEqual([]);
});

test('several runs are marked by range and one by one, starred, tagged, filtered by the tag, and deleted with a way back', async ({
  page,
}) => {
  const found = complaints(page);
  for (let n = 0; n < 6; n++) await add(`Run ${n}`);
  await openEmpty(page, host.url);
  const row = (name: string) => runs(page).getByRole('row').filter({ hasText: name });
  await row('Run 4').click();
  await row('Run 1').click({ modifiers: ['Shift'] });
  await row('Run 2').click({ modifiers: ['ControlOrMeta'] });
  await expect(runs(page)).toContainText('3 marked');
  await expect(runs(page).getByRole('row', { selected: true })).toHaveCount(3);
  await runs(page).getByRole('button', { name: 'Star the marked runs' }).click();
  await runs(page).getByRole('button', { name: 'Tag the marked runs' }).click();
  const dialog = page.getByRole('dialog', { name: 'Tags of 3 runs' });
  await dialog.getByLabel('Tag to add').fill('Regression');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('list', { name: 'Tags' })).toContainText('Regression');
  await dialog.getByRole('button', { name: 'Done' }).click();
  // What a lane loses of the wire is on the row as well.
  await expect(row('Run 4')).toContainText('≠');
  await client.call('traces.tag', {
    ids: [(await client.call('traces.list', { limit: 2 })).rows[1]!.id],
    add: ['Seen by two'],
  });
  await expect(row('Run 4')).toContainText('Regression+1');

  await filter(page).fill('tag:regression has:star');
  await expect(runs(page)).toContainText('3 / 6 runs');
  await runs(page).getByRole('button', { name: 'Save this filter' }).click();
  await runs(page).getByRole('button', { name: 'Remove has:star' }).click();
  await expect(filter(page)).toHaveValue('tag:regression');
  await filter(page).fill('');
  await expect(page.getByRole('option').first()).toContainText('tag:regression has:star');
  await page.getByRole('option').first().click();
  await expect(runs(page)).toContainText('3 / 6 runs');

  // It is named, and offered by its name.
  await runs(page).getByRole('button', { name: 'Rename this filter' }).press('Enter');
  const name = runs(page).getByRole('textbox', { name: 'Name of the saved filter' });
  await expect(name).toBeFocused();
  await name.pressSequentially('What broke');
  await name.press('Enter');
  await expect(runs(page).getByRole('button', { name: 'Rename this filter' })).toBeFocused();
  await expect(runs(page).getByRole('group', { name: 'Parts of the filter' })).toContainText('What broke');
  const filterNames = async () => (await client.call('settings.get', {})).filterNames;
  await expect.poll(filterNames).toEqual({ 'tag:regression has:star': 'What broke' });
  await filter(page).fill('');
  await filter(page).pressSequentially('brok');
  await expect(page.getByRole('option')).toHaveText(['What brokeSaved filter: tag:regression has:star']);
  await filter(page).press('ArrowDown');
  await filter(page).press('Enter');
  await expect(filter(page)).toHaveValue('tag:regression has:star');
  // Without the filter there is no name.
  await runs(page).getByRole('button', { name: 'Forget this filter' }).click();
  await expect.poll(filterNames).toEqual({});
  await expect(runs(page)).toContainText('3 / 6 runs');

  await names(page).first().click();
  await names(page)
    .last()
    .click({ modifiers: ['Shift'] });
  await runs(page).getByRole('button', { name: 'Delete the marked runs' }).click();
  await expect(runs(page)).toContainText('0 / 3 runs');
  // The button that was pressed has gone with the marks.
  await expect(page.getByRole('grid', { name: 'Runs' })).toBeFocused();
  await page.keyboard.press('ControlOrMeta+Z');
  await expect(runs(page)).toContainText('3 / 6 runs');
  // A field keeps the chords that it has of its own: this one deletes a word, and not the run.
  await filter(page).fill('one two');
  await page.keyboard.press('ControlOrMeta+Backspace');
  await expect(filter(page)).not.toHaveValue(/two/);
  await filter(page).fill('tag:regression has:star');
  await expect(runs(page)).toContainText('3 / 6 runs');
  expect(found).toEqual([]);
});

test('tags in a row leave the name of the model whole, however wide the list is at first', async ({ page }) => {
  const folder = await dataFolder();
  const db = openFile(databaseFile(folder.path));
  const [id] = seed(db, 1, 3);
  db.close();
  const seeded = await startHost({ dataDir: folder.path });
  await seeded.client().call('traces.tag', { ids: [id!], add: ['regression', 'b', 'c'] });
  await openEmpty(page, seeded.url);
  const row = runs(page).getByRole('row');
  await expect(row).toContainText('≠');
  await expect(row).toContainText('+2');
  for (const [width, listWidth] of [
    [1800, 340],
    [1440, 300],
    [1024, 268],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await expect.poll(() => runs(page).evaluate((list) => list.clientWidth)).toBe(listWidth);
    const cut = (span: Element): number => span.scrollWidth - span.clientWidth;
    await expect.poll(() => row.locator('.model').evaluate(cut)).toBe(0);
    expect(await row.locator('.run-facts').evaluate(cut)).toBe(0);
  }
  await seeded.stop();
});

test('a screen reader is told what a filter finds and what is restored, and no stored run is said to start', async ({
  page,
}) => {
  await add('The needle');
  await add('Hay');
  await page.addInitScript(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => {
      const text = document.querySelector('[data-testid="announcer"]')?.textContent ?? '';
      if (text !== '' && text !== said.at(-1)) said.push(text);
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });
  await openEmpty(page, host.url);
  const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said);
  await expect(names(page)).toHaveText(['Hay', 'The needle']);
  await filter(page).fill('needle');
  await expect.poll(said).toEqual(['1 of 2 runs']);
  await filter(page).press('Escape');
  await names(page).filter({ hasText: 'The needle' }).click();
  await page.keyboard.press('ControlOrMeta+Backspace');
  await expect(runs(page)).toContainText('1 run');
  await expect(page.locator('.toasts')).toContainText('“The needle” deleted');
  await page.keyboard.press('ControlOrMeta+Z');
  await expect(page.getByRole('article').getByRole('heading', { level: 1 })).toContainText('The needle');
  await expect(page.locator('.numbers')).toContainText('Total');
  await expect.poll(said).toEqual(['1 of 2 runs', '1 run restored']);
});

test('a notice stays while it is pointed at or holds the focus, and then for its whole time', async ({ page }) => {
  await add('Kept');
  await add('Deleted');
  await page.clock.install();
  await openEmpty(page, host.url);
  await names(page).filter({ hasText: 'Deleted' }).click();
  await page.keyboard.press('ControlOrMeta+Backspace');
  const notice = page.locator('.toast').filter({ hasText: '“Deleted” deleted' });
  await notice.hover();
  await page.clock.pauseAt(new Date(await page.evaluate(() => Date.now() + 20_000)));
  await expect(notice).toBeVisible();
  await notice.getByRole('button', { name: 'Close' }).focus();
  await page.mouse.move(700, 300);
  await page.clock.runFor(20_000);
  await expect(notice).toBeVisible();
  await notice.getByRole('button', { name: 'Close' }).blur();
  await page.clock.runFor(7_000);
  await expect(notice).toBeVisible();
  await page.clock.runFor(2_000);
  await expect(notice).toBeHidden();
});

test('what is typed right after the key of the filter is the filter, also where the list was folded', async ({
  page,
}) => {
  await add('tgxm');
  await openEmpty(page, host.url);
  await expect(names(page)).toHaveText(['tgxm']);
  for (const folded of [false, true]) {
    if (folded) await page.getByRole('button', { name: 'Fold the run list' }).click();
    // In one task of the page, as keys that were pressed while it was busy.
    await page.evaluate(() => {
      document.activeElement?.dispatchEvent(
        new KeyboardEvent('keydown', { key: '/', bubbles: true, cancelable: true }),
      );
      if (document.activeElement?.matches('[role="combobox"]') !== true) throw new Error('The filter has no focus.');
    });
    await filter(page).press('Escape');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  }
});

test('the end of a long list, and any place of it, is there at once, and stays where it is while runs come', async ({
  page,
}) => {
  const folder = await dataFolder();
  const db = openFile(databaseFile(folder.path));
  seed(db, 1, 3);
  const columns = db.pragma('table_info(traces)') as { readonly name: string }[];
  const own: Readonly<Record<string, string>> = {
    nr: 'n + 1',
    id: "'copy-' || n",
    title: "'Copy ' || n",
    started_at: 'started_at + n * 600000',
  };
  db.exec(`WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 3000)
    INSERT INTO traces SELECT ${columns.map(({ name }) => own[name] ?? name).join(', ')} FROM traces, numbers`);
  db.close();
  const long = await startHost({ dataDir: folder.path });
  let asked = 0;
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => (asked += String(payload).split('"traces.list"').length - 1)),
  );
  await openEmpty(page, long.url);
  await expect(runs(page)).toContainText('3,001 runs');
  const list = page.getByRole('grid', { name: 'Runs' });
  const scrolledTo = (share: number) => list.evaluate((box, at) => box.scrollTo(0, at * box.scrollHeight), share);
  const visible = () =>
    list.evaluate((box) => {
      const { top } = box.getBoundingClientRect();
      const row = [...box.querySelectorAll('[role=row]')].find((one) => one.getBoundingClientRect().top >= top)!;
      return { title: row.querySelector('h3')!.textContent, y: Math.round(row.getBoundingClientRect().top) };
    });

  const before = asked;
  await scrolledTo(1);
  await expect(names(page).filter({ hasText: 'Copy 1' }).last()).toHaveText('Copy 1');
  await scrolledTo(1);
  await expect(names(page).last()).not.toHaveText(/Copy/);
  await scrolledTo(0.5);
  await expect(
    names(page)
      .filter({ hasText: /^Copy 1[45]\d\d$/ })
      .first(),
  ).toBeVisible();
  // One page for the end, one or two for the middle: none of those between.
  expect(asked - before).toBeLessThanOrEqual(5);

  await names(page)
    .filter({ hasText: /^Copy 1[45]\d\d$/ })
    .nth(4)
    .click();
  const there = await visible();
  await importShort(long.client(), 'Newcomer');
  await expect(runs(page)).toContainText('3,002 runs');
  expect(await visible()).toEqual(there);
  await scrolledTo(0);
  await expect(names(page).first()).toHaveText('Newcomer');

  // The same in groups of something else, with whole counts; and a range takes in what was never loaded.
  const named = (name: string | RegExp) => names(page).filter({ hasText: name });
  await runs(page).getByRole('button', { name: 'Group runs' }).click();
  await page.getByRole('menuitemradio', { name: 'Group by model' }).click();
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(runs(page)).toContainText('gpt-5.1-mini3,001');
  await scrolledTo(1);
  await named(/^Copy 1$/).click();
  await scrolledTo(0.85);
  const end = named(/^Copy [45]\d\d$/).first();
  await expect(end).toBeVisible();
  const name = (await end.textContent())!;
  await named(new RegExp(`^${name}$`)).click({ modifiers: ['Shift'] });
  const marked = Number(name.slice('Copy '.length));
  await expect(runs(page)).toContainText(`${marked} marked`);

  // To the end of the list by keyboard; starred and deleted in pieces, with a way back.
  await named(new RegExp(`^${name}$`)).click();
  await list.focus();
  await page.keyboard.press('Shift+End');
  await expect(runs(page)).toContainText(`${marked + 1} marked`);
  await expect(names(page).last()).not.toHaveText(/Copy/);
  const starred = async () => (await long.client().call('traces.list', { filter: 'has:star', limit: 1 })).total;
  await runs(page).getByRole('button', { name: 'Star the marked runs' }).click();
  await expect.poll(starred).toBe(marked + 1);
  await runs(page).getByRole('button', { name: 'Delete the marked runs' }).click();
  await expect(page.getByText(`${marked + 1} runs deleted`)).toBeVisible();
  await expect(runs(page)).toContainText(`${(3001 - marked).toLocaleString('en-US')} runs`);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(runs(page)).toContainText('3,002 runs');
  expect(await starred()).toBe(marked + 1);
  await long.stop();
  await folder.remove();
});
