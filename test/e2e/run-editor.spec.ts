/** The run editor over the built host: what is wrong is said with its line and cannot be sent; what is right runs, and can be run again. */
import { expect, test, type Page } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { openEmpty } from '../support/page.ts';

let host: Host;
test.beforeEach(async ({ page }) => {
  host = await startHost();
  await openEmpty(page, host.url);
});
test.afterEach(() => host.stop());

const dialog = (page: Page) => page.getByRole('dialog');
const editor = (page: Page) => dialog(page).getByRole('textbox', { name: 'Request as JSON' });
const run = (page: Page) => dialog(page).getByRole('button', { name: /^Run/ });
const wire = (page: Page) => page.getByRole('region', { name: 'Wire', exact: true });

async function openEditor(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New run' }).first().click();
  await expect(editor(page)).toBeFocused();
}

async function choose(page: Page, field: string, option: string | RegExp): Promise<void> {
  await dialog(page).getByRole('combobox', { name: field }).click();
  await page.getByRole('option', { name: option }).click();
}

test('runs what it opens with, by keyboard alone, and selects the new run', async ({ page }) => {
  await page.keyboard.press('Control+Shift+N');
  await expect(editor(page)).toBeFocused();
  await expect(editor(page)).toContainText('"text-lost"');
  await page.keyboard.press('Control+Enter');
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByRole('row', { selected: true })).toContainText('text-lost');
  await expect(wire(page)).toContainText('After the end');
});

for (const [endpoint, api, sample, model] of [
  ['Sample provider (OpenAI)', 'Chat Completions', 'Two tool calls side by side', 'parallel-tools'],
  ['Sample provider (OpenAI)', 'Responses', 'A plain answer', 'plain-text'],
  ['Sample provider (Anthropic)', 'Messages', 'Reasoning, then an answer', 'reasoning'],
] as const) {
  test(`runs the sample ${model} over ${api}`, async ({ page }) => {
    await openEditor(page);
    await choose(page, 'Endpoint', endpoint);
    await dialog(page).getByRole('group', { name: 'API' }).getByRole('button', { name: api }).click();
    await choose(page, 'Sample', sample);
    await expect(editor(page)).toContainText(`"${model}"`);
    await run(page).click();
    await expect(wire(page)).toContainText('After the end');
    const [row] = (await host.client().call('traces.list', {})).rows;
    expect(row).toMatchObject({
      model,
      api: { 'Chat Completions': 'chat_completions', Responses: 'responses', Messages: 'messages' }[api],
      ending: { state: 'complete' },
    });
  });
}

test('says with its line what is wrong, and sends nothing until it is mended', async ({ page }) => {
  await openEditor(page);
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(
    '{\n  "model": "plain-text",\n  "messages": [\n    {"role": "robot", "content": "x"}\n  ],\n  "stream": false\n}',
  );
  const remarks = dialog(page).getByRole('list', { name: 'Remarks on the request' });
  await expect(remarks.getByRole('listitem')).toHaveText([
    /Line 4.*messages\[0\]\.role must be one of/,
    /Line 6.*stream must be true or omitted/,
  ]);
  await expect(run(page)).toBeDisabled();
  await expect(dialog(page).getByRole('status')).toHaveText('2 errors in the request must be fixed first.');
  await expect(editor(page)).toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Control+Enter');
  await expect(dialog(page)).toBeVisible();

  // A remark leads to its place: the role is marked, typing replaces nothing but what is there.
  await remarks.getByRole('button').first().click();
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('{"model": "plain-text", "messages": [{"role": "user", "content": "x"}]');
  await expect(remarks.getByRole('listitem')).toHaveText([/Line 1.*The { of line 1 is never closed/]);
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText('}');
  await expect(remarks).toHaveCount(0);
  await dialog(page).getByRole('button', { name: 'Format' }).click();
  await run(page).click();
  await expect(wire(page)).toContainText('After the end');
});

test('keeps a draft when it is closed, also on the way to a new endpoint and back', async ({ page }) => {
  await openEditor(page);
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('{"model": "kept"}');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await openEditor(page);
  await expect(editor(page)).toContainText('"kept"');
  await dialog(page).getByRole('button', { name: 'Add an endpoint' }).click();
  await dialog(page)
    .getByRole('group', { name: 'Start from' })
    .getByRole('button', { name: 'Ollama', exact: true })
    .click();
  await dialog(page).getByRole('button', { name: 'Add endpoint', exact: true }).click();
  await expect(dialog(page).getByRole('combobox', { name: 'Endpoint' })).toHaveText('Ollama');
  await expect(editor(page)).toContainText('"kept"');
});

test('runs again with the request of the shown run and other options', async ({ page }) => {
  await openEditor(page);
  await choose(page, 'Sample', /Two tool calls side by side/);
  await dialog(page).getByRole('checkbox', { name: 'get_forecast' }).check();
  await dialog(page).getByRole('textbox', { name: 'Name of another tool' }).fill('other_tool');
  await page.keyboard.press('Enter');
  await run(page).click();
  await expect(wire(page)).toContainText('After the end');
  await page.keyboard.press('Control+Shift+Enter');
  await expect(dialog(page)).toContainText('Run again');
  await expect(editor(page)).toContainText('"parallel-tools"');
  await expect(dialog(page).getByRole('checkbox', { name: 'get_forecast' })).toBeChecked();
  await dialog(page).getByRole('button', { name: 'Remove other_tool' }).click();
  await run(page).click();
  await expect.poll(async () => (await host.client().call('traces.list', {})).rows.length).toBe(2);
  const [newest] = (await host.client().call('traces.list', {})).rows;
  expect((await host.client().call('traces.get', { id: newest!.id })).options.requires_approval_tools).toEqual([
    'get_forecast',
  ]);
});
