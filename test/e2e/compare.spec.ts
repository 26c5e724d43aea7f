/** The Compare tab in a real browser over the real host: verdict, lane map, columns, findings, options, matrix, two runs, exports. */
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test, type Locator, type Page } from 'playwright/test';
import { runVectors } from '../../src/main/hosts/cli/vectors.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { startHost, type Host } from '../support/host.ts';
import { complaints, startSample, wholeTrace } from '../support/page.ts';

// High enough that the lane map is shown unasked.
test.use({ viewport: { width: 1440, height: 1080 } });

let host: Host;
test.beforeAll(async () => {
  host = await startHost();
});
test.afterAll(() => host.stop());

/** Runs a sample to its end and opens its comparison. */
async function openCompare(
  page: Page,
  model: string,
  api: 'chat_completions' | 'messages' | 'responses',
): Promise<TraceId> {
  const client = host.client();
  const id = await startSample(client, model, api);
  await wholeTrace(client, id);
  await page.goto(host.url);
  await page.locator(`#run-${id}`).click();
  await page.getByRole('tab', { name: /^Compare/ }).click();
  await expect(page.getByRole('table', { name: 'Verdict' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Findings', exact: true })).toBeVisible();
  return id;
}

const chosen = (page: Page) => page.locator('.find.chosen');
const number = (page: Page) => chosen(page).locator('.find-sentence .no.chosen').textContent();

test('says per field and lane what is equal and what differs, and a cell opens its finding everywhere', async ({
  page,
}) => {
  const faults = complaints(page);
  await openCompare(page, 'text-lost', 'chat_completions');
  const cell = page.locator('[data-field="text"] [data-lane="legacy"]');
  await expect(cell).toContainText(/\d+ characters lost/);
  await expect(page.locator('[data-field="text"] [data-lane="simple"]')).toHaveText('equal');
  // What is equal in all lanes takes one row, until it is asked for.
  await expect(page.locator('[data-field="usage"]')).toHaveCount(0);
  await page.getByRole('button', { name: /^Reasoning, tool calls, .*usage/ }).click();
  await expect(page.locator('[data-field="usage"] [data-lane="legacy"]')).toHaveText('equal');
  await page.getByRole('button', { name: 'Fold what is equal' }).click();
  await expect(page.locator('[data-field="usage"]')).toHaveCount(0);
  await cell.getByRole('button').click();

  await expect(chosen(page)).toContainText(/Legacy dropped \d+ characters of answer text/);
  const named = await number(page);
  await expect(page.locator('.lane-map-labels [aria-pressed="true"]')).toContainText(named!);
  await expect(page.locator('.lane-map-drawing .chosen-span')).toBeVisible();
  // In the text, and in what is kept, which is without it as well.
  await expect(page.locator('.columns-row.chosen .columns-numbers')).toContainText([named!, named!]);
  await expect(page.locator('.hints')).toContainText(/event \d+ of/);
  expect(faults).toEqual([]);
});

test('opens a finding at the bytes at fault, marked in their envelope, in the findings as in the raw response', async ({
  page,
}) => {
  const faults = complaints(page);
  const id = await openCompare(page, 'calls-merged', 'chat_completions');
  const { findings } = await host.client().call('compare.lanes', { id });
  const finding = findings.find(({ kind }) => kind === 'tool-calls-merged')!;
  const body = Buffer.from((await host.client().call('traces.bytes', { id, start: 0, end: 1e9 })).bytes, 'base64');
  const values = finding.marks!.map(([start, end]) => body.subarray(start, end).toString());
  // The first of the lanes that have it.
  await page.locator(`.find[data-finding="${finding.number}"] .find-sentence`).first().click();
  await expect(chosen(page).locator('.find-quote mark')).toHaveText(values);
  await expect(chosen(page).locator('.hex-marked').first()).toBeVisible();
  // Around the marks stands what the provider sent, and not all of it.
  await expect(chosen(page).locator('.find-quote', { has: page.locator('mark') })).toContainText('"arguments":');

  await chosen(page)
    .getByRole('button', { name: /in the raw response$/ })
    .click();
  const raw = page.getByRole('region', { name: 'Body' });
  await expect(raw.locator('mark').first()).toHaveText(values[0]!);
  const marked = (await raw.locator('mark').allTextContents()).join('');
  expect(values.join('').startsWith(marked)).toBe(true);
  await expect(raw.locator('mark').first()).toBeInViewport();
  await page.getByRole('button', { name: 'Hex' }).click();
  await expect(raw.locator('.hex-marked').first()).toBeInViewport();
  expect(faults).toEqual([]);
});

test('draws what is lost as a cut thread and a hole, and strikes it out in the columns', async ({ page }) => {
  await openCompare(page, 'text-lost', 'chat_completions');
  await expect(page.locator('.lane-map-drawing .cut-dot, .lane-map-drawing .cut-dots').first()).toBeAttached();
  await expect(page.locator('.lane-map-drawing .hole-ground')).toHaveCount(1);
  const hole = page.locator('.columns-cell.void[data-lane="legacy"]');
  await expect(hole).toContainText('Nothing');
  await expect(hole.locator('.ghost')).toHaveCSS('text-decoration-line', 'line-through');
  await expect(page.locator('.columns-cell[data-lane="simple"] .ghost')).toHaveCount(0);
});

test('ties calls that became one with a slur, over a line of their own in the wire', async ({ page }) => {
  await openCompare(page, 'parallel-tools', 'messages');
  await expect(page.locator('.lane-map-drawing .slur')).toHaveCount(2);
  await expect(page.locator('[data-field="tool calls"] [data-lane="simple"]')).toContainText('1 of 2, merged');
  await expect(
    page.getByRole('img', { name: /^Lane map of \d+ events over 3 staves: legacy, wire, simple;/ }),
  ).toBeVisible();
});

test('marks what is altered in its place, on the wire as in the lane', async ({ page }) => {
  await openCompare(page, 'calls-merged', 'chat_completions');
  const row = page.locator('.columns-row', { has: page.locator('[data-lane="wire"] .cell-text mark') }).first();
  const [onWire, inLane] = [
    row.locator('[data-lane="wire"] mark'),
    row.locator('[data-lane="legacy"] del, [data-lane="simple"] del'),
  ];
  const lost = (await inLane.allTextContents()).join('');
  expect(lost).not.toBe('');
  expect((await onWire.allTextContents()).join('')).toContain((await inLane.first().textContent())!);
  await expect(page.locator('[data-lane="wire"] :is(ins, del)')).toHaveCount(0);
});

test('says one thing of a lane in the head of the verdict, in the columns and in Live', async ({ page }) => {
  const id = await openCompare(page, 'error-in-stream', 'chat_completions');
  const { rows, lanes } = await host.client().call('compare.lanes', { id });
  for (const { id: lane, label } of lanes.filter((one) => one.id !== 'wire')) {
    const count = rows.filter(({ cells }) => cells[lane] && !cells[lane].equal && !cells[lane].noted).length;
    expect(count).toBeGreaterThan(0);
    const said = count === 1 ? '1 block differs' : `${count} blocks differ`;
    await expect(page.getByRole('columnheader', { name: new RegExp(`^${label} `) }).first()).toContainText(said);
    await expect(page.locator(`.columns-cell.off[data-lane="${lane}"]`)).toHaveCount(count);
  }
  await page.getByRole('tab', { name: /^Live/ }).click();
  for (const { id: lane } of lanes.filter((one) => one.id !== 'wire')) {
    const count = rows.filter(({ cells }) => cells[lane] && !cells[lane].equal && !cells[lane].noted).length;
    await expect(page.locator('.live-scroll')).toContainText(
      count === 1 ? '1 block differs' : `${count} blocks differ`,
    );
  }
  // The ending and the bytes of each finding stand in what leaves the window as well.
  const { html } = await host.client().call('compare.html', { id });
  expect(html).toMatch(/Ending: provider-error\./);
});

test('jumps from divergence to divergence by n and N, round the ends', async ({ page }) => {
  await openCompare(page, 'parallel-tools', 'messages');
  await expect(page.locator('.find').first()).toBeVisible();
  const count = await page.locator('.find-sentence').count();
  expect(count).toBeGreaterThan(2);
  await page.keyboard.press('n');
  expect(await number(page)).toBe('1');
  await page.keyboard.press('n');
  expect(await number(page)).toBe('2');
  await page.keyboard.press('Shift+N');
  await page.keyboard.press('Shift+N');
  expect(await number(page)).toBe(String(count));
  await expect(page.getByTestId('announcer')).toContainText(`Finding ${count}`);
});

test('folds what is equal into a line that opens and shuts', async ({ page }) => {
  await openCompare(page, 'reasoning', 'messages');
  const fold = page.locator('.columns-fold button').first();
  await expect(fold).toContainText(/equal block/);
  const rows = await page.locator('.columns-row').count();
  await fold.click();
  await expect.poll(() => page.locator('.columns-row').count()).toBeGreaterThan(rows);
  await page.locator('.columns-shut').first().click();
  await expect(page.locator('.columns-row')).toHaveCount(rows);
});

test('opens the evidence: bytes, what causes it, and the event', async ({ page }) => {
  await openCompare(page, 'text-lost', 'chat_completions');
  await page.keyboard.press('n');
  await expect(chosen(page).locator('.hex-marked').first()).toContainText('22 ');
  await chosen(page).getByRole('button', { name: 'What causes it' }).click();
  await expect(chosen(page)).toContainText('Let the agent answer through send_message');
  const link = chosen(page).getByRole('button', { name: /^events? \d/ });
  const first = /\d+/.exec((await link.textContent())!)![0];
  await link.click();
  await expect(page.locator('.hints')).toContainText(`event ${first} of`);
});

test('zooms the lane map by the keys of the timeline', async ({ page }) => {
  await openCompare(page, 'long-answer', 'messages');
  const ticks = () => page.locator('.lane-map-tick').allTextContents();
  const before = await ticks();
  await page.keyboard.press('w');
  await page.keyboard.press('w');
  await page.keyboard.press('d');
  await expect.poll(ticks).not.toEqual(before);
  for (let i = 0; i < 4; i++) await page.keyboard.press('s');
  await expect.poll(ticks).toEqual(before);
});

test('shows the messages as JSON, and blanks where only text counts', async ({ page }) => {
  await openCompare(page, 'text-lost', 'chat_completions');
  const levels = page.getByRole('group', { name: 'Level' });
  await levels.getByRole('button', { name: 'JSON' }).click();
  await expect(page.locator('.columns-cell[data-lane="simple"] .long-text').first()).toContainText(
    '"message_type": "assistant_message"',
  );
  const message = page.locator('.columns-cell[data-lane="simple"] .long-text').first();
  await expect(message).not.toContainText('"otid"');
  await page.getByLabel('Ignored fields').fill('id, date, content');
  await expect(message).toContainText('"otid"');
  await expect(message).not.toContainText('"content"');
  await levels.getByRole('button', { name: 'Text' }).click();
  await expect(page.locator('.columns-cell[data-lane="wire"] .cell-text').first()).toContainText('·');
});

test('reads the bytes again with other options, in every view, and goes back', async ({ page }) => {
  const faults = complaints(page);
  await openCompare(page, 'plain-text', 'messages');
  const legacy = page.locator('[data-field="text"] [data-lane="legacy"]');
  const recorded = await legacy.textContent();
  await page.getByRole('button', { name: 'Options', exact: true }).click();
  await page.getByRole('checkbox', { name: 'put_inner_thoughts_in_kwarg' }).click();
  await expect(legacy).not.toHaveText(recorded!);
  await page.getByRole('button', { name: 'As recorded' }).click();
  await expect(legacy).toHaveText(recorded!);
  expect(faults).toEqual([]);
});

test('the table of options says where it goes on, and goes there by a button and by keys', async ({ page }) => {
  await page.setViewportSize({ width: 900, height: 640 });
  await openCompare(page, 'parallel-tools', 'messages');
  await page.getByRole('button', { name: 'Options matrix' }).click();
  const right = page.getByRole('button', { name: 'More to the right' });
  const left = page.getByRole('button', { name: 'More to the left' });
  await expect(right).toBeVisible();
  await expect(left).toHaveCount(0);
  await right.click();
  await expect(left).toBeVisible();
  const region = page.getByRole('region', { name: 'Options and their verdicts' });
  await region.focus();
  const press = (key: string, gone: Locator) =>
    expect
      .poll(async () => {
        await page.keyboard.press(key);
        return gone.count();
      })
      .toBe(0);
  await press('ArrowRight', right);
  await expect(page.getByRole('columnheader', { name: 'Findings' })).toBeInViewport({ ratio: 0.99 });
  await press('ArrowLeft', left);
  await expect(right).toBeVisible();
});

test('has a table of verdicts for all options, whose cells open the comparison', async ({ page }) => {
  await openCompare(page, 'parallel-tools', 'messages');
  await page.getByRole('button', { name: 'Options matrix' }).click();
  const table = page.getByRole('table', { name: 'Verdicts for every combination of options' });
  await expect(table.getByRole('row')).toHaveCount(1 + 8 + 2);
  await expect(table.locator('tr.recorded')).toHaveCount(2);
  const other = table.locator('tbody tr:not(.recorded)').filter({ hasText: 'Legacy' }).first();
  const verdict = await other.locator('.matrix-cell').first().locator('.cut').textContent();
  await other.locator('.matrix-cell').first().click();
  // The text is equal in all lanes: its row is folded away.
  await page.getByRole('button', { name: /^Text, / }).click();
  await expect(page.locator('[data-field="text"] [data-lane="legacy"]')).toContainText(verdict!);
  await expect(page.getByRole('button', { name: 'As recorded' })).toBeVisible();
});

test('compares two runs: marked in the list, aligned in three ways, sides swapped', async ({ page }) => {
  const faults = complaints(page);
  const first = await openCompare(page, 'plain-text', 'chat_completions');
  const second = await openCompare(page, 'text-lost', 'chat_completions');
  await page.locator(`#run-${first}`).click({ modifiers: ['Control'] });
  const facts = page.getByRole('table', { name: 'Numbers of both runs' });
  await expect(facts.getByRole('row', { name: /^Model/ })).toContainText('text-lostplain-text');
  await expect(page.getByRole('group', { name: 'messages' })).toContainText('changed');
  await expect(page.locator('.inline-diff ins').first()).toBeVisible();

  const timing = page.getByRole('region', { name: 'Timing' });
  const says = () => timing.getByRole('img', { name: /^Timing/ }).getAttribute('aria-label');
  const atRequest = await says();
  await timing.getByRole('button', { name: 'First text' }).click();
  await expect.poll(says).not.toBe(atRequest);
  await page.getByRole('button', { name: 'Swap sides' }).click();
  await expect(facts.getByRole('row', { name: /^Model/ })).toContainText('plain-texttext-lost');
  expect(second).not.toBe(first);
  expect(faults).toEqual([]);
});

test('offers other runs when none is marked', async ({ page }) => {
  await openCompare(page, 'parallel-tools', 'messages');
  await openCompare(page, 'plain-text', 'chat_completions');
  await page.keyboard.press('Control+d');
  await page.getByRole('list', { name: 'Runs to compare with' }).getByRole('button').first().click();
  await expect(page.getByRole('table', { name: 'Numbers of both runs' })).toBeVisible();
});

test('compares a run with the one it was run again from', async ({ page }) => {
  await openCompare(page, 'plain-text', 'chat_completions');
  await page.keyboard.press('Control+Shift+Enter');
  const editor = page.getByRole('dialog', { name: 'Run again' });
  await expect(editor.getByRole('button', { name: /^Run/ })).toBeEnabled();
  await page.keyboard.press('Control+Enter');
  await expect(editor).toHaveCount(0);
  const facts = page.getByRole('table', { name: 'Numbers of both runs' });
  await expect(facts.getByRole('row', { name: /^Answer text/ })).toContainText('equal');
  await expect(page.getByRole('region', { name: 'Answer' })).toContainText('equal');
});

test.describe('what leaves the window', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });
  const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

  test('a finding and all of them as an issue, with the bytes at fault, and the stream to attach', async ({ page }) => {
    const id = await openCompare(page, 'text-lost', 'chat_completions');
    await page.keyboard.press('n');
    await chosen(page).getByRole('button', { name: 'Copy as issue' }).click();
    await expect(page.getByText('Finding 1 as an issue copied')).toBeVisible();
    const one = await clipboard(page);
    expect(one).toMatch(/^## Legacy dropped/);
    expect(one).toContain('At fault: ');
    expect(one).not.toContain('64 61 74 61 3a');

    await page.locator('.compare-bar').getByRole('button', { name: 'Copy as issue' }).click();
    await expect(page.getByText('The issue text copied')).toBeVisible();
    const all = await clipboard(page);
    expect(all).toContain('| Text | ');
    expect(all.split('\n').length).toBeLessThanOrEqual(60);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save the .sse' }).last().click(),
    ]);
    expect(all).toContain(download.suggestedFilename());
    const path = test.info().outputPath(download.suggestedFilename());
    await download.saveAs(path);
    const { bytes } = await host.client().call('traces.bytes', { id, start: 0, end: Number.MAX_SAFE_INTEGER });
    expect((await readFile(path)).toString('base64')).toBe(bytes);
  });

  test('a fixture, which the command line runs and holds the adapters to', async ({ page }) => {
    await openCompare(page, 'text-lost', 'chat_completions');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as a test fixture' }).click(),
    ]);
    const path = test.info().outputPath(download.suggestedFilename());
    await download.saveAs(path);
    const failures: string[] = [];
    expect(runVectors([path], undefined, (line) => failures.push(line))).toMatchObject({ passed: 2, failed: 0 });

    await writeFile(path, (await readFile(path, 'utf8')).replaceAll('"prompt_tokens":', '"prompt_tokens":1'));
    expect(runVectors([path], undefined, (line) => failures.push(line))).toMatchObject({ passed: 0, failed: 2 });
    expect(failures[0]).toContain('usage.prompt_tokens');
  });

  test('one HTML file that shows the findings from a folder, without a network or a script', async ({
    page,
    context,
  }) => {
    await openCompare(page, 'text-lost', 'chat_completions');
    await expect(page.locator('.find').first()).toBeVisible();
    const findings = await page.locator('.find-sentence').count();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as one HTML file' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/-comparison\.html$/);
    const path = test.info().outputPath('comparison.html');
    await download.saveAs(path);
    expect(await readFile(path, 'utf8')).not.toMatch(/<script|https?:\/\//);

    await context.setOffline(true);
    const file = await context.newPage();
    const faults = complaints(file);
    await file.goto(`file://${path}`);
    await expect(file.locator('section')).toHaveCount(findings);
    await expect(file.getByRole('heading', { name: /Legacy dropped \d+ characters/ })).toBeVisible();
    await expect(file.getByRole('img', { name: /^Messages of 3 lanes over \d/ })).toBeVisible();
    await expect(file.locator('dt', { hasText: 'First byte' })).toBeVisible();
    await expect(file.getByText(/^Ending: complete\./)).toBeVisible();
    // In the window's own type, which came with it.
    expect(await file.evaluate(async () => (await document.fonts.load('13px "Inter Variable"')).length)).toBe(1);
    // On paper nothing can be scrolled to.
    await file.emulateMedia({ media: 'print' });
    await file.setViewportSize({ width: 640, height: 900 });
    const hidden = () =>
      [...document.querySelectorAll('pre')].reduce((sum, text) => sum + text.scrollHeight - text.clientHeight, 0);
    expect(await file.evaluate(hidden)).toBe(0);
    expect(faults).toEqual([]);
  });
});
