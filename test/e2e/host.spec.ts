/** The headless host as a process: what it prints, what it opens, how it ends, and who gets the page. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'playwright/test';
import WebSocket from 'ws';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { dataFolder, startHost } from '../support/host.ts';
import { complaints, expected, shown, startSample, wholeTrace } from '../support/page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `npm start` without npm to its end. */
async function runToEnd(
  args: readonly string[],
  dataDir: string,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [join(root, 'src/main/start.mjs'), '--headless', '--no-open', ...args], {
    env: { ...process.env, TRACELANE_DATA_DIR: dataDir },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, stdout, stderr };
}

test.describe('the process', () => {
  test('prints its address with a code, then where the capture proxy is, and ends cleanly', async () => {
    const host = await startHost();
    expect(host.printed).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?code=[0-9a-f]{64}$/);
    expect(await host.client().call('app.info', {})).toMatchObject({ host: 'headless', dataDir: host.dataDir });
    expect(await host.stop()).toBe(0);
    const [first, second, ...more] = host.output.stdout.trimEnd().split('\n');
    expect(first).toBe(`Tracelane runs at ${host.printed}`);
    expect(host.output.stdout + host.output.stderr).not.toContain(host.token);
    expect(second).toMatch(/^Capture proxy at http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(more).toEqual([]);
  });

  test('has another token with each start', async () => {
    const [first, second] = [await startHost(), await startHost()];
    expect(first.token).not.toBe(second.token);
    const headers = { authorization: `Bearer ${first.token}` };
    expect((await fetch(second.origin, { headers })).status).toBe(401);
    await first.stop();
    await second.stop();
  });

  test('says in a sentence that a port is taken, or an option wrong', async () => {
    const folder = await dataFolder();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const taken = await runToEnd(['--port', String(port)], folder.path);
    expect([taken.code, taken.stdout]).toEqual([1, '']);
    expect(taken.stderr).toContain(`Port ${port} is in use by another program. Choose another with --port`);
    other.close();

    const wrong = await runToEnd(['--port', 'http'], folder.path);
    expect([wrong.code, wrong.stdout]).toEqual([2, '']);
    expect(wrong.stderr).toContain('--port takes a number');
    const unknown = await runToEnd(['--no-such'], folder.path);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('Usage:');
    await folder.remove();
  });

  test('ends with a sentence when it meets a fault of its own, and keeps what was recorded', async () => {
    const folder = await dataFolder();
    // A fault that no code of ours has: it is thrown into the process from outside.
    const fault = `import { isMainThread } from 'node:worker_threads'; if (isMainThread) process.on('SIGUSR2', () => { throw new Error('out of the blue \u001b[31m'); });`;
    const host = await startHost({
      dataDir: folder.path,
      env: { NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(fault)}"` },
    });
    const id = await startSample(host.client(), 'plain-text', 'messages');
    const whole = expected(await wholeTrace(host.client(), id));
    expect(await host.signal('SIGUSR2')).toBe(1);
    expect(host.output.stderr).toContain('had an internal error and is closing');
    expect(host.output.stderr).toContain('out of the blue');
    expect(host.output.stderr).not.toContain('\u001b');

    const again = await startHost({ dataDir: folder.path });
    expect(expected(await wholeTrace(again.client(), id))).toEqual(whole);
    await again.stop();
    await folder.remove();
  });

  test('L4 says no key, in what it prints, in its arguments or its environment', async () => {
    const KEY = 'marker-key-0123456789';
    const host = await startHost();
    const client = host.client();
    const sample = (await client.call('endpoints.list', {})).find(({ id }) => id === 'sample-openai')!;
    const endpoint = await client.call('endpoints.save', {
      name: 'Mine',
      baseUrl: sample.baseUrl,
      type: 'openai',
      provider_name: 'openai',
    });
    await client.call('endpoints.setKey', { id: endpoint.id, key: KEY });
    for (const model of ['plain-text', 'fault-401', 'fault-reset']) {
      const { id } = await client.call('runs.start', {
        endpoint: endpoint.id,
        api: 'chat_completions',
        request: { model, messages: [{ role: 'user', content: KEY }] },
        options: DEFAULT_OPTIONS,
      });
      await wholeTrace(client, id);
    }
    const children = await readFile(`/proc/${host.pid}/task/${host.pid}/children`, 'utf8');
    for (const pid of [host.pid, ...children.split(' ').filter(Boolean)])
      for (const file of ['cmdline', 'environ'])
        expect(await readFile(`/proc/${pid}/${file}`, 'utf8')).not.toContain(KEY);
    await host.stop();
    expect(host.output.stdout + host.output.stderr).not.toContain(KEY);
  });

  test('D13 is stopped in the middle of a stream and goes on: the stop is noted at its place, and no time is made up', async () => {
    test.skip(process.platform === 'win32', 'Windows has no such signals.');
    const STOPPED_MS = 3_000;
    const asked = Promise.withResolvers<ServerResponse>();
    const provider = createHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      asked.resolve(response);
    }).listen(0, '127.0.0.1');
    const host = await startHost();
    const client = host.client();
    const { id: endpoint } = await client.call('endpoints.save', {
      name: 'Mine',
      baseUrl: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`,
      type: 'openai',
      provider_name: 'openai',
    });
    const { id } = await client.call('runs.start', {
      endpoint,
      api: 'chat_completions',
      request: { model: 'm', messages: [{ role: 'user', content: 'Go on.' }] },
      options: DEFAULT_OPTIONS,
    });
    const response = await asked.promise;
    const event = (content: string): string =>
      `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content } }] })}\n\n`;
    response.write(event('before '));
    await expect.poll(async () => (await client.call('traces.get', { id })).metrics.events).toBe(1);
    process.kill(host.pid, 'SIGSTOP');
    for (const word of ['while ', 'it ', 'slept ']) response.write(event(word));
    await setTimeout(STOPPED_MS);
    process.kill(host.pid, 'SIGCONT');
    await expect.poll(async () => (await client.call('traces.get', { id })).metrics.events).toBe(4);
    response.end(`${event('after')}data: [DONE]\n\n`);
    const { text } = expected(await wholeTrace(client, id));
    const { ending, metrics } = await client.call('traces.get', { id });
    expect(text.wire).toBe('before while it slept after');
    expect(ending).toMatchObject({
      state: 'complete',
      rule: expect.stringMatching(
        new RegExp(
          `This machine was suspended, or this program stopped, for \\d+ seconds after byte ${event('before ').length}: `,
        ),
      ),
    });
    // Whatever came meanwhile came after it: no time lies within it.
    expect(metrics.gaps[0]).toBeGreaterThanOrEqual(STOPPED_MS * 1e6);
    await host.stop();
    provider.close();
  });

  test('ends with npm, when that is told to end', async () => {
    test.skip(process.platform === 'win32', 'Windows has no such signals.');
    const folder = await dataFolder();
    const npm = spawn('npm', ['start', '--', '--headless', '--no-open'], {
      cwd: root,
      env: { ...process.env, TRACELANE_DATA_DIR: folder.path },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let stdout = '';
    npm.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    const origin = (): string => /http:\/\/127\.0\.0\.1:\d+/.exec(stdout)?.[0] ?? '';
    await expect.poll(origin).not.toBe('');
    expect((await fetch(origin())).status).toBe(401);
    npm.kill('SIGTERM');
    // Its output is closed once nothing is left that holds it: the program, too, has ended.
    await once(npm, 'close');
    await expect(fetch(origin())).rejects.toThrow();
    await folder.remove();
  });

  test('opens the browser with a code that is good once, and that is not the printed one', async ({ page }) => {
    test.skip(process.platform !== 'linux', 'Elsewhere the command cannot be stood in for by the path.');
    const folder = await dataFolder();
    const bin = join(folder.path, 'bin');
    const opened = join(folder.path, 'opened');
    await mkdir(bin);
    await writeFile(
      join(bin, 'xdg-open'),
      `#!/bin/sh\nprintf '%s' "$1" > ${opened}.part && mv ${opened}.part ${opened}\n`,
    );
    await chmod(join(bin, 'xdg-open'), 0o755);
    const host = await startHost({
      args: ['--open'],
      env: { DISPLAY: ':0', PATH: `${bin}${delimiter}${process.env['PATH']}` },
    });
    await expect.poll(() => readFile(opened, 'utf8').catch(() => '')).toContain(`${host.origin}/?code=`);
    const url = await readFile(opened, 'utf8');
    expect(url).not.toContain(host.token);
    await page.goto(url);
    await expect(page).toHaveTitle('Tracelane');
    await expect(page.getByRole('button', { name: 'New run' }).first()).toBeVisible();
    await expect.poll(async () => (await fetch(url)).status).toBe(401);
    await host.stop();
    await folder.remove();
  });
});

test.describe('the page', () => {
  test('R11 comes with a code, which leaves the address and is worth nothing any more', async ({
    page,
    context,
    browser,
  }) => {
    const host = await startHost();
    const found = complaints(page);
    const url = host.url;
    const code = new URL(url).searchParams.get('code')!;
    const sent: string[] = [];
    page.on('request', (request) => sent.push(JSON.stringify([request.url(), request.headers()['referer']])));
    await page.goto(url);
    await expect(page).toHaveTitle('Tracelane');
    await expect(page.getByRole('button', { name: 'New run' }).first()).toBeVisible();
    expect(page.url()).toBe(`${host.origin}/`);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    // No place that the browser keeps has it, and nothing but the page itself was asked for with it.
    const places = await page.evaluate(() => navigation.entries().map((entry) => entry.url));
    expect(places.filter((place) => place?.includes(code) || place?.includes(host.token))).toEqual([]);
    const kept = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage, history.state]));
    expect(kept).not.toContain(code);
    expect(sent.filter((text) => text.includes(code))).toEqual([JSON.stringify([url, undefined])]);
    expect(await context.cookies()).toMatchObject([
      { name: `tracelane-${host.port}`, httpOnly: true, sameSite: 'Strict' },
    ]);
    await page.reload();
    await expect(page.getByRole('button', { name: 'New run' }).first()).toBeVisible();
    expect(found).toEqual([]);
    // The same address again, whose code is refused, and a tab of its own: this browser is in already.
    await page.goto(url);
    await expect(page.getByRole('button', { name: 'New run' }).first()).toBeVisible();
    const second = await context.newPage();
    await second.goto(`${host.origin}/index.html`);
    await expect(second.getByRole('button', { name: 'New run' }).first()).toBeVisible();
    expect((await fetch(url)).status).toBe(401);
    // Another browser that finds the address, in a history or in what was printed, sees nothing.
    const other = await browser.newContext();
    const late = await other.newPage();
    expect((await late.goto(url))!.status()).toBe(401);
    expect((await late.goto(`${host.origin}/index.html`))!.status()).toBe(401);
    await other.close();
    await host.stop();
  });

  test('says at the terminal how to open it again, once its address was used', async ({ browser }) => {
    const host = await startHost();
    const again = (): string | undefined => /To open it in another browser: (\S+)/.exec(host.output.stderr)?.[1];
    await expect.poll(again).toBeDefined();
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(again()!);
    await expect(page.getByRole('button', { name: 'New run' }).first()).toBeVisible();
    await context.close();
    await host.stop();
  });

  test('R10 gives nothing that opens it to a server on another port of this machine', async ({ page }) => {
    const host = await startHost();
    await page.goto(host.url);
    await expect(page.getByRole('button', { name: 'New run' }).first()).toBeVisible();
    const heads: string[] = [];
    const other = createServer((socket) => {
      socket.on('data', (data) => {
        heads.push(data.toString());
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    }).listen(0, '127.0.0.1');
    await once(other, 'listening');
    await page.goto(`http://127.0.0.1:${(other.address() as AddressInfo).port}/`);
    const given = heads.join('');
    expect(given).not.toContain(host.token);
    // What it is given does not open the traces.
    const cookie = /^cookie: (.*)$/im.exec(given)?.[1] ?? '';
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, { headers: { cookie } });
    const refused = await new Promise((resolve) => {
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode));
      socket.on('open', () => resolve('open'));
      socket.on('error', () => undefined);
    });
    expect(refused).toBe(401);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    other.close();
    await host.stop();
  });

  test('does not come without', async ({ page }) => {
    const host = await startHost();
    for (const path of ['/', '/index.html', '/?code=', `/?code=${'0'.repeat(64)}`, `/index.html?token=${host.token}`]) {
      const response = await page.goto(host.origin + path);
      expect(response?.status()).toBe(401);
      expect(await page.locator('body').innerText()).toContain('Open the address that Tracelane printed');
    }
    await host.stop();
  });

  test('is the same in two windows at once, live and after', async ({ context }) => {
    const host = await startHost({ pace: 4 });
    const pages = [await context.newPage(), await context.newPage()];
    const client = host.client();
    const id = await startSample(client, 'long-answer', 'messages');
    for (const page of pages) await page.goto(host.url);
    const whole = expected(await wholeTrace(client, id));
    for (const page of pages) await expect.poll(() => shown(page)).toEqual(whole);
    await host.stop();
  });
});
