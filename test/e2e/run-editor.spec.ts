/** The run editor over the built host: what is wrong is said with its line and cannot be sent; what is right runs, and can be run again. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
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
  await page.keyboard.press('Control+i');
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
    /Line 6.*stream is false: the answer will not be a stream/,
  ]);
  await expect(run(page)).toBeDisabled();
  await expect(dialog(page).getByRole('status')).toHaveText('One error in the request must be fixed first.');
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

/** The last request that a server got, to the byte. */
async function rawServer(): Promise<{
  readonly server: Server;
  readonly baseUrl: string;
  readonly last: () => string;
}> {
  let raw = '';
  const server = createServer((socket) => {
    raw = '';
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (text: string) => {
      raw += text;
      const head = raw.indexOf('\r\n\r\n');
      const length = Number(/content-length: (\d+)/i.exec(raw)?.[1]);
      if (head >= 0 && raw.length >= head + 4 + length)
        socket.end('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: [DONE]\n\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    last: () => Buffer.from(raw, 'latin1').toString('utf8'),
  };
}

test('says what will be added, and with all of it switched off sends what is written, byte for byte', async ({
  page,
}) => {
  const { server, baseUrl, last } = await rawServer();
  await host.client().call('endpoints.save', { name: 'Raw', baseUrl, type: 'openai', provider_name: 'openai' });
  await page.reload();
  await openEditor(page);
  await choose(page, 'Endpoint', /^Raw/);
  const text =
    '{ "model" :"m",\n\t"seed": 12345678901234567890, "n": 1.0,\n  "messages": [{"role":"user","content":"é"}] }';
  await editor(page).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
  const changes = dialog(page).locator('.run-changes');
  const summary = changes.locator('summary');
  await expect(summary).toHaveText(/^Will be added: stream, stream_options\.include_usage, \d+ headers$/);
  await summary.click();
  const one = (name: string | RegExp) => changes.getByRole('checkbox', { name });
  await expect(one(/"stream_options\.include_usage": true/)).toBeChecked();
  await expect(one(/^host/)).toBeDisabled();

  // One of them: what follows from it goes as well, all else stays.
  await one(/"stream": true/).uncheck();
  await expect(one(/include_usage/)).toHaveCount(0);
  await one(/"stream": true/).check();
  await one(/include_usage/).uncheck();
  await expect(summary).toContainText('1 switched off');
  await run(page).click();
  await expect(page.getByRole('row', { selected: true })).toBeVisible();
  await expect.poll(last).toContain('\r\n\r\n');
  const bodyOf = (raw: string): string => raw.slice(raw.indexOf('\r\n\r\n') + 4);
  expect(bodyOf(last())).toBe(text.replace('] }', '], "stream": true }').replace(', "stream"', ',\n  "stream"'));

  // The trace says both; run again begins with what was written and with the same switches.
  await page.locator('.inspector').getByRole('tab', { name: 'Request' }).click();
  const pane = page.locator('.inspector');
  await expect(pane).toContainText('Added to what was written');
  await expect(pane).toContainText('Switched off for this run');
  await expect(pane).toContainText('Body, as written');
  await page.keyboard.press('Control+Shift+Enter');
  await expect(dialog(page)).toContainText('Run again');
  await expect(summary).toContainText('1 switched off');
  await summary.click();
  await changes.getByRole('button', { name: 'Send as written' }).click();
  await expect(changes.getByRole('button', { name: 'Add everything again' })).toBeVisible();
  await run(page).click();
  await expect.poll(() => bodyOf(last())).toBe(text);
  expect(
    last()
      .slice(0, last().indexOf('\r\n\r\n'))
      .split('\r\n')
      .map((line) => line.split(':')[0]!.toLowerCase()),
  ).toEqual(['post /v1/chat/completions http/1.1', 'host', 'connection', 'content-length']);
  server.close();
});
