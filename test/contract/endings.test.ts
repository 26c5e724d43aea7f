/**
 * What servers and networks do to a run, over real sockets on the loopback interface: rows of the groups C (HTTP responses) and D (time
 * and transport) of the reliability list. Responses are written to the socket as they stand, since a server's library would mend them.
 */
import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { createSecureServer } from 'node:http2';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { CERTIFICATE, EXPIRED_CERTIFICATE, LOOPBACK_CERTIFICATE } from '../support/certificate.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { requestFor, useRuns, type Ran } from '../support/runs.ts';

const fixture = useRuns({
  exchangeWorker: new URL('../fixtures/exchange-worker-that-trusts.ts', import.meta.url),
});
const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

const KEY = 'marker-key-0123456789';
const event = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta, ...more }] })}\n\n`;
const HELLO = event({ role: 'assistant', content: 'Hello' });
const STOP = event({}, { finish_reason: 'stop' });
const DONE = 'data: [DONE]\n\n';
const WHOLE = HELLO + STOP + DONE;
const STREAM = 'Content-Type: text/event-stream';

type Answer = (socket: Socket, nth: number) => void;

async function listening<Listener extends Server>(server: Listener): Promise<number> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A server that answers the n-th connection's request; `heads` are what it was sent. */
async function serving(answer: Answer): Promise<{ readonly url: string; readonly heads: readonly string[] }> {
  const heads: string[] = [];
  const server = createServer((socket) =>
    socket.once('data', (data: Buffer) => {
      heads.push(data.toString('latin1'));
      answer(socket, heads.length);
    }),
  );
  return { url: `http://127.0.0.1:${await listening(server)}/v1`, heads };
}

async function asked(url: string, more: Parameters<typeof fixture.endpoint>[1] = {}): Promise<Ran> {
  return fixture.run({ endpoint: await fixture.endpoint(url, more) });
}

interface Told extends Ran {
  readonly text: string;
  readonly heads: readonly string[];
}

/** One request, answered with these bytes and an end. */
async function answered(head: readonly string[], body: string | Uint8Array = ''): Promise<Told> {
  const { url, heads } = await serving((socket) => {
    socket.write(`HTTP/1.1 ${head.join('\r\n')}\r\n\r\n`);
    socket.end(body);
  });
  const ran = await asked(url, { key: KEY });
  await fixture.runs.close();
  return { ...ran, heads, text: (await fixture.body(ran.id)).toString() };
}

const chunked = (...parts: readonly string[]): string =>
  [...parts.map((part) => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`), '0\r\n\r\n'].join('');
const OK_CHUNKED = ['200 OK', STREAM, 'Transfer-Encoding: chunked'];

describe('C3 the content type', () => {
  test.each([
    ['none', [], /no content-type header/],
    ['text/plain', ['Content-Type: text/plain'], /says text\/plain, not text\/event-stream/],
    ['in capitals', ['Content-Type: TEXT/EVENT-STREAM; charset=UTF-8'], /arrived\.$/],
    ['application/octet-stream', ['Content-Type: application/octet-stream'], /says application\/octet-stream/],
    [
      'another charset',
      ['Content-Type: text/event-stream; charset=latin1'],
      /charset latin1; event streams are always UTF-8/,
    ],
  ])('C3 %s: the content decides', async (_what, lines, rule) => {
    const { ending } = await answered(['200 OK', ...lines, `Content-Length: ${WHOLE.length}`], WHOLE);
    expect(ending).toMatchObject({ state: 'complete', rule: expect.stringMatching(rule) });
  });
});

test.each([
  ['204 No Content', ''],
  ['205 Reset Content', 'Content-Length: 0'],
  ['206 Partial Content', `Content-Length: ${WHOLE.length}`],
  ['304 Not Modified', 'ETag: "x"'],
])('C5 %s is no stream', async (status, line) => {
  const body = status.startsWith('206') ? WHOLE : '';
  const { ending } = await answered([status, STREAM, ...(line === '' ? [] : [line])], body);
  expect(ending).toMatchObject({ state: 'not-a-stream', rule: expect.stringContaining(`HTTP ${status}`) });
});

describe('C6 redirects', () => {
  test.each([301, 302, 303, 307, 308])(
    'C6 %i to another host is not followed, and takes the key nowhere',
    async (status) => {
      const other = await serving((socket) => socket.end());
      const { ending, heads } = await answered([`${status} Elsewhere`, `Location: ${other.url}`, 'Content-Length: 0']);
      expect(ending).toMatchObject({
        state: 'http-error',
        rule: expect.stringContaining(`HTTP ${status}`),
        advice: expect.stringContaining(other.url),
      });
      expect([heads.length, other.heads]).toEqual([1, []]);
    },
  );
  test('C6 a loop is asked once', async () => {
    const { url, heads } = await serving((socket) =>
      socket.end('HTTP/1.1 307 Again\r\nLocation: /v1/chat/completions\r\nContent-Length: 0\r\n\r\n'),
    );
    expect((await asked(url)).ending.state).toBe('http-error');
    expect(heads).toHaveLength(1);
  });
});

describe('C7 errors', () => {
  test('C7 an error of 50 MB is kept whole, and its sentence is short', async () => {
    const body = `${'<html>'.padEnd(50e6, 'error ')}`;
    const { id, ending } = await answered(
      ['400 Bad Request', 'Content-Type: text/html', `Content-Length: ${body.length}`],
      body,
    );
    expect(ending.state).toBe('http-error');
    expect(ending.rule.length).toBeLessThan(1_000);
    expect(await fixture.store.get(id)).toMatchObject({ storedBytes: body.length });
  });
  test.each([
    ['empty', '', 'Content-Length: 0', /HTTP 422 Odd\.$/],
    ['text', 'Field "model" is missing', 'Content-Type: text/plain', /HTTP 422 Odd/],
    [
      'a stream',
      `event: error\ndata: {"error":{"message":"No such model"}}\n\n`,
      STREAM,
      /HTTP 422 Odd: No such model/,
    ],
    ['a stream and its terminator', `${event({ content: 'x' })}${DONE}`, STREAM, /HTTP 422 Odd/],
    [
      'a long message',
      JSON.stringify({ error: { message: 'no '.repeat(100_000) } }),
      'Content-Type: application/json',
      /HTTP 422/,
    ],
  ])('C7 with a body of %s', async (_what, body, line, rule) => {
    const { ending, text } = await answered(['422 Odd', line], body);
    expect(ending).toMatchObject({ state: 'http-error', rule: expect.stringMatching(rule) });
    expect(ending.rule.length).toBeLessThan(3_000);
    expect(text).toBe(body);
  });
});

test.each([
  ['retry-after: 3', /wait 3 seconds/],
  ['retry-after: Wed, 21 Oct 2026 07:28:30 GMT\r\ndate: Wed, 21 Oct 2026 07:28:00 GMT', /wait 30 seconds/],
  ['retry-after-ms: 1500', /wait 1\.5 seconds/],
  ['retry-after: 0', /at once/],
  ['retry-after: -1', /at once/],
  ['retry-after: 3600', /wait 1 hour/],
  ['retry-after: soon', /reads "soon", which is not a valid time/],
])('C8 %j is said as it came and in words, and nothing is sent again', async (line, advice) => {
  const { ending, heads } = await answered(['429 Too Many Requests', line, 'Content-Length: 0']);
  expect(ending).toMatchObject({ state: 'http-error', advice: expect.stringMatching(advice) });
  expect(heads).toHaveLength(1);
});

test.each([500, 502, 503, 504, 529])('C9 %i is asked once', async (status) => {
  const { ending, heads } = await answered(
    [`${status} Down`, 'Content-Type: text/html', 'Content-Length: 6'],
    '<html>',
  );
  expect(ending).toMatchObject({ state: 'http-error', rule: expect.stringMatching(/with an HTML page/) });
  expect(heads).toHaveLength(1);
});

test('C10 an error before the first event', async () => {
  const { ending, id } = await answered(['200 OK', STREAM], 'data: {"error":{"message":"Overloaded"}}\n\n');
  expect(ending).toMatchObject({ state: 'provider-error', rule: expect.stringMatching(/Overloaded/) });
  expect((await fixture.store.get(id)).httpStatus).toBe(200);
});

describe('C12 encodings that do not fit', () => {
  const long = HELLO.repeat(2_000) + DONE;
  const ENCODERS = [
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ] as const;
  test.each(ENCODERS)('C12 a cut %s body: what could be decoded is kept', async (encoding, encode) => {
    const body = encode(Buffer.from(long));
    const { ending, text } = await answered(
      ['200 OK', STREAM, `Content-Encoding: ${encoding}`],
      body.subarray(0, body.length - 12),
    );
    expect(ending).toMatchObject({
      state: 'truncated',
      rule: expect.stringContaining(`the ${encoding} encoding of the body is damaged or cut`),
    });
    expect(long.startsWith(text)).toBe(true);
  });
  test.each(ENCODERS)('C12 R23 a header %s that lies: the body is kept as it came, read by read', async (encoding) => {
    const { url } = await serving((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\n${STREAM}\r\nContent-Encoding: ${encoding}\r\n\r\n`);
      const pieces = [WHOLE.slice(0, 1), WHOLE.slice(1, 9), WHOLE.slice(9, 60), WHOLE.slice(60)];
      const next = (): void => {
        const piece = pieces.shift();
        if (piece === undefined) socket.end();
        else socket.write(piece, () => setImmediate(next));
      };
      next();
    });
    const { id, ending } = await asked(url);
    await fixture.runs.close();
    expect(ending.state).toBe('complete');
    expect(ending.rule).toContain(`The ${encoding} encoding of the body is damaged or cut`);
    expect(ending.rule).toContain('The body is kept as it came.');
    expect((await fixture.body(id)).toString()).toBe(WHOLE);
  });
  test('C12 two layers: one is undone, and the ending says so', async () => {
    const { ending } = await answered(['200 OK', STREAM, 'Content-Encoding: gzip'], gzipSync(gzipSync(WHOLE)));
    expect(ending).toMatchObject({ state: 'not-a-stream', rule: expect.stringMatching(/compressed twice/) });
  });
  test.each(ENCODERS)('C12 R23 bytes after the end of a %s body are said to be lost', async (encoding, encode) => {
    const encoded = ['200 OK', STREAM, `Content-Encoding: ${encoding}`];
    const { ending, text } = await answered(
      encoded,
      Buffer.concat([encode(Buffer.from(HELLO)), Buffer.alloc(16, 'x')]),
    );
    expect(ending.state, ending.rule).toBe('truncated');
    // A first byte may begin another member of gzip.
    expect(ending.rule).toMatch(/the last 1[56] could not be decoded and are not kept/);
    expect(text).toBe(HELLO);
  });
  test.each(ENCODERS)(
    'C12 R23 a %s body that is damaged in the middle is kept up to the damage, and what is lost is said',
    async (encoding, encode) => {
      const lines = Array.from({ length: 4_000 }, (_, n) =>
        event({ content: `${n * 7919} ${(n * 104729) % 65_537}` }),
      ).join('');
      const body = encode(Buffer.from(lines));
      const at = Math.floor(body.length / 2);
      body.fill(0xff, at, at + 400);
      const { ending, text } = await answered(['200 OK', STREAM, `Content-Encoding: ${encoding}`], body);
      expect(ending.state, ending.rule).toBe('truncated');
      const said = /Of the ([\d,]+) encoded bytes received, the last ([\d,]+) could not be decoded/.exec(ending.rule);
      // What the damage makes of what follows may be in the encoding, too, up to a checksum.
      const [received, lost] = [said?.[1], said?.[2]].map((count) => Number(count?.replaceAll(',', '')));
      expect([received, lost! > 0], ending.rule).toEqual([body.length, true]);
      expect(text.length).toBeGreaterThan(HELLO.length);
      const same = [...text].findIndex((character, n) => character !== lines[n]);
      expect(same < 0 ? text.length : same).toBeGreaterThan(lines.length / 4);
    },
  );
});

describe('C14 the stated length', () => {
  test('C14 too small: what is beyond it is not of this response', async () => {
    const { ending, text } = await answered(['200 OK', STREAM, `Content-Length: ${HELLO.length}`], WHOLE);
    expect(ending.state).toBe('truncated');
    expect(text).toBe(HELLO);
  });
  test('C14 too large: the connection ends before the body', async () => {
    const { ending, text } = await answered(['200 OK', STREAM, 'Content-Length: 100000'], HELLO);
    expect(ending).toMatchObject({ state: 'reset', rule: expect.stringMatching(/connection broke/) });
    expect(text).toBe(HELLO);
  });
  test('C14 too large, after the terminator', async () => {
    expect((await answered(['200 OK', STREAM, 'Content-Length: 100000'], WHOLE)).ending.state).toBe('complete');
  });
  test.each([
    ['together with chunks', ['Content-Length: 5', 'Transfer-Encoding: chunked']],
    ['twice', ['Content-Length: 5', 'Content-Length: 6']],
    ['negative', ['Content-Length: -1']],
    ['no number', ['Content-Length: many']],
  ])('C14 %s: refused, since it can be read in two ways', async (_what, lines) => {
    const { ending, text } = await answered(['200 OK', STREAM, ...lines], chunked(WHOLE));
    expect(ending).toMatchObject({ state: 'http-error', rule: expect.stringMatching(/HPE_/) });
    expect(text).toBe('');
  });
});

describe('C15 chunks', () => {
  test('C15 extensions of chunks belong to no body', async () => {
    const body = `${HELLO.length.toString(16)};a=1;b="x\\"y"\r\n${HELLO}\r\n${(STOP + DONE).length.toString(16)};c\r\n${STOP}${DONE}\r\n0;end\r\n\r\n`;
    const { ending, text } = await answered(OK_CHUNKED, body);
    expect([ending.state, text]).toEqual(['complete', WHOLE]);
  });
  test('C15 a bad size of a chunk', async () => {
    const { ending, text } = await answered(OK_CHUNKED, `${HELLO.length.toString(16)}\r\n${HELLO}\r\nZZ\r\n`);
    expect(ending).toMatchObject({ state: 'reset', rule: expect.stringMatching(/HPE_INVALID_CHUNK_SIZE/) });
    expect(text).toBe(HELLO);
  });
  test('C15 trailers are kept beside the head, without their secrets, and are no part of the body', async () => {
    const body = chunked(WHOLE).replace(
      /\r\n$/,
      `X-Checksum: abc\r\nx-checksum: def\r\nSet-Cookie: ${KEY}\r\nX-Echo: ${KEY}\r\n\r\n`,
    );
    const { id, ending, text, items } = await answered([...OK_CHUNKED, 'Trailer: X-Checksum'], body);
    expect([ending.state, text]).toEqual(['complete', WHOLE]);
    const { responseHead } = await fixture.store.get(id);
    expect(responseHead).toMatchObject({
      status: 200,
      trailers: [
        ['X-Checksum', 'abc'],
        ['x-checksum', 'def'],
        ['Set-Cookie', '<redacted 21 chars>'],
        ['X-Echo', '<redacted 21 chars>'],
      ],
    });
    // What is played of the stored trace is what was seen as it came.
    expect((await fixture.store.head(id))!.head).toEqual(items.find((item) => item.k === 'head')!.head);
  });
  test('C15 no last chunk', async () => {
    const { ending, text } = await answered(OK_CHUNKED, chunked(HELLO + STOP).replace(/0\r\n\r\n$/, ''));
    expect([ending.state, text]).toEqual(['reset', HELLO + STOP]);
  });
});

describe('C16 heads', () => {
  test.each([
    ['a header of 40 KB', [`x-long: ${'a'.repeat(40_000)}`], 'complete'],
    ['2,000 headers', Array.from({ length: 2_000 }, (_, n) => `x-${n}: 1`), 'complete'],
    ['a header of 4 MB', [`x-long: ${'a'.repeat(4e6)}`], 'http-error'],
    ['a name that is none', ['x y: 1'], 'http-error'],
    ['a control character', ['x-control: a\u0000b'], 'http-error'],
    ['bytes that are not ASCII', ['x-latin: caf\u00e9'], 'complete'],
    ['a folded line', ['x-folded: a', ' b'], 'http-error'],
  ] as const)('C16 %s', async (_what, lines, state) => {
    const { ending } = await answered(['200 OK', STREAM, ...lines], WHOLE);
    expect(ending.state, ending.rule).toBe(state);
    if (state === 'http-error') expect(ending.rule).toMatch(/HPE_/);
  });
});

describe('C17 answers before the answer', () => {
  test.each(['100 Continue', '102 Processing', '103 Early Hints', '199 Odd'])(
    'C17 %s is not taken for it',
    async (status) => {
      const { url } = await serving((socket) => {
        socket.write(`HTTP/1.1 ${status}\r\nLink: </x>; rel=preload\r\n\r\n`);
        socket.end(`HTTP/1.1 200 OK\r\n${STREAM}\r\n\r\n${WHOLE}`);
      });
      const { ending, id } = await asked(url);
      expect(ending.state).toBe('complete');
      await fixture.runs.close();
      const { httpStatus, responseHead } = await fixture.store.get(id);
      expect([httpStatus, responseHead!.informational]).toMatchObject([200, [{ status: Number(status.slice(0, 3)) }]]);
    },
  );
});

describe('C18 a server that speaks another protocol', () => {
  /** `trusted`: which authority is trusted beside the usual ones; see the thread of exchanges. */
  const overTls = async (options: Parameters<typeof createTlsServer>[0], trusted = 'nobody') => {
    const server = createTlsServer(options, (_incoming, response) => response.end(WHOLE));
    server.on('tlsClientError', () => {});
    return asked(`https://127.0.0.1:${await listening(server)}/trusting-${trusted}/v1`);
  };

  test('C18 a certificate of an authority that is trusted', async () => {
    const { ending } = await overTls(LOOPBACK_CERTIFICATE, 'loopback');
    expect(ending.state, ending.rule).toBe('complete');
  });
  test.each([
    ['by nobody', LOOPBACK_CERTIFICATE, 'another', /SELF_SIGNED/, /NODE_EXTRA_CA_CERTS/],
    ['that has expired', EXPIRED_CERTIFICATE, 'expired', /CERT_HAS_EXPIRED/, /not valid today/],
    ['for another name', CERTIFICATE, 'another', /ALTNAME_INVALID/, /for another name/],
  ])(
    'C18 a certificate %s is refused, whatever the environment says',
    async (_what, certificate, trusted, rule, advice) => {
      const { ending } = await overTls(certificate, trusted);
      expect(ending).toMatchObject({
        state: 'http-error',
        rule: expect.stringMatching(rule),
        advice: expect.stringMatching(advice),
      });
    },
  );
  test('C18 only an old version of TLS', async () => {
    const { ending } = await overTls({
      ...LOOPBACK_CERTIFICATE,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    expect(ending).toMatchObject({ state: 'http-error', advice: expect.stringMatching(/version of TLS/) });
  });
  test('C18 only HTTP/2, over TLS', async () => {
    const server = createSecureServer({ ...LOOPBACK_CERTIFICATE, allowHTTP1: false });
    const port = await listening(server as unknown as Server);
    const { ending } = await asked(`https://127.0.0.1:${port}/v1`);
    expect(ending).toMatchObject({ state: 'http-error', advice: expect.stringMatching(/HTTP\/2/) });
  });
  test('C18 only HTTP/2, in plain', async () => {
    const { url } = await serving((socket) => socket.end(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])));
    expect((await asked(url)).ending).toMatchObject({ state: 'http-error', advice: expect.stringMatching(/HTTP\/2/) });
  });
});

describe('D1 an endpoint that is not reached', () => {
  test('D1 an address that no route leads to', async () => {
    expect((await asked('http://255.255.255.255:9/v1')).ending).toMatchObject({
      state: 'http-error',
      rule: expect.stringMatching(/^No connection to 255\.255\.255\.255:9 \((?:ENETUNREACH|EACCES|EHOSTUNREACH)\)\.$/),
      advice: expect.stringMatching(/server is running/),
    });
  });
  test('D1 a name of several addresses, of which the server has only the last', async (context) => {
    const server = createServer((socket) =>
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${STREAM}\r\n\r\n${WHOLE}`)),
    );
    const listens = await new Promise((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(0, '::1', () => resolve(true));
    });
    const addresses = await lookup('localhost', { all: true });
    // A machine without IPv6 has no such server.
    context.skip(listens !== true || !addresses.some(({ address }) => address === '::1'), 'no localhost over IPv6');
    servers.push(server);
    const { ending } = await asked(`http://localhost:${(server.address() as AddressInfo).port}/v1`);
    expect(ending.state, ending.rule).toBe('complete');
  });
  // Linux takes no connection of a listener whose queue is full, and answers nothing.
  test.skipIf(process.platform !== 'linux')('D1 a server that takes no connection, in time', async () => {
    const script = `const server = require('node:net').createServer();
      server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => process.stdout.write(String(server.address().port)));`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [printed] = (await once(child.stdout, 'data')) as [Buffer];
      const port = Number(printed);
      child.kill('SIGSTOP');
      const waiting = Array.from({ length: 8 }, () => connect({ port, host: '127.0.0.1' }));
      for (const socket of waiting) {
        sockets.add(socket);
        socket.on('error', () => {});
      }
      await Promise.all(waiting.slice(0, 2).map((socket) => once(socket, 'connect')));
      const { ending } = await asked(`http://127.0.0.1:${port}/v1`, { answer: 1 });
      expect(ending).toMatchObject({
        state: 'http-error',
        rule: expect.stringMatching(/^No response from 127\.0\.0\.1:\d+ in time \(timeout after 1 second\)\.$/),
      });
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('R7 D6 where a connection breaks', () => {
  /** The connection breaks once so many bytes of the body have come: a system keeps nothing unread of one that is reset. */
  const breaking = async (before: string, length: number) => {
    let broken = (): void => {};
    const { url } = await serving((socket) => {
      broken = () => socket.resetAndDestroy();
      socket.write(before, () => length === 0 && broken());
    });
    const ran = await fixture.run({ endpoint: await fixture.endpoint(url) }, (bytes) => bytes >= length && broken());
    await fixture.runs.close();
    return { ...ran, text: (await fixture.body(ran.id)).toString() };
  };
  const HEAD = `HTTP/1.1 200 OK\r\n${STREAM}\r\n\r\n`;
  test.each([
    ['before the head', '', '', 'reset'],
    ['inside the head', 'HTTP/1.1 200 OK\r\nContent-', '', 'reset'],
    ['before the first byte', HEAD, '', 'reset'],
    ['inside an event', HEAD + HELLO + STOP.slice(0, 20), HELLO + STOP.slice(0, 20), 'reset'],
    ['between two events', HEAD + HELLO, HELLO, 'reset'],
    ['after the last event', HEAD + HELLO + STOP, HELLO + STOP, 'reset'],
    ['after the terminator', HEAD + WHOLE, WHOLE, 'complete'],
  ])('D6 %s', async (_what, before, body, state) => {
    const { ending, text } = await breaking(before, body.length);
    expect([ending.state, text]).toEqual([state, body]);
  });
});

test('D7 a clean end without the terminator is no complete stream, and no broken one', async () => {
  const { ending, text } = await answered(OK_CHUNKED, chunked(HELLO + STOP));
  expect([ending.state, text]).toEqual(['truncated', HELLO + STOP]);
});

describe('ends of one side', () => {
  test('D8 a server that goes on after the terminator is left, and its connection closed', async () => {
    const gone = Promise.withResolvers<void>();
    const { url } = await serving((socket) => {
      socket.once('close', () => gone.resolve());
      socket.write(`HTTP/1.1 200 OK\r\n${STREAM}\r\n\r\n${WHOLE}`);
    });
    expect((await asked(url)).ending.state).toBe('complete');
    await gone.promise;
  });
  test('C14 a server that answers early and reads no more: its answer is kept', async () => {
    const body = JSON.stringify({ error: { message: 'Too large for this model' } });
    const server = createServer((socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.end(
          `HTTP/1.1 413 Too Large\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        );
      });
    });
    const url = `http://127.0.0.1:${await listening(server)}/v1`;
    const request = { ...requestFor('plain-text', 'chat_completions'), padding: 'x'.repeat(3e6) };
    const { ending } = await fixture.run({ endpoint: await fixture.endpoint(url), request });
    expect(ending).toMatchObject({
      state: 'http-error',
      rule: expect.stringMatching(/HTTP 413.*Too large for this model/),
    });
  });
  test('D8 a server that only closes its own half: the connection is closed by this side', async () => {
    const closed = Promise.withResolvers<void>();
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\n${STREAM}\r\n\r\n${WHOLE}`));
      socket.once('end', () => closed.resolve());
    });
    expect((await asked(`http://127.0.0.1:${await listening(server)}/v1`)).ending.state).toBe('complete');
    await closed.promise;
  });
});

test('D12 of fifty streams at once each has its next event before any has the one after, and all are complete', async () => {
  const responses: Socket[] = [];
  const all = Promise.withResolvers<void>();
  const { url } = await serving((socket) => {
    if (responses.push(socket) === 50) all.resolve();
  });
  const endpoint = await fixture.endpoint(url);
  const starts = Array.from({ length: 50 }, () =>
    fixture.runs.start({
      endpoint,
      api: 'chat_completions',
      request: requestFor('plain-text', 'chat_completions'),
      options: DEFAULT_OPTIONS,
      source: 'run',
    }),
  );
  const ids = (await Promise.all(starts)).map(({ id }) => id);
  await all.promise;
  const events = async (): Promise<ReadonlySet<number>> =>
    new Set((await Promise.all(ids.map((id) => fixture.store.get(id)))).map(({ metrics }) => metrics.events));
  for (const socket of responses) socket.write(`HTTP/1.1 200 OK\r\n${STREAM}\r\n\r\n`);
  for (let round = 1; round <= 3; round++) {
    for (const socket of responses) socket.write(HELLO);
    await expect.poll(events, { timeout: 60_000 }).toEqual(new Set([round]));
  }
  for (const socket of responses) socket.end(STOP + DONE);
  const states = async (): Promise<ReadonlySet<string | undefined>> =>
    new Set((await Promise.all(ids.map((id) => fixture.store.get(id)))).map(({ ending }) => ending?.state));
  await expect.poll(states, { timeout: 60_000 }).toEqual(new Set(['complete']));
  for (const id of ids) expect((await fixture.body(id)).toString()).toBe(HELLO.repeat(3) + STOP + DONE);
}, 120_000);
