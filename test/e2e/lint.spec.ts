/** The Lint tab in a real browser: remarks with their counts, the worst first, and the help of a rule with its example. */
import { expect, test, type Page } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { importOver } from '../support/imports.ts';
import { complaints, openTrace, wholeTrace } from '../support/page.ts';
import { chatBody, chunk } from '../support/wire.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost();
});
test.afterAll(() => host.stop());

const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });
const call = (fn: unknown): unknown =>
  chunk({ role: 'assistant', tool_calls: [{ id: 'a', type: 'function', function: fn }] });

/** Calls without an index, arguments twice, an empty finish reason, and no usage. */
const BODY = chatBody(
  call({ name: 'f', arguments: '{}' }),
  call({ arguments: '{"x":1}' }),
  chunk({}, {}, { finish_reason: '' }),
  chunk({}, {}, { finish_reason: 'tool_calls' }),
  '[DONE]',
);

async function openLint(page: Page): Promise<void> {
  const client = host.client();
  const { id } = await importOver(client, { name: 'faults', text: BODY, api: 'chat_completions' });
  await openTrace(page, host.url, id, await wholeTrace(client, id));
  await inspector(page).getByRole('tab', { name: 'Lint' }).click();
  await expect(inspector(page).getByRole('list', { name: 'Protocol remarks' })).toBeVisible();
}

test('tells each fault once, with its count, the worst first', async ({ page }) => {
  const faults = complaints(page);
  await openLint(page);
  const remarks = inspector(page).locator('.remark');
  const missing = remarks.filter({ hasText: 'tool-index-missing' });
  await expect(missing).toHaveCount(1);
  await expect(missing).toContainText('A fragment of a tool call has no index (and 1 more event, event 1).');
  const severities = await remarks
    .locator('> svg')
    .evaluateAll((marks) => marks.map((mark) => mark.getAttribute('aria-label')));
  expect(severities).toEqual(severities.toSorted((a, b) => ORDER.indexOf(a!) - ORDER.indexOf(b!)));
  expect(new Set(severities)).toEqual(new Set(ORDER));
  expect(faults).toEqual([]);
});

const ORDER = ['error', 'warning', 'info'];

test('a remark opens the help of its rule, with what breaks it beside what keeps it', async ({ page }) => {
  const faults = complaints(page);
  await openLint(page);
  const remark = inspector(page).locator('.remark', { hasText: 'arguments-two-values' });
  const opener = remark.getByRole('button', { name: 'arguments-two-values' });
  await expect(opener).toHaveAttribute('aria-expanded', 'false');
  await opener.click();
  const help = inspector(page).getByRole('region', { name: 'Help on arguments-two-values' });
  await expect(help).toContainText('two JSON values in a row');
  await expect(help.locator('.breaks').last()).toContainText('"arguments":"{}"');
  await expect(help.locator('.keeps').last()).toContainText('"arguments":""');
  await opener.click();
  await expect(help).toHaveCount(0);
  expect(faults).toEqual([]);
});
