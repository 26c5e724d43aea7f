/** Any lanes in a real browser: a fourth one that only the host knows, fewer of them, and the wire alone. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from 'playwright/test';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { startHost, type Host } from '../support/host.ts';
import { importOver } from '../support/imports.ts';
import { chatBody, chunk } from '../support/wire.ts';
import { complaints, startSample, wholeTrace } from '../support/page.ts';

// High enough that the lane map is shown unasked.
test.use({ viewport: { width: 1440, height: 1080 } });

let host: Host;
test.beforeAll(async () => {
  host = await startHost({ imports: [new URL('../support/loud/register.ts', import.meta.url).href] });
});
test.afterAll(() => host.stop());

async function openRun(page: Page): Promise<TraceId> {
  const client = host.client();
  const id = await startSample(client, 'text-lost', 'chat_completions');
  await wholeTrace(client, id);
  await page.goto(host.url);
  await page.locator(`#run-${id}`).click();
  return id;
}

const PIXEL = {
  type: 'image_url',
  image_url: {
    url: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  },
};

const lanesShown = (page: Page) => page.locator('.lane .lane-head h2').allTextContents();

/** Switches lanes on or off in the menu of the trace's header. */
async function pick(page: Page, ...labels: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: /^\d lanes?\. Choose/ }).click();
  for (const label of labels) await page.getByRole('menuitemcheckbox', { name: label }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
}

test('a fourth lane stands in Live, in the comparison and in the table of options', async ({ page }) => {
  const faults = complaints(page);
  const id = await openRun(page);
  await expect.poll(() => lanesShown(page)).toEqual(['Wire', 'Legacy', 'Simple', 'Loud']);
  const wire = await wholeTrace(host.client(), id);
  const said = wire.blocks.rows.flatMap((row) => row.cells.wire.filter(({ kind }) => kind === 'text'));
  await expect(page.locator('.lane[data-lane="loud"] .streamed').first()).toHaveText(
    said[0]!.pieces.join('').toUpperCase(),
  );

  await page.getByRole('tab', { name: /^Compare/ }).click();
  const verdict = page.getByRole('table', { name: 'Verdict' });
  await expect(verdict.getByRole('columnheader').filter({ hasText: 'Loud' })).toContainText('differ');
  await expect(page.locator('[data-field="text"] [data-lane="loud"]')).toContainText('altered');
  await expect(page.locator('.columns-cell[data-lane="loud"]').first()).toBeVisible();
  await expect(page.locator('.clef b')).toHaveText(['Legacy', 'Wire', 'Simple', 'Loud']);
  await expect(page.locator('.find').filter({ hasText: /^\d+ Loud altered/ })).toHaveCount(1);

  await page.getByRole('button', { name: 'Options matrix' }).click();
  const rows = page.getByRole('table', { name: 'Verdicts for every combination of options' }).getByRole('row');
  await expect(rows.filter({ hasText: /^Loud/ })).toHaveCount(1);
  expect(faults).toEqual([]);
});

test('lanes are switched on and off in the header of a trace, in every view', async ({ page }) => {
  await openRun(page);
  await expect.poll(() => lanesShown(page)).toHaveLength(4);
  await pick(page, 'Legacy', 'Loud');
  await expect.poll(() => lanesShown(page)).toEqual(['Wire', 'Simple']);
  await page.getByRole('tab', { name: /^Compare/ }).click();
  await expect(page.locator('.clef b')).toHaveText(['Wire', 'Simple']);
  await expect(page.locator('.find', { hasText: 'Legacy' })).toHaveCount(0);

  await pick(page, 'Simple');
  await expect(page.getByText('Only the wire reads this trace.')).toBeVisible();
  await pick(page, 'Legacy', 'Simple', 'Loud');
  await expect(page.locator('.clef b')).toHaveText(['Legacy', 'Wire', 'Simple', 'Loud']);
});

test('the settings say which lanes new traces begin with', async ({ page }) => {
  const client = host.client();
  await client.call('settings.set', { lanes: ['simple'] });
  const id = await startSample(client, 'text-lost', 'chat_completions');
  await wholeTrace(client, id);
  expect((await client.call('traces.get', { id })).lanes).toEqual(['wire', 'simple']);
  await page.goto(host.url);
  await page.locator(`#run-${id}`).click();
  await expect.poll(() => lanesShown(page)).toEqual(['Wire', 'Simple']);
  await client.call('settings.set', { lanes: null });
});

test('an answer of a few long paragraphs is read as Markdown to its end', async ({ page }) => {
  const long = 'All aboard. '.repeat(400);
  const text = chatBody(
    chunk({ content: [long, '```py\nprint("hello")\n```', `${long}the end`].join('\n\n') }, { finish_reason: 'stop' }),
    '[DONE]',
  );
  const client = host.client();
  const { id } = await importOver(client, { name: 'paragraphs', text, api: 'chat_completions' });
  await wholeTrace(client, id);
  await page.goto(host.url);
  await page.locator(`#run-${id}`).click();
  const wire = page.locator('.lane[data-lane="wire"]');
  await wire.getByRole('button', { name: 'Read as Markdown' }).click();
  await expect(wire.locator('.markdown > *')).toHaveCount(3);
  await expect(wire.locator('.markdown')).toContainText('the end');
  await wire.getByRole('button', { name: 'Read as Markdown' }).click();
});

test('closed blocks are read as Markdown and as a tree, and images drawn, when asked for, and nothing in them is fetched', async ({
  page,
}) => {
  const faults = complaints(page);
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  const answer = [
    '## Trains',
    '**Lisbon** to [Porto](https://elsewhere.invalid/porto) ![map](https://elsewhere.invalid/map.png)',
    '<img src="https://elsewhere.invalid/pixel.png" onerror="alert(1)">',
    '```py\nprint("hello")\n```',
    '| from | to |\n| --- | --- |\n| Lisbon | Porto |',
    '1. first\n2. second',
  ].join('\n\n');
  const args = {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'book', arguments: '{"to":{"city":"Porto"},"fare":12.50}' },
  };
  const text = chatBody(
    chunk({ content: answer }),
    chunk({ tool_calls: [args], images: [PIXEL] }, { finish_reason: 'tool_calls' }),
    '[DONE]',
  );
  const client = host.client();
  const { id } = await importOver(client, { name: 'markdown', text, api: 'chat_completions' });
  await wholeTrace(client, id);
  await page.goto(host.url);
  await page.locator(`#run-${id}`).click();
  const wire = page.locator('.lane[data-lane="wire"]');
  const switches = wire.getByRole('button', { name: /^Read as/ });
  await expect(switches).toHaveCount(2);
  // Folded or not.
  await wire.getByRole('button', { name: 'Read as Markdown' }).click();
  const markdown = wire.locator('.markdown');
  await expect(markdown).toBeVisible();
  await wire.getByRole('button', { name: /^Show all of/ }).click();
  await expect(markdown.locator('strong')).toHaveText('Lisbon');
  await expect(markdown.locator('pre')).toHaveText('print("hello")');
  await expect(markdown.locator('td')).toHaveText(['Lisbon', 'Porto']);
  await expect(markdown.locator('ol li')).toHaveCount(2);
  await expect(markdown).toContainText('https://elsewhere.invalid/map.png');
  await expect(markdown).toContainText('<img src="https://elsewhere.invalid/pixel.png" onerror="alert(1)">');
  await expect(markdown.locator('a, img')).toHaveCount(0);
  const tree = wire.getByRole('tree', { name: 'Arguments' });
  const rows = tree.getByRole('treeitem');
  await expect(rows).toHaveText(['to 1 field', 'city "Porto"', 'fare 12.50']);
  await tree.focus();
  for (const key of ['ArrowDown', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
  await expect(rows).toHaveText(['to 1 field', 'fare 12.50']);
  await expect(rows.first()).toHaveAttribute('aria-expanded', 'false');
  await rows.first().click();
  await expect(rows).toHaveCount(3);
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    const { violations } = await new AxeBuilder({ page }).include('.json-tree').setLegacyMode().analyze();
    expect(violations.map(({ id: rule }) => rule)).toEqual([]);
  }
  // An image that the event holds is drawn when asked for.
  await wire.getByRole('heading', { name: 'book' }).click();
  const event = page.getByRole('tabpanel', { name: 'Event' });
  await expect(event.getByText('PNG image')).toBeVisible();
  await expect(event.locator('img')).toHaveCount(0);
  await event.getByRole('button', { name: 'Show image' }).click();
  await expect(event.locator('img')).toHaveJSProperty('naturalWidth', 1);
  // A text that was made to have more parts than a window holds is shown as it came, and the window goes on.
  const hostile = chatBody(chunk({ content: '*_'.repeat(8_000) }, { finish_reason: 'stop' }), '[DONE]');
  const { id: slow } = await importOver(client, { name: 'slow', text: hostile, api: 'chat_completions' });
  await page.locator(`#run-${slow}`).click();
  await expect(wire.getByRole('button', { name: 'Read as Markdown' })).toHaveAttribute('aria-pressed', 'true');
  await expect(wire.locator('.prose')).toContainText('*_*_*_');
  await expect(markdown).toHaveCount(0);
  await page.locator(`#run-${id}`).click();
  await expect(markdown).toBeVisible();
  // As it came, again.
  await switches.first().click();
  await expect(wire.locator('.streamed').first()).toHaveText(answer);
  expect(fetched.filter((url) => url.includes('elsewhere'))).toEqual([]);
  expect(faults).toEqual([]);
});
