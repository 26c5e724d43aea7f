/**
 * Hostile web pages against the headless host, in a real browser that has its cookie. What a page can send is what the
 * browser lets it; so here the browser decides on the heads, and the table of test/contract/host.test.ts on all others.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, type BrowserContext, type Page } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';

let host: Host;
let attacker: Server;
let context: BrowserContext;

test.beforeAll(async ({ playwright }, { project }) => {
  host = await startHost();
  attacker = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>evil</title><body></body>'),
  ).listen(0, '127.0.0.1');
  await once(attacker, 'listening');
  // A name of the attacker's that leads to this machine: what DNS rebinding comes to.
  const { launchOptions = {} } = project.use;
  const browser = await playwright.chromium.launch({
    ...launchOptions,
    args: [...(launchOptions.args ?? []), '--host-resolver-rules=MAP evil.test 127.0.0.1'],
  });
  context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(host.url);
  await expect(page).toHaveTitle('Tracelane');
});

test.afterAll(async () => {
  await context.browser()?.close();
  attacker.close();
  attacker.closeAllConnections();
  await host.stop();
});

const attackerUrl = (name: string): string => `http://${name}:${(attacker.address() as AddressInfo).port}/`;

/**
 * Status codes that the server at this port gives to the page's requests from here on: of those, too, whose answer the
 * browser keeps from the page. They come from the browser's network layer, before it decides that.
 */
async function statuses(page: Page, port: number): Promise<number[]> {
  const found: number[] = [];
  const asked = new Set<string>();
  const session = await page.context().newCDPSession(page);
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (new URL(request.url).port === String(port)) asked.add(requestId);
  });
  session.on('Network.webSocketCreated', ({ requestId }) => asked.add(requestId));
  session.on('Network.webSocketHandshakeResponseReceived', ({ response }) => found.push(response.status));
  session.on('Network.responseReceivedExtraInfo', ({ requestId, statusCode }) => {
    if (asked.has(requestId)) found.push(statusCode);
  });
  await session.send('Network.enable');
  return found;
}

/** Where a page may believe the host to be. */
const bases = (): readonly string[] =>
  ['127.0.0.1', 'localhost', '0.0.0.0', '[::1]', 'evil.test'].map((name) => `http://${name}:${host.port}`);

/** Runs in the attacker's page: sends whatever a page can send, and says what it learned. */
async function attack(base: string): Promise<string[]> {
  const learned: string[] = [];
  const settle = (target: EventTarget, good: string, bad: string, what: string): Promise<void> =>
    new Promise((resolve) => {
      target.addEventListener(good, () => {
        learned.push(what);
        resolve();
      });
      target.addEventListener(bad, () => resolve());
    });
  const element = (tag: string, attributes: Record<string, string>): Promise<void> => {
    const made = document.createElement(tag);
    const done = settle(made, 'load', 'error', `${tag} loaded`);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    document.body.append(made);
    return done;
  };
  const ask = async (init: RequestInit, path = '/'): Promise<void> => {
    const response = await fetch(base + path, { credentials: 'include', ...init }).catch(() => undefined);
    if (response && response.type !== 'opaque')
      learned.push(`${init.method ?? 'GET'} ${response.status} ${(await response.text()).slice(0, 20)}`);
  };
  const socket = new WebSocket(`${base.replace('http', 'ws')}/rpc`);
  const events = new EventSource(`${base}/rpc`, { withCredentials: true });
  await Promise.all([
    settle(socket, 'open', 'close', 'WebSocket opened'),
    settle(events, 'open', 'error', 'EventSource opened'),
    ask({}),
    ask({ mode: 'no-cors' }),
    ask({ mode: 'no-cors', method: 'POST', body: '{"t":"call"}' }, '/rpc'),
    ask({ method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }, '/rpc'),
    ask({ headers: { authorization: 'Bearer guessed' } }),
    element('img', { src: `${base}/icon.svg` }),
    element('script', { src: `${base}/assets/index.js` }),
    element('link', { rel: 'stylesheet', href: `${base}/assets/index.css` }),
  ]);
  events.close();
  return learned;
}

for (const name of ['evil.test', '127.0.0.1', 'localhost']) {
  test(`a page at ${name} on another port learns and does nothing`, async () => {
    const page = await context.newPage();
    await page.goto(attackerUrl(name));
    const answers = await statuses(page, host.port);
    for (const base of bases()) expect([base, await page.evaluate(attack, base)]).toEqual([base, []]);
    expect([...new Set(answers)]).toEqual([403]);
    expect(answers.length).toBeGreaterThan(20);
  });
}

test('the same attack on a server that trusts whoever comes succeeds', async () => {
  const naive = createServer((_, response) =>
    response.setHeader('access-control-allow-origin', '*').end('body {}'),
  ).listen(0, '127.0.0.1');
  await once(naive, 'listening');
  const { port } = naive.address() as AddressInfo;
  const page = await context.newPage();
  await page.goto(attackerUrl('evil.test'));
  const answers = await statuses(page, port);
  const learned = await page.evaluate(attack, `http://evil.test:${port}`);
  expect(learned.length).toBeGreaterThan(0);
  expect(answers).toContain(200);
  naive.close();
  naive.closeAllConnections();
});

test('a page that was rebound to the host itself learns nothing', async () => {
  const page = await context.newPage();
  const response = await page.goto(`http://evil.test:${host.port}/`);
  expect(response?.status()).toBe(403);
  expect(await page.locator('body').innerText()).toContain('This host name is not allowed.');
  // With a code, too, were it known: the name alone is refused.
  expect((await page.goto(host.url.replace('127.0.0.1', 'evil.test')))?.status()).toBe(403);
  const status = await page.evaluate(async () => (await fetch('/rpc')).status);
  expect(status).toBe(403);
});

test('a link, a form and a frame of another page do not reach it', async () => {
  const page = await context.newPage();
  for (const [name, html] of [
    ['link', `<a href="${host.origin}/">go</a>`],
    [
      'form',
      `<form method="post" action="${host.origin}/rpc" enctype="text/plain"><input name="{" value="}"><button>go</button></form>`,
    ],
    ['form by GET', `<form action="${host.origin}/"><button>go</button></form>`],
  ] as const) {
    await page.goto(attackerUrl('evil.test'));
    await page.evaluate((html) => (document.body.innerHTML = html), html);
    const navigated = page.waitForNavigation();
    await page.locator('a, button').click();
    expect([name, (await navigated)?.status()]).toEqual([name, 403]);
  }
  for (const attributes of ['', 'sandbox="allow-scripts"']) {
    await page.goto(attackerUrl('127.0.0.1'));
    const framed = context.waitForEvent('response', (response) => response.url() === `${host.origin}/`);
    await page.evaluate(
      ([origin, attributes]) => (document.body.innerHTML = `<iframe ${attributes} src="${origin}/"></iframe>`),
      [host.origin, attributes] as const,
    );
    expect((await framed).status()).toBe(403);
  }
});

test('a sandboxed frame, whose origin is null, learns nothing', async () => {
  const page = await context.newPage();
  await page.goto(attackerUrl('127.0.0.1'));
  const told = page.evaluate(
    () =>
      new Promise((resolve) => {
        addEventListener('message', ({ data }) => resolve(data), { once: true });
      }),
  );
  await page.evaluate((origin) => {
    const frame = document.createElement('iframe');
    frame.sandbox.add('allow-scripts');
    frame.srcdoc = `<script>
      const socket = new WebSocket('${origin.replace('http', 'ws')}/rpc');
      socket.onopen = () => parent.postMessage('open', '*');
      socket.onerror = () => fetch('${origin}/').then(() => parent.postMessage('read', '*'), () => parent.postMessage('nothing', '*'));
    </script>`;
    document.body.append(frame);
  }, host.origin);
  expect(await told).toBe('nothing');
});
