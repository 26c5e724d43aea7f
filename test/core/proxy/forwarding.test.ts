/** The forwarding of the capture proxy, seen by recorders of plain TCP on both sides of it. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { ProxyListener } from '../../../src/main/core/proxy/forward/listener.ts';
import type { TapEvent } from '../../../src/main/core/proxy/forward/tap.ts';
import { CERTIFICATE } from '../../support/certificate.ts';
import { headAndBody, tcpClient, TcpServer, type TcpEnd } from '../../support/tcp-pair.ts';
import { bytesInUse } from '../../support/memory.ts';
import { TestProxy } from '../../support/proxy.ts';
import { useProxy } from '../../support/use-proxy.ts';

const { open } = useProxy();

const requestTo = (port: number, more = '', path = '/up/v1/x', method = 'GET'): string =>
  `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}\r\n`;

/** A client and the connection that the server gets for its first request. */
async function begun(more = '', method = 'GET', body = '') {
  const { proxy, server } = await open();
  const client = await tcpClient(proxy.port);
  client.write(requestTo(proxy.port, more, '/up/v1/x', method) + body);
  const provider = await server.connection();
  await provider.until((end) => headAndBody(end.received) !== undefined);
  return { proxy, server, client, provider };
}

async function headOf(end: TcpEnd): Promise<readonly string[]> {
  await end.until(({ received }) => headAndBody(received) !== undefined);
  return headAndBody(end.received)!.lines;
}

describe('a request', () => {
  test('E7 E8 leaves as it came but for its path, its Host and what is for proxies', async () => {
    const { proxy, server } = await open('/base');
    const client = await tcpClient(proxy.port);
    client.write(
      `POST /up/chat?a=%2F&b=c%20d&&=x HTTP/1.1\r\n` +
        `hOsT: 127.0.0.1:${proxy.port}\r\nX-Twice: 1\r\nauthorization:Bearer key\r\nx-twice:   2  \r\n` +
        `Proxy-Connection: keep-alive\r\nConnection: keep-alive, X-Mine\r\nX-Mine: gone\r\nX-Latin: caf\u00e9\r\n` +
        `Accept-Encoding: br;q=0, gzip\r\nKeep-Alive: timeout=5\r\nContent-Length: 3\r\n\r\nabc`,
    );
    const provider = await server.connection();
    await provider.until(({ received }) => received.toString().endsWith('abc'));
    expect(provider.received.toString('latin1')).toBe(
      `POST /base/chat?a=%2F&b=c%20d&&=x HTTP/1.1\r\n` +
        `hOsT: 127.0.0.1:${server.port}\r\nX-Twice: 1\r\nauthorization:Bearer key\r\nx-twice:   2  \r\n` +
        `Connection: keep-alive\r\nX-Latin: caf\u00e9\r\nAccept-Encoding: br;q=0, gzip\r\nKeep-Alive: timeout=5\r\nContent-Length: 3\r\n\r\nabc`,
    );
    const [begun] = await proxy.until('begun');
    expect(begun!.begun.changes).toEqual([
      { field: 'path', change: 'replaced' },
      { field: 'hOsT', change: 'replaced' },
      { field: 'Proxy-Connection', change: 'removed' },
      { field: 'Connection', change: 'replaced' },
      { field: 'X-Mine', change: 'removed' },
    ]);
  });

  test.each([
    ['/v1', '/up/chat/completions', '/v1/chat/completions'],
    ['/v1', '/up/v1/chat/completions', '/v1/chat/completions'],
    ['', '/up/v1/messages?beta=true', '/v1/messages?beta=true'],
    ['/v1beta', '/up/v1alpha/models/m:streamGenerateContent', '/v1alpha/models/m:streamGenerateContent'],
    ['/api/v1', '/up/v1/messages', '/api/v1/messages'],
    ['/api/v1', '/up/api/v1/messages', '/api/v1/messages'],
    ['/api/v1', '/up', '/api/v1'],
    ['/api/v1', '/Up?x', '/api/v1?x'],
    ['', '/up/model/arn%3Aaws%3Abedrock%2Fx/invoke', '/model/arn%3Aaws%3Abedrock%2Fx/invoke'],
    ['', '/up//double//', '//double//'],
  ])('with the base path %s and the address %s goes to %s', async (base, path, expected) => {
    const { proxy, server } = await open(base);
    const client = await tcpClient(proxy.port);
    client.write(requestTo(proxy.port, '', path));
    const provider = await server.connection();
    expect((await headOf(provider))[0]).toBe(`GET ${expected} HTTP/1.1`);
  });

  test('E6 streams its body before it is complete, and keeps its framing', async () => {
    const { client, provider } = await begun('Transfer-Encoding: chunked\r\n', 'POST');
    for (const piece of ['5;ext=1\r\nhel', 'lo\r', '\n3\r\nabc\r\n', '0\r\nX-Sum: 1\r\n\r\n']) {
      const before = headAndBody(provider.received)!.body.length;
      client.write(piece);
      await provider.until(({ received }) => headAndBody(received)!.body.length === before + piece.length);
    }
    expect(headAndBody(provider.received)!.body.toString()).toBe(
      '5;ext=1\r\nhello\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n',
    );
  });

  test('E6 waits for a 100 that only the provider can give', async () => {
    const { client, provider } = await begun('Expect: 100-continue\r\nContent-Length: 2\r\n', 'POST');
    expect(headAndBody(provider.received)!.body).toHaveLength(0);
    provider.write('HTTP/1.1 100 Continue\r\n\r\n');
    await client.until(({ received }) => received.includes('100 Continue\r\n\r\n'));
    client.write('ok');
    await provider.until(({ received }) => headAndBody(received)!.body.toString() === 'ok');
  });

  test('that stops in the middle of its body stops there for the provider', async () => {
    const { client, provider } = await begun('Content-Length: 10\r\n', 'POST', 'half');
    await provider.until(({ received }) => received.toString().endsWith('half'));
    client.end();
    expect(await provider.untilEnded()).toBe('end');
    expect(headAndBody(provider.received)!.body.toString()).toBe('half');
  });
});

describe('an answer', () => {
  test('E1 passes read by read, before there is more of it', async () => {
    const { client, provider } = await begun();
    let sent = '';
    for (const piece of [
      'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n',
      'HTT',
      'P/1.1 200 All  is w\u00e9ll\r\nX-A: 1\r\n',
      'x-a:2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nda',
      'ta:',
      '\r\n',
      '3\r\n\n\n\n\r\n0\r\nTrailer-One: 1\r\n',
      '\r\n',
    ]) {
      provider.write(piece);
      sent += piece;
      await client.untilBytes(sent.length);
      expect(client.received.toString('latin1')).toBe(sent);
    }
  });

  test.each([
    ['HEAD', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n'],
    ['GET', 'HTTP/1.1 204 No Content\r\n\r\n'],
    ['GET', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n'],
    ['OPTIONS', 'HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n'],
    ['GET', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok'],
    // C6: a redirect is the client's to follow, or not.
    ['POST', 'HTTP/1.1 307 Elsewhere\r\nLocation: http://elsewhere.invalid/v1\r\nContent-Length: 0\r\n\r\n'],
  ])('of %s with %j ends without its connection', async (method, answer) => {
    const { proxy, client, provider } = await begun('', method);
    provider.write(answer);
    await client.untilBytes(answer.length);
    await proxy.until('end');
    client.write(requestTo(proxy.port, 'X-Second: 1\r\n', '/up/second'));
    await provider.until(({ received }) => received.includes('/second'));
    provider.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast');
    await client.untilBytes(answer.length + 42);
    expect(proxy.of('end').map(({ end }) => end.how)).toEqual(['end', 'end'].slice(0, proxy.of('end').length));
    expect(client.received.toString()).toBe(`${answer}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast`);
  });

  test('E14 to requests that were sent ahead comes in their order, over one connection', async () => {
    const { proxy, server } = await open();
    const client = await tcpClient(proxy.port);
    client.write([1, 2, 3].map((n) => requestTo(proxy.port, '', `/up/${n}`)).join(''));
    const provider = await server.connection();
    await provider.until(({ received }) => received.includes('/3 '));
    expect(server.connections).toBe(1);
    const answers = [1, 2, 3].map((n) => `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${n}`);
    provider.write(answers.join(''));
    await client.untilBytes(answers.join('').length);
    expect(client.received.toString()).toBe(answers.join(''));
    const ended = await proxy.until('closed', 3);
    expect(ended.map(({ certificate }) => certificate!.answer.in.bytes)).toEqual([1, 1, 1]);
  });

  test('may be complete before its request is, whose rest still passes', async () => {
    const { proxy, client, provider } = await begun('Content-Length: 10\r\n', 'POST', 'half ');
    const answer = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno';
    provider.write(answer);
    await client.untilBytes(answer.length);
    client.write('whole');
    await provider.until(({ received }) => received.toString().endsWith('half whole'));
    const [closed] = await proxy.until('closed');
    const { request } = closed!.certificate!;
    expect([request.in.bytes, request.out]).toEqual([10, request.in]);
  });

  test('without the fields that its connection names for itself, when its head comes whole', async () => {
    const { proxy, client, provider } = await begun();
    provider.write('HTTP/1.1 200 OK\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nContent-Length: 2\r\n\r\nok');
    await client.until(({ received }) => received.toString().endsWith('ok'));
    expect(client.received.toString()).toBe('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok');
    expect((await proxy.until('head'))[0]!.changes).toEqual([
      { field: 'Connection', change: 'replaced' },
      { field: 'X-Hop', change: 'removed' },
    ]);
  });

  test('that is no HTTP passes, too', async () => {
    const { proxy, client, provider } = await begun();
    provider.write('SSH-2.0-OpenSSH\r\n');
    await client.untilBytes(17);
    provider.end();
    expect(await client.untilEnded()).toBe('end');
    expect(client.received.toString()).toBe('SSH-2.0-OpenSSH\r\n');
    const [closed] = await proxy.until('closed');
    expect(closed!.certificate!.answer.out.bytes).toBe(17);
    expect(proxy.of('end')[0]!.end).toMatchObject({ how: 'failed', phase: 'request', reason: 'no HTTP' });
  });
});

describe('ends', () => {
  const HEAD = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n';

  test('a body that lasts until the connection is closed is whole', async () => {
    const { proxy, client, provider } = await begun();
    provider.write('HTTP/1.0 200 OK\r\n\r\nall of it');
    provider.end();
    expect(await client.untilEnded()).toBe('end');
    expect((await proxy.until('end'))[0]!.end).toEqual({ how: 'end' });
  });

  test.each([
    '',
    HEAD.slice(0, 20),
    HEAD,
    `${HEAD}half`,
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe',
  ])('an answer that is cut after %j is cut for the client, and is no end', async (answer) => {
    const { proxy, client, provider } = await begun();
    provider.write(answer);
    provider.end();
    expect(await client.untilEnded()).toBe('end');
    expect(client.received.toString()).toBe(answer);
    expect((await proxy.until('end'))[0]!.end).toEqual({ how: 'reset', reason: 'the connection was closed' });
  });

  test('a reset by the provider is a reset for the client, behind what came before', async () => {
    const { proxy, client, provider } = await begun();
    provider.write(`${HEAD}half`);
    await client.untilBytes(HEAD.length + 4);
    provider.reset();
    expect(await client.untilEnded()).toBe('reset');
    expect((await proxy.until('end'))[0]!.end).toEqual({ how: 'reset', reason: 'ECONNRESET' });
    expect((await proxy.until('closed'))[0]!.certificate!.answer.out.bytes).toBe(4);
  });

  test('a reset by the client is a reset for the provider', async () => {
    const { proxy, client, provider } = await begun();
    provider.write(`${HEAD}half`);
    await client.untilBytes(HEAD.length + 4);
    client.reset();
    expect(await provider.untilEnded()).toBe('reset');
    expect((await proxy.until('end'))[0]!.end).toEqual({ how: 'cancelled', by: 'client' });
  });

  test('a client that has sent all and still reads gets the rest', async () => {
    const { proxy, client, provider } = await begun();
    client.end();
    expect(await provider.untilEnded()).toBe('end');
    const body = 'x'.repeat(100);
    provider.write(HEAD + body);
    await client.untilBytes(HEAD.length + 100);
    expect((await proxy.until('end'))[0]!.end).toEqual({ how: 'end' });
    expect(await client.untilEnded()).toBe('end');
  });

  test('E3 a client that leaves ends the answer as its own doing', async () => {
    const { proxy, client, provider } = await begun();
    provider.write(`${HEAD}half`);
    await client.untilBytes(HEAD.length + 4);
    client.socket.destroy();
    await provider.untilEnded();
    provider.end();
    expect((await proxy.until('end'))[0]!.end).toEqual({ how: 'cancelled', by: 'client' });
  });

  test('an idle connection that the provider closes is closed for the client', async () => {
    const { proxy, client, provider } = await begun();
    provider.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    await proxy.until('closed');
    provider.end();
    expect(await client.untilEnded()).toBe('end');
  });
});

describe('several providers on one connection', () => {
  test('answer in the order of the requests', async () => {
    const [first, second] = [await TcpServer.open(), await TcpServer.open()];
    const proxy = await TestProxy.open([
      { name: 'a', baseUrl: first.url },
      { name: 'b', baseUrl: second.url },
    ]);
    try {
      const client = await tcpClient(proxy.port);
      client.write(
        requestTo(proxy.port, '', '/a/1') + requestTo(proxy.port, '', '/b/2') + requestTo(proxy.port, '', '/a/3'),
      );
      const one = await first.connection();
      await headOf(one);
      const answer = (text: string): string => `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${text}`;
      one.write(answer('1'));
      const two = await second.connection();
      await headOf(two);
      two.write(answer('2'));
      await one.until(({ received }) => received.includes('/3 '));
      one.write(answer('3'));
      await client.until(({ received }) => received.toString().endsWith('3'));
      expect(client.received.toString()).toBe([answer('1'), answer('2'), answer('3')].join(''));
      expect([first.connections, second.connections]).toEqual([1, 1]);
    } finally {
      await Promise.all([proxy.listener.close(), first.close(), second.close()]);
    }
  });

  test('get what is theirs, when one answers before it has the whole request', async () => {
    const [first, second] = [await TcpServer.open(), await TcpServer.open()];
    const proxy = await TestProxy.open([
      { name: 'a', baseUrl: first.url },
      { name: 'b', baseUrl: second.url },
    ]);
    try {
      const client = await tcpClient(proxy.port);
      client.write(`${requestTo(proxy.port, 'Content-Length: 10\r\n', '/a/1', 'POST')}half `);
      const one = await first.connection();
      await one.until(({ received }) => received.toString().endsWith('half '));
      const answer = 'HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n';
      one.write(answer);
      await client.untilBytes(answer.length);
      client.write(`whole${requestTo(proxy.port, '', '/b/2')}`);
      const two = await second.connection();
      await headOf(two);
      await one.until(({ received }) => received.toString().endsWith('half whole'));
      expect(two.received.toString()).toBe(`GET /2 HTTP/1.1\r\nHost: 127.0.0.1:${second.port}\r\n\r\n`);
    } finally {
      await Promise.all([proxy.listener.close(), first.close(), second.close()]);
    }
  });
});

test('R18 a provider that nobody vouches for gets no request, whatever the environment says of it', async () => {
  const asked: string[] = [];
  const server = createServer(CERTIFICATE, ({ url }, response) => {
    asked.push(url!);
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
  const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy = await TestProxy.open([{ name: 'up', baseUrl }]);
  try {
    const client = await tcpClient(proxy.port);
    client.write(requestTo(proxy.port, 'Authorization: Bearer key\r\n'));
    expect((await headOf(client))[0]).toMatch(/^HTTP\/1\.1 502 /);
    expect(asked).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
    server.close();
    await proxy.listener.close();
  }
});

describe('a change of the protocol', () => {
  test('E11 makes a tunnel, with half of it closed first', async () => {
    const { proxy, client, provider } = await begun('Connection: Upgrade\r\nUpgrade: websocket\r\n');
    expect(await headOf(provider)).toContain('Connection: Upgrade');
    const head = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    provider.write(`${head}first`);
    await client.untilBytes(head.length + 5);
    const before = provider.received.length;
    client.write('GET / no HTTP');
    await provider.untilBytes(before + 13);
    client.end();
    expect(await provider.untilEnded()).toBe('end');
    provider.write('HTTP/1.1 last');
    provider.end();
    expect(await client.untilEnded()).toBe('end');
    expect(client.received.toString()).toBe(`${head}firstHTTP/1.1 last`);
    expect((await proxy.until('head'))[0]!.protocol).toBe('websocket');
    expect((await proxy.until('end'))[0]!.end).toEqual({ how: 'end' });
    const [closed] = await proxy.until('closed');
    expect([closed!.certificate!.request.out.bytes, closed!.certificate!.answer.out.bytes]).toEqual([13, 18]);
  });
});

describe('memory', () => {
  const PIECE = Buffer.alloc(1024 ** 2, 'x');
  const TOTAL = 64 * PIECE.length;

  /** Turns of this thread in which not a byte moves: both ends and the proxy are in it, so that nothing more comes. */
  const STILL = 3_000;
  /** What Node holds of a socket, and a read, each twice. What the system holds beside it is not of this process. */
  const HELD = 512 * 1024;

  /** What is sent stays with its sender, which waits, and neither with the proxy; it goes on when the receiver reads. */
  async function expectWait(proxy: TestProxy, from: TcpEnd, to: TcpEnd): Promise<void> {
    const before = to.bytes;
    to.socket.pause();
    proxy.forget();
    const inUse = await bytesInUse();
    let sent = 0;
    for (let queued = 0; queued < TOTAL; queued += PIECE.length) from.socket.write(PIECE, () => (sent += PIECE.length));
    for (let still = 0, seen = -1; still < STILL; still++) {
      await setImmediate();
      if (sent !== seen) [seen, still] = [sent, 0];
    }
    expect(sent).toBeLessThan(TOTAL);
    proxy.forget();
    expect((await bytesInUse()) - inUse).toBeLessThan(HELD);
    to.socket.resume();
    await to.untilBytes(before + TOTAL);
  }

  test('E4 a client that does not read makes the provider wait, and the proxy holds a batch', async () => {
    const { proxy, client, provider } = await begun();
    provider.write('HTTP/1.1 200 OK\r\n\r\n');
    await client.untilBytes(19);
    await expectWait(proxy, provider, client);
    provider.end();
    expect(await client.untilEnded()).toBe('end');
  });

  test('E6 a provider that does not read makes the client wait, and the proxy holds a batch', async () => {
    const { proxy, client, provider } = await begun(`Content-Length: ${TOTAL}\r\n`, 'POST');
    await expectWait(proxy, client, provider);
  });

  test('E14 10,000 requests over one connection leave nothing behind', async () => {
    const { client, counted, close } = await pipelined(1);
    const warnings: Error[] = [];
    const warn = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warn);
    await client[0]!(2_000);
    const [before, socketsBefore] = [await bytesInUse(), sockets()];
    await client[0]!(8_000);
    expect((await bytesInUse()) - before).toBeLessThan(2 * 1024 ** 2);
    expect(sockets()).toBe(socketsBefore);
    expect(counted()).toBe(10_000);
    process.off('warning', warn);
    expect(warnings).toEqual([]);
    await close();
  });

  test('E14 so do 200 connections at once, whose requests are sent ahead', async () => {
    const before = sockets();
    const { client, counted, close } = await pipelined(200);
    await Promise.all(client.map((ask) => ask(20)));
    expect(counted()).toBe(4_000);
    await close();
    await expect.poll(sockets).toBeLessThanOrEqual(before);
  });
});

const sockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;

/** Clients that send so many requests ahead of their answers, twenty at once, each told by its closing. */
async function pipelined(clients: number) {
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  const provider = createTcpServer((socket) => {
    socket.on('data', (bytes: Buffer) => {
      socket.write(answer.repeat(bytes.toString('latin1').split('\r\n\r\n').length - 1));
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(provider, 'listening');
  let closed = 0;
  const tap = { event: ({ type }: TapEvent) => void (closed += type === 'closed' ? 1 : 0) };
  const listener = await ProxyListener.open({ port: 0, tap });
  listener.setRoutes([{ name: 'up', baseUrl: `http://127.0.0.1:${(provider.address() as AddressInfo).port}` }]);
  const ends = await Promise.all(Array.from({ length: clients }, () => tcpClient(listener.port)));
  return {
    counted: () => closed,
    client: ends.map((end) => async (requests: number) => {
      for (let n = 0; n < requests; n += 20) {
        end.write(requestTo(listener.port).repeat(20));
        await end.untilBytes(20 * answer.length);
        expect(end.taken().toString()).toBe(answer.repeat(20));
      }
    }),
    async close() {
      for (const { socket } of ends) socket.destroy();
      await Promise.all([listener.close(), once(provider.close(), 'close')]);
    },
  };
}
