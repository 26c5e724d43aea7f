/** Capturing another program, as a person does it: a line is copied, the program runs, and its exchange is there. */
import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { complaints, openEmpty } from '../support/page.ts';

let host: Host;
test.beforeEach(async () => {
  host = await startHost({ env: { TRACELANE_CAPTURE_PORT: '0' } });
});
test.afterEach(() => host.stop());

const EVENT = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

test('the line that is copied leads to the provider, and what comes of it is shown by itself', async ({
  page,
  context,
}) => {
  const found = complaints(page);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  let answer: ServerResponse | undefined;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(EVENT('Half of it'));
    answer = response;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await host.client().call('endpoints.save', {
    name: 'Local model',
    baseUrl: `http://127.0.0.1:${port}/v1`,
    type: 'openai',
    provider_name: '',
  });

  await openEmpty(page, host.url);
  const { url } = await host.client().call('capture.info', {});
  const capturePort = new URL(url!).port;
  await page.getByRole('button', { name: `:${capturePort}` }).click();
  const dialog = page.getByRole('dialog', { name: 'Capture a program' });
  await expect(dialog.getByRole('combobox')).toContainText('local-model');
  await expect(dialog.getByRole('status')).toContainText('Waiting for the first request');
  await dialog.getByRole('button', { name: 'Copy the base URL' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe(`http://127.0.0.1:${capturePort}/local-model/v1`);

  const response = await fetch(`${copied}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-0123456789abcdef' },
    body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'Say it in halves.' }] }),
  });
  await expect(dialog).toBeHidden();
  const run = page.getByRole('article');
  await expect(run.getByRole('heading', { level: 1 })).toContainText('Say it in halves.');
  await expect(run).toContainText('Half of it');
  answer!.end(`${EVENT(', and the rest.')}data: [DONE]\n\n`);
  expect(await response.text()).toContain('[DONE]');
  await expect(run).toContainText('and the rest.');

  // With their counts the tabs have no room for all names: what is left out is in the menu beside them.
  await expect(page.getByRole('tab', { name: /^Findings \d/ })).toBeVisible();
  await page.getByRole('button', { name: 'Inspector: all tabs' }).click();
  await page.getByRole('menuitem', { name: 'Exchange' }).click();
  const pane = page.getByRole('tabpanel').filter({ has: page.getByRole('heading', { name: 'Certificate' }) });
  await expect(pane).toContainText('Every byte went out as it came in.');
  await expect(pane).toContainText('host replaced');
  expect(found).toEqual([]);
  server.closeAllConnections();
  server.close();
});

test('E12 a port that is not free is said to be, at the terminal and in the window, with the one that is used', async ({
  page,
}) => {
  const wanted = Number(new URL((await host.client().call('capture.info', {})).url!).port);
  const second = await startHost({ env: { TRACELANE_CAPTURE_PORT: String(wanted) } });
  const { url } = await second.client().call('capture.info', {});
  const given = Number(new URL(url!).port);
  expect(given).not.toBe(wanted);
  const said = `Port ${wanted} was not free, so the capture proxy listens on port ${given}.`;
  await expect.poll(() => second.output.stderr).toContain(said);
  await expect.poll(() => second.output.stdout).toContain(`Capture proxy at http://127.0.0.1:${given}/`);
  await openEmpty(page, second.url);
  const button = page.getByRole('button', { name: `:${given}` });
  await button.hover();
  await expect(page.locator('.tip')).toContainText(said);
  await button.click();
  await expect(page.getByRole('dialog', { name: 'Capture a program' })).toContainText(said);
  await second.stop();
  expect(host.output.stderr).not.toContain('was not free');
});

test('an endpoint lends its key only where it says so, and the lines then have the proxy’s own', async ({ page }) => {
  const client = host.client();
  const endpoint = { name: 'Lender', baseUrl: 'http://127.0.0.1:1/v1', type: 'openai', provider_name: '' };
  const { id } = await client.call('endpoints.save', endpoint);
  await client.call('endpoints.setKey', { id, key: 'sk-of-the-endpoint-0123' });
  await openEmpty(page, host.url);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('tab', { name: 'Endpoints' }).click();
  await page.getByRole('button', { name: /Lender/ }).click();
  await page.getByRole('checkbox', { name: /Lend this key/ }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect
    .poll(async () => (await client.call('capture.info', {})).routes[0])
    .toMatchObject({ name: 'lender', lendsKey: true });
  await page.keyboard.press('Escape');
  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog', { name: 'Capture a program' });
  await expect(dialog).toContainText('the proxy’s own');
  const { clientKey } = await client.call('capture.info', {});
  await expect(dialog).toContainText(clientKey!);
  await expect(page.locator('body')).not.toContainText('sk-of-the-endpoint');
});

test('the two sides of a gateway are put on one axis, with what each hop held', async ({ page }) => {
  const found = complaints(page);
  const client = host.client();
  const { url } = await client.call('capture.info', {});
  const gateway = createServer(async (incoming, response) => {
    const answer = await fetch(`${url}sample-openai${incoming.url}`, { method: 'POST', body: await text(incoming) });
    response
      .writeHead(answer.status, { 'content-type': 'text/event-stream' })
      .end((await answer.text()).replace('"finish_reason":"stop"', '"finish_reason":"length"'));
  });
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  const { port } = gateway.address() as AddressInfo;
  const endpoint = { name: 'Gateway', baseUrl: `http://127.0.0.1:${port}/v1`, type: 'openai', provider_name: '' };
  await client.call('endpoints.save', endpoint);
  await openEmpty(page, host.url);
  const request = { model: 'plain-text', stream: true, messages: [{ role: 'user', content: 'Through a gateway.' }] };
  const answer = await fetch(`${url}gateway/v1/chat/completions`, { method: 'POST', body: JSON.stringify(request) });
  expect(await answer.text()).toContain('[DONE]');
  const rows = page.getByRole('grid', { name: 'Runs' }).locator('[id^="run-"]');
  await expect(rows).toHaveCount(2);
  await rows.first().click();
  await page.getByRole('tab', { name: 'Exchange' }).click();
  await page.getByRole('button', { name: 'See who held it' }).click();
  const part = page.getByRole('region', { name: 'Who held it' });
  await expect(part.getByRole('img')).toHaveAccessibleName(/Longest: .* gateway /);
  await expect(part).toContainText('The client waited');
  await expect(part.getByRole('list', { name: 'What the gateway did' })).toContainText('changed finish');
  expect(found).toEqual([]);
  gateway.closeAllConnections();
  gateway.close();
});
