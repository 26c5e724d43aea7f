/** Who may use the capture proxy: no page of a browser, no name but its own, no request that can be read in two ways. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { headAndBody, TcpServer, tcpClient } from '../../support/tcp-pair.ts';
import { TestProxy } from '../../support/proxy.ts';
import { useProxy } from '../../support/use-proxy.ts';

const { open } = useProxy();

/** What the proxy answers to bytes that it does not send on. */
async function refusalOf(bytes: (port: number) => string): Promise<{ readonly status: number; readonly said: string }> {
  const { proxy, server } = await open();
  const client = await tcpClient(proxy.port);
  client.write(bytes(proxy.port));
  await client.untilEnded();
  const { lines, body } = headAndBody(client.received)!;
  expect(server.connections).toBe(0);
  expect(proxy.events).toEqual([]);
  return { status: Number(lines[0]!.split(' ')[1]), said: JSON.parse(body.toString()).error.message };
}

const withHost = (host: string, more = ''): string => `POST /up/x HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`;
const withField = (field: string) => (port: number) => withHost(`127.0.0.1:${port}`, `${field}\r\n`);
const withTarget =
  (target: string, method = 'GET') =>
  (port: number) =>
    `${method} ${target} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;

test.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST'])('K1 %s is its name', async (name) => {
  const { proxy, server } = await open();
  const client = await tcpClient(proxy.port);
  client.write(withHost(`${name}:${proxy.port}`));
  await (await server.connection()).until(({ received }) => received.includes(`Host: 127.0.0.1:${server.port}`));
});

test('K9 it listens on the loopback interface alone, on both of its addresses', async () => {
  const { proxy, server } = await open();
  const client = await tcpClient(proxy.port, '::1').catch(() => undefined);
  // A machine without IPv6 has nobody who would come that way.
  if (!client) return;
  client.write(withHost(`[::1]:${proxy.port}`));
  await (await server.connection()).until(({ received }) => received.length > 0);
});

test('E12 a port that is taken is left for the next one', async () => {
  const first = await TestProxy.open([], { port: 40_417 });
  const second = await TestProxy.open([], { port: 40_417 });
  expect(second.port).toBeGreaterThan(first.port);
  await Promise.all([first.listener.close(), second.listener.close()]);
});

describe('is refused', () => {
  test.each([
    ['K1 another name', (port: number) => withHost(`evil.test:${port}`)],
    ['K1 another port', () => withHost('127.0.0.1:1')],
    ['K1 no port', () => withHost('127.0.0.1')],
    ['K3 every interface', (port: number) => withHost(`0.0.0.0:${port}`)],
    ['K1 a name behind ours', (port: number) => withHost(`127.0.0.1:${port}.evil.test`)],
    ['K7 a user', (port: number) => withHost(`x@127.0.0.1:${port}`)],
    ['K2 an origin', withField('Origin: https://evil.test')],
    ['K2 our own origin', (port: number) => withHost(`127.0.0.1:${port}`, `Origin: http://127.0.0.1:${port}\r\n`)],
    ['K11 an origin without a name', withField('Origin: null')],
    ['K4 a fetch of a page', withField('sec-fetch-site: cross-site')],
    ['K4 a fetch of one origin', withField('Sec-Fetch-Site: same-origin')],
    ['K4 an address that was typed', withField('Sec-Fetch-Site: none')],
    ['K11 an image', withField('Sec-Fetch-Dest: image')],
    ['K11 a click', withField('Sec-Fetch-Mode: navigate')],
    ['K2 an opaque fetch', withField('Sec-Fetch-Mode: no-cors')],
  ])('%s: 403', async (_, bytes) => {
    expect((await refusalOf(bytes)).status).toBe(403);
  });

  test('K5 a preflight of a page', async () => {
    const { status } = await refusalOf(
      (port) =>
        `OPTIONS /up/x HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: https://evil.test\r\nAccess-Control-Request-Method: POST\r\n\r\n`,
    );
    expect(status).toBe(403);
  });

  test.each([
    ['K7 no Host', () => 'GET /up/x HTTP/1.1\r\n\r\n'],
    ['K7 an empty Host', () => withHost('')],
    ['K7 two Hosts', (port: number) => withHost(`127.0.0.1:${port}`, `Host: 127.0.0.1:${port}\r\n`)],
    ['a blank before the colon', withField('X-A : 1')],
    ['a folded line', withField('X-A: 1\r\n  folded')],
    ['a line that is no field', withField('no field')],
    ['a NUL', withField('X-A: a\0b')],
    ['a bare LF', (port: number) => `GET /up/x HTTP/1.1\nHost: 127.0.0.1:${port}\n\n`],
    ['a lone CR', withField('X-A: 1\rX-B: 2')],
    ['two lengths', withField('Content-Length: 1\r\nContent-Length: 2')],
    ['a list of lengths', withField('Content-Length: 1, 2')],
    ['a signed length', withField('Content-Length: +1')],
    ['a length and chunks', withField('Content-Length: 1\r\nTransfer-Encoding: chunked')],
    ['chunks that are not last', withField('Transfer-Encoding: chunked, gzip')],
    ['chunks twice', withField('Transfer-Encoding: chunked, chunked')],
    ['another transfer encoding', withField('Transfer-Encoding: gzip')],
    [
      'chunks in HTTP/1.0',
      (port: number) => `POST /up HTTP/1.0\r\nHost: 127.0.0.1:${port}\r\nTransfer-Encoding: chunked\r\n\r\n`,
    ],
    ['no request', () => 'hello\r\n\r\n'],
    ['E9 a whole address', (port: number) => withTarget(`http://127.0.0.1:${port}/up/x`)(port)],
    ['E9 another host', withTarget('http://evil.test/up/x')],
    ['E9 two slashes', withTarget('//evil.test/x')],
    ['E9 a way up', withTarget('/up/v1/../../secret')],
    ['E9 an encoded way up', withTarget('/up/%2e%2E/secret')],
    ['E9 a backslash', withTarget('/up\\@evil.test/')],
    ['E9 a fragment', withTarget('/up/x#y')],
    ['E9 a star', withTarget('*', 'OPTIONS')],
  ])('%s: 400', async (_, bytes) => {
    expect((await refusalOf(bytes)).status).toBe(400);
  });

  test.each([
    ['E9 an unknown endpoint', '/other/x'],
    ['E9 none', '/'],
    ['E9 a user', '/@evil.test/'],
    ['E9 an encoded slash', '/%2fevil.test/x'],
  ])('%s: 404 with the names that there are', async (_, target) => {
    expect(await refusalOf(withTarget(target))).toEqual({
      status: 404,
      said: 'Tracelane: No endpoint has this path. A path begins with the name of one: /up/.',
    });
  });

  test('E9 a tunnel without a secret: 407', async () => {
    expect((await refusalOf(withTarget('evil.test:443', 'CONNECT'))).status).toBe(407);
  });

  test('E11 HTTP/2: 505', async () => {
    expect((await refusalOf(() => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).status).toBe(505);
  });

  test('a head without an end: 431', async () => {
    expect((await refusalOf((port) => withHost(`127.0.0.1:${port}`, `X: ${'x'.repeat(1024 ** 2)}`))).status).toBe(431);
  });
});

test('E15 half a head is waited for until a limit', async () => {
  const proxy = await TestProxy.open([{ name: 'up', baseUrl: 'http://127.0.0.1:1' }], {
    limits: { connections: 10, headMs: 200, bodyMs: 60_000 },
  });
  const client = await tcpClient(proxy.port);
  client.write(`POST /up/x HTTP/1.1\r\nHost: 127.0.0.1:${proxy.port}\r\nX-Slow`);
  await client.untilEnded();
  expect(client.received.toString()).toMatch(/^HTTP\/1\.1 400 [^]*not complete after 0\.2 seconds/);
  expect(proxy.events).toEqual([]);
  await proxy.listener.close();
});

describe('E15 half a body is waited for until a limit', () => {
  const BODY_MS = 60_000;
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());
  /** A proxy with that limit, and the half of a request that has arrived at its provider. */
  async function half(headers: string, body: string) {
    const server = await TcpServer.open();
    const proxy = await TestProxy.open([{ name: 'up', baseUrl: server.url }], {
      limits: { connections: 10, headMs: 60_000, bodyMs: BODY_MS },
    });
    onTestFinished(async () => {
      await proxy.listener.close();
      await server.close();
    });
    const client = await tcpClient(proxy.port);
    client.write(`${withHost(`127.0.0.1:${proxy.port}`, headers)}${body}`);
    const provider = await server.connection();
    await provider.until(({ received }) => received.toString().endsWith(body));
    return { proxy, client, provider };
  }

  /** What is told of the exchange, of which this much of the request came. */
  async function expectKept(proxy: TestProxy, body: string): Promise<void> {
    await proxy.until('closed');
    expect(Buffer.concat(proxy.of('request').map(({ bytes }) => Buffer.from(bytes))).toString()).toBe(body);
    expect(proxy.of('end').map(({ end }) => end)).toEqual([
      {
        how: 'limit',
        limit: expect.stringMatching(/^The rest of the request's body did not come, .* 60 seconds\. The/),
      },
    ]);
  }

  test.each([
    ['by its length', 'Content-Length: 10\r\n', '{"a":', '{"a":'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n', '5\r\n{"a":\r\n', '{"a":'],
    ['of which nothing came', 'Content-Length: 10\r\n', '', ''],
  ])('%s: the client is told, the provider sees a break, the trace is kept', async (_, headers, sent, body) => {
    const { proxy, client, provider } = await half(headers, sent);
    await vi.advanceTimersByTimeAsync(BODY_MS - 1);
    expect(client.ended).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await client.untilEnded();
    expect(client.received.toString()).toMatch(
      /^HTTP\/1\.1 408 [^]*did not come, and nothing else did, for 60 seconds/,
    );
    expect(await provider.untilEnded()).toBe('reset');
    await expectKept(proxy, body);
  });

  test('an answer that had begun breaks off', async () => {
    const { proxy, client, provider } = await half('Content-Length: 10\r\n', 'half');
    provider.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf');
    await client.until(({ received }) => received.toString().endsWith('half'));
    await vi.advanceTimersByTimeAsync(BODY_MS);
    expect(await client.untilEnded()).toBe('reset');
    expect(client.received.toString()).toMatch(/\r\n\r\nhalf$/);
    await expectKept(proxy, 'half');
  });

  test('a request that is whole is waited for without one', async () => {
    const { client, provider } = await half('Content-Length: 4\r\n', 'half');
    await vi.advanceTimersByTimeAsync(2 * BODY_MS);
    provider.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.until(({ received }) => received.toString().endsWith('ok'));
  });
});

test('a fetch of Node is no page', async () => {
  const { proxy, server } = await open();
  const answer = fetch(`http://127.0.0.1:${proxy.port}/up/x`, { method: 'POST', body: 'x' });
  const provider = await server.connection();
  await provider.until(({ received }) => received.toString().endsWith('x'));
  provider.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
  expect(await (await answer).text()).toBe('ok');
});

describe('a provider that cannot be reached', () => {
  test.each([
    ['http://127.0.0.1:1', 502, 'refused the connection'],
    ['http://nobody.invalid', 502, 'could not be resolved'],
    ['http://169.254.169.254/latest', 502, 'link-local'],
    ['http://[fe80::1]:80', 502, 'link-local'],
  ])('E10 %s', async (baseUrl, status, said) => {
    const proxy = await TestProxy.open([{ name: 'up', baseUrl }]);
    const client = await tcpClient(proxy.port);
    client.write(withHost(`127.0.0.1:${proxy.port}`));
    await client.untilEnded();
    expect(client.received.toString()).toContain(`HTTP/1.1 ${status} `);
    expect(client.received.toString()).toContain(said);
    expect((await proxy.until('end'))[0]!.end).toMatchObject({ how: 'failed' });
    await proxy.listener.close();
  });

  test('E10 because it is the proxy itself', async () => {
    const proxy = await TestProxy.open();
    proxy.listener.setRoutes([{ name: 'up', baseUrl: `http://localhost:${proxy.port}/up` }]);
    const client = await tcpClient(proxy.port);
    client.write(withHost(`127.0.0.1:${proxy.port}`));
    await client.untilEnded();
    expect(client.received.toString()).toContain('HTTP/1.1 508 Loop Detected');
    await proxy.listener.close();
  });

  test('E10 because it leads to another Tracelane that leads back', async () => {
    const limits = { connections: 20, headMs: 60_000, bodyMs: 60_000 };
    const [one, two] = [await TestProxy.open([], { limits }), await TestProxy.open([], { limits })];
    one.listener.setRoutes([{ name: 'up', baseUrl: `http://127.0.0.1:${two.port}/up` }]);
    two.listener.setRoutes([{ name: 'up', baseUrl: `http://127.0.0.1:${one.port}/up` }]);
    const client = await tcpClient(one.port);
    client.write(withHost(`127.0.0.1:${one.port}`));
    await client.until(({ received }) => received.includes('20 connections to the capture proxy are open.'));
    expect(client.received.toString()).toMatch(/^HTTP\/1\.1 503 /);
    client.socket.destroy();
    await one.until('closed', 20);
    await Promise.all([one.listener.close(), two.listener.close()]);
  });

  test('is said after the answers to the requests before', async () => {
    const { proxy, server } = await open();
    const client = await tcpClient(proxy.port);
    client.write(withHost(`127.0.0.1:${proxy.port}`) + 'nonsense\r\n\r\n');
    const provider = await server.connection();
    await provider.until(({ received }) => headAndBody(received) !== undefined);
    provider.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await client.untilEnded();
    expect(client.received.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP\/1\.1 400 /);
  });
});
