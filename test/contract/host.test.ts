/**
 * The headless host's server against requests by hand: who gets in, who does not, and what every answer carries. Heads are
 * written to the socket as they stand, since an HTTP client would mend them.
 */
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { Access } from '../../src/main/hosts/headless/access.ts';
import { parseOptions } from '../../src/main/hosts/headless/options.ts';
import { startServer, type RunningServer } from '../../src/main/hosts/headless/server.ts';
import { createClient } from '../../src/shared/rpc/client.ts';
import { MAX_FRAME } from '../../src/shared/rpc/frames.ts';
import type { AppInfo } from '../../src/shared/rpc/contract.ts';
import type { Services } from '../../src/shared/rpc/services.ts';
import { openWebSocketPort } from '../../src/shared/rpc/web-socket-port.ts';
import { bytesInUse } from '../support/memory.ts';

const INFO: AppInfo = {
  version: '1',
  host: 'headless',
  platform: 'test',
  dataDir: '/',
  sampleUrl: 'http://127.0.0.1',
  commandLine: 'tracelane',
  lanes: [],
};
const access = new Access();
const { token } = access;
const faults: string[] = [];
let folder = '';
let server: RunningServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tracelane-host-'));
  const rendererDir = join(folder, 'renderer');
  await mkdir(join(rendererDir, 'assets'), { recursive: true });
  await writeFile(join(rendererDir, 'index.html'), '<!doctype html>PAGE');
  await writeFile(join(rendererDir, 'assets', 'main.js'), 'SCRIPT');
  await writeFile(join(rendererDir, 'assets', 'notes.txt'), 'of no known type');
  await writeFile(join(folder, 'secret.js'), 'SECRET');
  server = await startServer({
    services: { 'app.info': () => INFO } as unknown as Services,
    rendererDir,
    port: 0,
    access,
    log: (sentence, error) => faults.push(`${sentence} ${String(error)}`),
  });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Sends lines as they are, with `PORT` replaced, and reads until the connection ends. */
function send(lines: readonly string[], { address = '127.0.0.1', port = server.port } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ host: address, port });
    socket.setEncoding('utf8');
    socket.on('data', (data: string) => (text += data));
    socket.on('error', reject);
    socket.on('close', () => resolve(parse(text)));
    socket.write(`${lines.join('\r\n').replaceAll('PORT', String(port))}\r\n\r\n`);
  });
}

function parse(text: string): Answer {
  const [head = '', ...body] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  return {
    status: Number(first.split(' ')[1]),
    headers: new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
    ),
    body: body.join('\r\n\r\n'),
  };
}

const HOST = 'Host: 127.0.0.1:PORT';
/** Opens the page’s own files. */
const COOKIE = `Cookie: other=1; tracelane-PORT=${access.page}`;
const BEARER = `Authorization: Bearer ${token}`;
const post = (target: string, ...heads: string[]): Promise<Answer> =>
  send([`POST ${target} HTTP/1.1`, ...heads, 'Connection: close']);
const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];

const get = (target: string, ...heads: string[]): Promise<Answer> =>
  send([`GET ${target} HTTP/1.1`, ...heads, 'Connection: close']);

describe('who gets in', () => {
  test.each(['/', '/index.html'])('a browser with the code that was printed, at %s, once', async (path) => {
    const code = access.newCode();
    const page = await get(`${path}?code=${code}`, HOST);
    expect([page.status, page.body]).toEqual([200, '<!doctype html>PAGE']);
    const cookie = `tracelane-${server.port}=${access.page}; HttpOnly; SameSite=Strict; Path=/`;
    expect(page.headers.get('set-cookie')).toBe(cookie);
    expect(JSON.stringify([...page.headers])).not.toContain(token);
    // Loading it uses nothing up: only the page itself does.
    const session = await post('/session', HOST, `Origin: http://127.0.0.1:PORT`, `Tracelane-Code: ${code}`, COOKIE);
    expect([session.status, session.body, session.headers.get('set-cookie')]).toEqual([200, token, cookie]);
  });

  test.each(['127.0.0.1', 'localhost', '[::1]'])('by the name %s, with its own origin', async (name) => {
    const answer = await get(
      '/',
      `Host: ${name}:PORT`,
      `Origin: http://${name}:PORT`,
      'Sec-Fetch-Site: same-origin',
      COOKIE,
    );
    expect([answer.status, answer.body]).toEqual([200, '<!doctype html>PAGE']);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  test('a program with the token in its head', async () => {
    expect((await get('/assets/main.js', HOST, BEARER)).body).toBe('SCRIPT');
  });

  test('another browser, with a code for whoever has the token', async () => {
    const { status, body } = await post('/session', HOST, BEARER);
    expect([status, access.hasCode(body)]).toEqual([200, true]);
  });

  test.each([
    ['its head', { protocols: [], headers: { authorization: `Bearer ${token}` } }],
    ['a protocol that it offers', { protocols: ['tracelane', `tracelane.token.${token}`], headers: {} }],
  ])('a WebSocket with the token in %s, with and without its own origin', async (_, { protocols, headers }) => {
    for (const origin of [{}, { origin: `http://127.0.0.1:${server.port}` }]) {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, protocols, {
        headers: { ...headers, ...origin },
      });
      const client = createClient(() => openWebSocketPort(socket));
      expect(await client.call('app.info', {})).toEqual(INFO);
      // The token is not said back.
      expect(socket.protocol).toBe(protocols[0] ?? '');
      client.close();
    }
  });
});

/** Each with the token where it is not the point: a stolen or travelling token must not help. */
const REFUSED: readonly (readonly [why: string, status: number, heads: readonly string[]])[] = [
  ['K1 a name of someone else, as after rebinding', 403, ['Host: evil.test:PORT', COOKIE]],
  ['K1 a name that only begins like ours', 403, ['Host: 127.0.0.1.evil.test:PORT', COOKIE]],
  ['K1 our name with another port', 403, ['Host: 127.0.0.1:1', COOKIE]],
  ['K1 our name without a port', 403, ['Host: 127.0.0.1', COOKIE]],
  ['K1 another spelling of the address', 403, ['Host: 2130706433:PORT', COOKIE]],
  ['K1 our name in capitals', 403, ['Host: LOCALHOST:PORT', COOKIE]],
  ['K1 our name with a dot', 403, ['Host: localhost.:PORT', COOKIE]],
  ['K2 a foreign origin', 403, [HOST, COOKIE, 'Origin: http://evil.test']],
  ['K2 the origin that equals a foreign host', 403, ['Host: evil.test:PORT', COOKIE, 'Origin: http://evil.test:PORT']],
  ['K2 our address as another scheme', 403, [HOST, COOKIE, 'Origin: https://127.0.0.1:PORT']],
  ['K2 another port of this machine', 403, [HOST, COOKIE, 'Origin: http://127.0.0.1:1']],
  ['K2 an origin that begins like ours', 403, [HOST, COOKIE, 'Origin: http://localhost:PORT.evil.test']],
  ['K2 another site without an origin', 403, [HOST, COOKIE, 'Sec-Fetch-Site: cross-site']],
  ['K2 another port of this machine without an origin', 403, [HOST, COOKIE, 'Sec-Fetch-Site: same-site']],
  ['K3 the address of every interface', 403, ['Host: 0.0.0.0:PORT', COOKIE]],
  ['K11 the origin of a sandboxed frame', 403, [HOST, COOKIE, 'Origin: null']],
  ['K7 no host', 400, [COOKIE]],
  ['K7 an empty host', 400, ['Host:', COOKIE]],
  ['K7 two hosts', 400, [HOST, HOST, COOKIE]],
  ['K7 two hosts, the second foreign', 400, [HOST, 'hOsT: evil.test', COOKIE]],
  ['K7 a host of 300 characters', 400, [`Host: ${'a'.repeat(300)}`, COOKIE]],
  ['K7 a host with a path', 400, ['Host: 127.0.0.1:PORT/x', COOKIE]],
  ['K7 a host with a query', 400, ['Host: 127.0.0.1:PORT?x', COOKIE]],
  ['K7 a host with a fragment', 400, ['Host: 127.0.0.1:PORT#x', COOKIE]],
  ['K7 a host with a name before it', 400, ['Host: evil@127.0.0.1:PORT', COOKIE]],
  ['K7 two origins', 400, [HOST, COOKIE, 'Origin: http://127.0.0.1:PORT', 'Origin: http://evil.test']],
  ['K8 K10 no token', 401, [HOST]],
  ['K8 an empty cookie', 401, [HOST, 'Cookie: tracelane-PORT=']],
  ['K8 a wrong token', 401, [HOST, `Cookie: tracelane-PORT=${'0'.repeat(64)}`]],
  ['K8 a token that is short by one', 401, [HOST, `Cookie: tracelane-PORT=${access.page.slice(1)}`]],
  ['K8 a cookie of another port', 401, [HOST, `Cookie: tracelane-1=${access.page}`]],
  ['K8 the token in a cookie', 401, [HOST, `Cookie: tracelane-PORT=${token}`]],
  ['K8 a wrong token in its head, beside the cookie', 401, [HOST, COOKIE, 'Authorization: Bearer 00']],
  ['K8 a wrong code', 401, [HOST, `Tracelane-Code: ${'0'.repeat(64)}`]],
  ['K8 two codes', 400, [HOST, COOKIE, 'Tracelane-Code: a', 'Tracelane-Code: b']],
  ['K8 another scheme of authorization', 401, [HOST, `Authorization: Basic ${token}`]],
];

describe('who does not', () => {
  test.each(REFUSED)('K12 at every address: %s: %i', async (_, status, heads) => {
    for (const target of ['/', '/assets/main.js', '/rpc', '/session', '/nothing']) {
      const answer = await get(target, ...heads);
      expect([target, answer.status]).toEqual([target, status]);
      expect(answer.body).not.toMatch(/PAGE|SCRIPT|SECRET/);
    }
  });

  test.each(REFUSED)('K6 %s: %i for a WebSocket', async (_, status, heads) => {
    const answer = await send(['GET /rpc HTTP/1.1', ...heads, ...UPGRADE]);
    expect(answer.status).toBe(status);
  });

  test('R11 K8 a token in the query: an address is kept in histories', async () => {
    for (const target of [`/?token=${token}`, `/index.html?token=${token}`, `/?code=${token}`, '/?code=', '/?code=0'])
      expect((await get(target, HOST)).status).toBe(401);
  });

  test('R10 K8 the cookie of the page, which every port of this machine gets: it opens nothing but its files', async () => {
    expect((await send(['GET /rpc HTTP/1.1', HOST, COOKIE, ...UPGRADE])).status).toBe(401);
    expect((await post('/session', HOST, COOKIE)).status).toBe(401);
  });

  test('K8 a code that was used, by whomever', async () => {
    const code = access.newCode();
    expect((await post('/session', HOST, `Tracelane-Code: ${code}`)).status).toBe(200);
    expect((await post('/session', HOST, `Tracelane-Code: ${code}`)).status).toBe(401);
    expect((await post('/session', HOST, COOKIE, `Tracelane-Code: ${code}`)).status).toBe(401);
    expect((await get(`/?code=${code}`, HOST)).status).toBe(401);
    // Whoever has the cookie of the page sees the page, which has what the code was exchanged for.
    expect((await get(`/?code=${code}`, HOST, COOKIE)).status).toBe(200);
  });

  test('K2 a page of somebody else that knows a code', async () => {
    const code = `Tracelane-Code: ${access.newCode()}`;
    expect((await post('/session', HOST, code, 'Origin: http://evil.test')).status).toBe(403);
    expect((await post('/session', HOST, code, 'Origin: http://127.0.0.1:1')).status).toBe(403);
    expect((await post('/session', HOST, code, 'Sec-Fetch-Site: same-site')).status).toBe(403);
    expect((await post('/session', 'Host: evil.test:PORT', code)).status).toBe(403);
    expect((await post('/session', HOST, code, 'Origin: http://127.0.0.1:PORT')).status).toBe(200);
  });

  test.each(['http://evil.test/', 'http://127.0.0.1:PORT/', '//evil.test/', '*', 'evil.test:80'])(
    'K7 %s in place of a path: 400',
    async (target) => {
      expect((await get(target, HOST, COOKIE)).status).toBe(400);
    },
  );

  test('K7 what is no HTTP', async () => {
    expect((await send(['\u0016\u0003\u0001'])).status).toBe(400);
    expect((await send(['GET / HTTP/1.1', HOST, COOKIE, `X: ${'x'.repeat(100_000)}`])).status).toBe(400);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])(
    '%s changes nothing: 405 with the token, 401 without',
    async (method) => {
      const ask = (...heads: string[]) => send([`${method} / HTTP/1.1`, HOST, ...heads, 'Connection: close']);
      expect((await ask(COOKIE)).status).toBe(405);
      expect((await ask()).status).toBe(401);
    },
  );

  test('K5 a preflight is refused without a word on CORS', async () => {
    const { status, headers } = await send([
      'OPTIONS /rpc HTTP/1.1',
      HOST,
      'Origin: http://evil.test',
      'Access-Control-Request-Method: POST',
      'Access-Control-Request-Private-Network: true',
    ]);
    expect(status).toBe(403);
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('a body, sent or announced', async () => {
    expect((await get('/', HOST, COOKIE, 'Content-Length: 1000000000')).status).toBe(413);
    expect((await get('/', HOST, COOKIE, 'Transfer-Encoding: chunked')).status).toBe(413);
    expect((await get('/', HOST, COOKIE, 'Expect: 100-continue', 'Content-Length: 5')).status).toBe(413);
  });

  test('an expectation does not get past the guard', async () => {
    expect((await get('/', HOST, 'Expect: 100-continue')).status).toBe(401);
    expect((await get('/', HOST, 'Expect: the-page')).status).toBe(401);
  });

  test('a WebSocket anywhere else, and HTTP where the WebSocket is', async () => {
    expect((await send(['GET / HTTP/1.1', HOST, COOKIE, ...UPGRADE])).status).toBe(404);
    expect((await get('/rpc', HOST, COOKIE)).status).toBe(426);
  });

  test.each(['--host', '--bind', '--listen', '--address', '--interface'])(
    'K9 no other interface can be chosen: %s is no option, and no address is a port',
    (option) => {
      expect(() => parseOptions([option, '0.0.0.0'], {})).toThrow(`unknown option '${option}'`);
      expect(() => parseOptions(['--port', '0.0.0.0:4000'], {})).toThrow('--port takes a number');
    },
  );

  test('K9 whoever comes by another address of this machine', async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((found) => found ?? [])
      .filter(({ internal }) => !internal);
    for (const { address, family } of others) {
      if (family === 'IPv4')
        await expect(send(['GET / HTTP/1.1', HOST, COOKIE], { address })).rejects.toMatchObject({
          code: 'ECONNREFUSED',
        });
    }
    await expect(send(['GET / HTTP/1.1', HOST, COOKIE], { address: '127.0.0.2' })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});

describe('every answer', () => {
  test.each([
    ['the page', ['GET / HTTP/1.1', HOST, COOKIE]],
    ['a file', ['GET /assets/main.js HTTP/1.1', HOST, COOKIE]],
    ['nothing', ['GET /nothing HTTP/1.1', HOST, COOKIE]],
    ['the welcome', [`GET /?code=${access.newCode()} HTTP/1.1`, HOST]],
    ['the exchange', ['POST /session HTTP/1.1', HOST, `Tracelane-Code: ${access.newCode()}`]],
    ['a refused exchange', ['POST /session HTTP/1.1', HOST, COOKIE]],
    ['a refusal', ['GET / HTTP/1.1', HOST]],
    ['a foreign host', ['GET / HTTP/1.1', 'Host: evil.test']],
    ['a wrong method', ['POST / HTTP/1.1', HOST, COOKIE]],
    ['a refused WebSocket', ['GET /rpc HTTP/1.1', HOST, ...UPGRADE]],
    ['no HTTP', ['nonsense']],
  ])('%s carries the security heads and no CORS', async (_, lines) => {
    const { headers } = await send([
      ...lines,
      ...(lines.includes(UPGRADE[0]!) || lines.length === 1 ? [] : ['Connection: close']),
    ]);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test('lets the page connect to where it came from, and nowhere else', async () => {
    const { headers } = await get('/', 'Host: localhost:PORT', COOKIE);
    expect(headers.get('content-security-policy')).toContain(`connect-src 'self' ws://localhost:${server.port};`);
  });
});

describe('files', () => {
  test.each([
    '/../secret.js',
    '/assets/../../secret.js',
    '/%2e%2e/secret.js',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.js',
    '/..%5csecret.js',
    '/assets/..%2f..%2fsecret.js%00.js',
    '/%252e%252e/secret.js',
    '/assets',
    '/assets/',
    '/assets/notes.txt',
    '/%',
    `/${'a'.repeat(300)}.js`,
  ])('%s is not there', async (target) => {
    const { status, body } = await get(target, HOST, COOKIE);
    expect([status, body]).toEqual([404, 'There is nothing here.\n']);
  });

  test('HEAD gives the heads alone', async () => {
    const { status, headers, body } = await send(['HEAD /assets/main.js HTTP/1.1', HOST, COOKIE, 'Connection: close']);
    expect([status, headers.get('content-length'), headers.get('content-type'), body]).toEqual([
      200,
      '6',
      'text/javascript; charset=utf-8',
      '',
    ]);
  });
});

test('a WebSocket that sends anything but text is closed, and nothing else', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, ['tracelane', `tracelane.token.${token}`]);
  const closed = new Promise<number>((resolve) => {
    socket.on('close', resolve);
  });
  socket.on('error', () => undefined);
  socket.on('open', () => socket.send(Buffer.from('binary')));
  expect(await closed).toBe(1003);
  expect((await get('/', HOST, COOKIE)).status).toBe(200);
});

describe('J2 a frame larger than any that the page sends', () => {
  const CONTINUED = 64 * 1024;
  /** The head of a masked frame of the client, its mask all zeros. */
  const frameHead = (first: number, bytes: bigint): Buffer => {
    const head = Buffer.alloc(14);
    head.writeUInt8(first, 0);
    head.writeUInt8(0xff, 1);
    head.writeBigUInt64BE(bytes, 2);
    return head;
  };
  async function upgraded(): Promise<Socket> {
    const socket = connect({ host: '127.0.0.1', port: server.port });
    socket.on('error', () => undefined);
    socket.write(
      `${['GET /rpc HTTP/1.1', HOST, BEARER, ...UPGRADE].join('\r\n').replaceAll('PORT', String(server.port))}\r\n\r\n`,
    );
    await once(socket, 'data');
    return socket;
  }
  async function stillServes(): Promise<void> {
    const client = createClient(() =>
      openWebSocketPort(
        new WebSocket(`ws://127.0.0.1:${server.port}/rpc`, { headers: { authorization: `Bearer ${token}` } }),
      ),
    );
    expect(await client.call('app.info', {})).toEqual(INFO);
    client.close();
  }

  test('J2 announced with 1 GB is refused before its content comes', async () => {
    const socket = await upgraded();
    socket.resume().write(frameHead(0x81, 1n << 30n));
    await once(socket, 'close');
    await stillServes();
  });

  test('J2 of any number of pieces is refused once they are too many, and what was held of them is let go', async () => {
    const before = await bytesInUse();
    const socket = await upgraded();
    const answers: Buffer[] = [];
    // What the host says of itself at first may come now.
    socket.on('data', (bytes: Buffer) => {
      const close = bytes.indexOf(0x88);
      if (close >= 0) answers.push(bytes.subarray(close));
    });
    const piece = Buffer.alloc(CONTINUED, 'x');
    let sent = 0;
    // A frame may have three bytes for each of its units.
    for (let first = 0x01; answers.length === 0; first = 0x00) {
      socket.write(frameHead(first, BigInt(CONTINUED)));
      if (!socket.write(piece)) await once(socket, 'drain');
      sent += CONTINUED;
      expect(sent).toBeLessThan(3.1 * MAX_FRAME);
    }
    // The close frame: the message is too big (RFC 6455, 7.4.1).
    const [answer] = answers;
    expect([answer?.readUInt8(0), answer?.readUInt16BE(2)]).toEqual([0x88, 1009]);
    socket.destroy();
    await expect.poll(async () => (await bytesInUse()) - before).toBeLessThan(16 * 1024 ** 2);
    await stillServes();
  });
});

describe('R21 connections', () => {
  let limited: RunningServer;
  beforeAll(async () => {
    limited = await startServer({
      services: {} as unknown as Services,
      rendererDir: join(folder, 'renderer'),
      port: 0,
      access: new Access(),
      log: (sentence, error) => faults.push(`${sentence} ${String(error)}`),
      limits: { requestMs: 200, idleMs: 400, connections: 5 },
    });
  });
  afterAll(() => limited.close());

  /** Whose half of the connection is never closed. */
  const stubborn = async (): Promise<Socket> => {
    const socket = connect({ host: '127.0.0.1', port: limited.port, allowHalfOpen: true });
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'connect');
    return socket;
  };
  /** A connection that the server has ended answers what is sent on it with a reset. */
  const isGone = (socket: Socket): Promise<void> =>
    expect
      .poll(() => {
        socket.write('\r\n');
        return socket.destroyed;
      })
      .toBe(true);

  test.each([
    ['says nothing', ''],
    ['sends half a head', 'GET / HTTP/1.1\r\nHost:'],
    ['sends no HTTP', '\u0000\u0001\u0002\r\n\r\n'],
    ['is refused', 'GET / HTTP/1.1\r\nHost: elsewhere\r\n\r\n'],
    [
      'asks for another protocol and is refused',
      `GET /rpc HTTP/1.1\r\nHost: elsewhere\r\n${UPGRADE.join('\r\n')}\r\n\r\n`,
    ],
  ])('R21 one that %s is ended, although its client never closes it', async (_what, sent) => {
    const socket = await stubborn();
    socket.write(sent);
    await isGone(socket);
  });
  test('R21 there are so many and no more, and others get in when one has gone', async () => {
    const held = await Promise.all(Array.from({ length: 5 }, stubborn));
    const more = await stubborn();
    await once(more, 'end');
    for (const socket of held) socket.destroy();
    await expect
      .poll(async () => (await send(['GET / HTTP/1.1', HOST, 'Connection: close'], { port: limited.port })).status)
      .toBe(401);
  });
});

test('none of this was a fault of the host', () => {
  expect(faults).toEqual([]);
});
