/** The capture below the SDKs: what is sent and what is kept of it, the time of each read, encodings, and limits. */
import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { Capture, type CaptureListener, type CaptureSetup } from '../../src/main/core/capture/capture.ts';
import { ExchangeThread } from '../../src/main/core/capture/exchange-thread.ts';
import { ReceivedBody } from '../../src/main/core/capture/received-body.ts';
import { credentialHeader } from '../../src/main/core/capture/secrets.ts';
import type { BodyEnd } from '../../src/shared/metrics/ending.ts';
import type { Read } from '../../src/shared/model/stream.ts';
import type { HttpHead, RequestHead } from '../../src/shared/model/trace.ts';
import { exchangesForFile } from '../support/exchanges.ts';
import { withServer, type TestServer } from '../support/runs.ts';

const exchanges = exchangesForFile();

interface Captured {
  readonly request: RequestHead;
  readonly body: unknown;
  readonly head: HttpHead | undefined;
  readonly headNs: number;
  readonly reads: readonly Read[];
  readonly text: string;
  readonly end: BodyEnd;
  readonly endNs: number;
  readonly status: number | undefined;
  readonly seen: TestServer['seen'];
}

interface How {
  readonly setup?: Partial<CaptureSetup>;
  readonly init?: RequestInit;
  readonly path?: string;
  readonly onReads?: (reads: readonly Read[], capture: Capture) => void;
}

/** Sends one request to a server of the test's own, to its end. */
function captured(
  handler: (incoming: IncomingMessage, response: ServerResponse) => void,
  { setup, init, path = '', onReads }: How = {},
): Promise<Captured> {
  return withServer(handler, async ({ baseUrl, seen }) => {
    const all: Read[] = [];
    let sent: readonly [RequestHead, unknown] | undefined;
    let answered: readonly [HttpHead, number] | undefined;
    const over = Promise.withResolvers<readonly [BodyEnd, number]>();
    const listener: CaptureListener = {
      request: async (head, body) => {
        sent = [head, body];
      },
      head: (head, tNs) => {
        answered = [head, tNs];
      },
      reads: (reads) => {
        all.push(...reads);
        onReads?.(reads, capture);
      },
      end: (end, tNs) => over.resolve([end, tNs]),
    };
    const capture: Capture = new Capture({ answerSeconds: 60, exchanges, ...setup }, listener);
    // Each read is told as it comes.
    capture.watch(true);
    const [response, [end, endNs]] = await Promise.all([
      capture.fetch(baseUrl + path, { method: 'post', body: '{"model":"m"}', ...init }).catch(() => undefined),
      over.promise,
    ]);
    return {
      request: sent![0],
      body: sent![1],
      head: answered?.[0],
      headNs: answered?.[1] ?? 0,
      reads: all,
      end,
      endNs,
      status: response?.status,
      seen,
      text: Buffer.concat(all.map(({ bytes }) => bytes)).toString(),
    };
  });
}

const KEY = 'marker-key-0123456789';
const keyed: Partial<CaptureSetup> = { credential: { header: credentialHeader('openai', KEY), key: KEY } };

describe('the request', () => {
  const echo = (_incoming: IncomingMessage, response: ServerResponse): void => {
    response.end('ok');
  };

  test('is kept as it was sent, but for the secrets in it', async () => {
    const init = {
      method: 'post',
      headers: { 'Content-Type': 'application/json', 'x-stainless-lang': 'js' },
      body: JSON.stringify({ model: 'm', user: `I am ${KEY}` }),
    };
    const { request, body, seen } = await captured(echo, { setup: keyed, init, path: `/chat?key=${KEY}` });
    const [got] = seen;
    const pairs = Array.from({ length: got!.headers.length / 2 }, (_, i) => [
      got!.headers[2 * i],
      got!.headers[2 * i + 1],
    ]);
    expect(request.headers).toEqual(
      pairs.map(([name, value]) => (name === 'authorization' ? [name, 'Bearer <redacted 21 chars>'] : [name, value])),
    );
    expect(pairs).toContainEqual(['authorization', `Bearer ${KEY}`]);
    expect(request).toMatchObject({
      method: 'POST',
      url: expect.stringMatching(/\/v1\/chat\?key=<redacted 21 chars>$/),
    });
    expect(got!.url).toBe(`/v1/chat?key=${KEY}`);
    expect(got!.body).toBe(init.body);
    expect(body).toEqual({ model: 'm', user: 'I am <redacted 21 chars>' });
  });

  test('carries no header of a provider that it does not go to, and no key but its own', async () => {
    const { seen } = await captured(echo, {
      init: {
        headers: {
          authorization: 'Bearer none',
          'x-api-key': 'none',
          'openai-organization': 'org',
          'x-from-environment': '1',
          accept: 'application/json',
        },
      },
    });
    const names = seen[0]!.headers.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
    expect(names).toEqual(['host', 'connection', 'content-length', 'accept-encoding', 'accept']);
  });

  test('is not sent when the run was cancelled before', async () => {
    await withServer(echo, async ({ baseUrl, seen }) => {
      const over = Promise.withResolvers<BodyEnd>();
      const unheard = (): never => {
        throw new Error('There was no answer.');
      };
      const capture: Capture = new Capture(
        { answerSeconds: 60, exchanges },
        { request: async () => capture.stop({ how: 'cancelled' }), head: unheard, reads: unheard, end: over.resolve },
      );
      await expect(capture.fetch(baseUrl, { method: 'POST', body: '{}' })).rejects.toThrow('without a response');
      expect(await over.promise).toEqual({ how: 'cancelled' });
      expect(seen).toEqual([]);
    });
  });
});

describe('the head', () => {
  test('is kept with its names and order as they came, and without its secrets', async () => {
    const { head, status, headNs, endNs } = await captured((_incoming, response) => {
      response.sendDate = false;
      response.writeHead(
        201,
        'Made',
        [
          ['X-Request-Id', 'r1'],
          ['Set-Cookie', 'a=1'],
          ['set-cookie', 'b=22'],
          ['X-Request-Id', 'r2'],
          ['openai-organization', 'acme'],
          ['Connection', 'close'],
        ].flat(),
      );
      response.end();
    });
    expect(status).toBe(201);
    expect(head).toEqual({
      status: 201,
      statusText: 'Made',
      headers: [
        ['X-Request-Id', 'r1'],
        ['Set-Cookie', '<redacted 3 chars>'],
        ['set-cookie', '<redacted 4 chars>'],
        ['X-Request-Id', 'r2'],
        ['openai-organization', '<redacted 4 chars>'],
        ['Connection', 'close'],
        ['Transfer-Encoding', 'chunked'],
      ],
    });
    expect(headNs).toBeGreaterThan(0);
    expect(endNs).toBeGreaterThanOrEqual(headNs);
  });
  test('that says 103 is not taken for the answer', async () => {
    const { head } = await captured((_incoming, response) => {
      response.writeEarlyHints({ link: '</x>; rel=preload' });
      response.end('ok');
    });
    expect(head?.status).toBe(200);
  });
});

describe('reads', () => {
  /** Writes the next part when the capture has told of the one before, so that each is a read of its own. */
  test('are told as they come, before the next is sent, with offsets and rising times', async () => {
    const parts = ['data: 1\n\n', 'da', 'ta: 2\n\n', '\u00e9\u4e2d\u{1f600}'];
    let response: ServerResponse | undefined;
    const next = (): void => {
      const part = parts[told++];
      if (part === undefined) response?.end();
      else response?.write(part);
    };
    let told = 0;
    const { reads, text, end, endNs, headNs } = await captured(
      (_incoming, answer) => {
        response = answer;
        next();
      },
      { onReads: () => next() },
    );
    expect(text).toBe(parts.join(''));
    expect(reads.map(({ n, offset, bytes }) => [n, offset, Buffer.from(bytes).toString()])).toEqual(
      parts.map((part, n) => [n, Buffer.byteLength(parts.slice(0, n).join('')), part]),
    );
    const times = [headNs, ...reads.map(({ tNs }) => tNs), endNs];
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(end).toEqual({ how: 'end' });
  });

  test('a slow reader falsifies no time: what came together has times that lie together', async () => {
    const count = 20;
    const { reads } = await captured(
      (_incoming, response) => {
        for (let i = 0; i < count; i++) response.write(`data: ${i}\n\n`);
        response.end();
      },
      {
        onReads: (given) => {
          for (const _read of given) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
        },
      },
    );
    expect(reads).toHaveLength(count);
    // Told one by one with the work in between, they would lie 20 ms apart each.
    expect(reads.at(-1)!.tNs - reads[0]!.tNs).toBeLessThan((count - 1) * 20e6);
  });

  test('R6 work of the program falsifies no time, however long it takes', async () => {
    const flags = new Int32Array(new SharedArrayBuffer(8));
    const server = new Worker(new URL('../fixtures/paced-server.ts', import.meta.url), { workerData: flags.buffer });
    try {
      const [port] = (await once(server, 'message')) as [number];
      const told: Read[] = [];
      const over = Promise.withResolvers<BodyEnd>();
      const capture = new Capture(
        { answerSeconds: 60, exchanges },
        {
          request: async () => undefined,
          head: () => undefined,
          reads: (reads) => {
            told.push(...reads);
            if (Atomics.exchange(flags, 0, 1) === 0) Atomics.wait(flags, 1, 0);
          },
          end: over.resolve,
        },
      );
      await capture.fetch(`http://127.0.0.1:${port}/v1`, { method: 'POST', body: '{}' });
      expect(await over.promise).toEqual({ how: 'end' });
      expect(Buffer.concat(told.map(({ bytes }) => bytes)).toString()).toMatch(/^data: 0\n\n.*data: 20\n\n$/s);
      // What had come while this thread was blocked would be one read, had it been read here.
      expect(told.length).toBeGreaterThan(2);
    } finally {
      await server.terminate();
    }
  });

  test('a listener that throws at reads ends the body there, in a sentence: no hole, and nothing that was told is lost', async () => {
    let told = 0;
    const { end, reads } = await captured(
      (_incoming, response) => {
        const timer = setInterval(() => response.write('data: 1\n\n'), 1);
        response.once('close', () => clearInterval(timer));
      },
      {
        onReads: () => {
          if (++told === 3) throw new Error('refused');
        },
      },
    );
    expect(end).toEqual({ how: 'limit', limit: expect.stringContaining('a fault of its own (refused)') });
    expect(told).toBe(3);
    expect(reads.every(({ n }, at) => n === at)).toBe(true);
  });

  test('a thread that dies ends what it has under way, in a sentence, and the next request has another', async () => {
    const dying = new ExchangeThread(new URL('../fixtures/exchange-worker-that-dies.ts', import.meta.url));
    const setup = { exchanges: dying };
    const held = (_incoming: IncomingMessage, response: ServerResponse): void => void response.write('data: 1\n\n');
    const said = 'its thread ended: out of luck';
    try {
      const second = Promise.withResolvers<Captured>();
      const first = await captured(held, { setup, onReads: () => second.resolve(captured(held, { setup })) });
      expect(first).toMatchObject({ status: 200, text: 'data: 1\n\n', end: { how: 'reset', reason: said } });
      expect((await second.promise).end).toMatchObject({ how: 'failed', phase: 'request', reason: said });
      const third = await captured((_incoming, response) => void response.end('data: 3\n\n'), { setup });
      expect(third).toMatchObject({ text: 'data: 3\n\n', end: { how: 'end' } });
    } finally {
      await dying.close();
    }
  });

  test('a thread that is closed ends what it has under way as cancelled', async () => {
    const closing = new ExchangeThread(new URL('../../src/main/exchange-worker.ts', import.meta.url));
    const { end, text } = await captured((_incoming, response) => void response.write('data: 1\n\n'), {
      setup: { exchanges: closing },
      onReads: () => void closing.close(),
    });
    expect([end, text]).toEqual([{ how: 'cancelled' }, 'data: 1\n\n']);
  });

  test('an answer that was on its way when this side ended the exchange is not told', async () => {
    const told: string[] = [];
    const capture = new Capture(
      {
        answerSeconds: 60,
        exchanges: {
          send: (_request, { head, piece, end }) => {
            setImmediate(() => capture.stop({ how: 'cancelled' }));
            return {
              phase: 'headers',
              target: 'there',
              caughtUp: async () => true,
              watch: () => undefined,
              stop: () => {
                head({ status: 200, statusText: 'OK', headers: [] }, 1);
                piece(new Uint8Array(1), 2);
                end({ how: 'end' }, 3, {});
              },
            };
          },
        },
      },
      {
        request: async () => undefined,
        head: () => told.push('head'),
        reads: () => told.push('reads'),
        end: ({ how }) => told.push(how),
      },
    );
    await expect(capture.fetch('http://there/', { method: 'POST', body: '{}' })).rejects.toThrow('without a response');
    await expect.poll(() => told).toEqual(['cancelled']);
  });

  test.each([
    ['as it came', [], Buffer.from('data: 1\n\n'), 'data: 1\n\n'],
    [
      'in an encoding that is cut',
      [['content-encoding', 'gzip'] as const],
      gzipSync('data: 1\n\n').subarray(0, -8),
      'data: 1\n\n',
    ],
  ])('what had come of a body when this side ended the exchange is told: %s', async (_what, headers, bytes, text) => {
    for (const how of ['cancelled', 'end'] as const) {
      const told: string[] = [];
      const capture = new Capture(
        {
          answerSeconds: 60,
          exchanges: {
            send: (_request, { head, piece, end }) => {
              setImmediate(() => head({ status: 200, statusText: 'OK', headers }, 1));
              return {
                phase: 'headers',
                target: 'there',
                caughtUp: async () => true,
                watch: () => undefined,
                stop: (ended) => {
                  piece(bytes, 2);
                  end(ended, 3, {});
                },
              };
            },
          },
        },
        {
          request: async () => undefined,
          head: () => setImmediate(() => capture.stop({ how })),
          reads: (reads) => told.push(...reads.map((read) => Buffer.from(read.bytes).toString())),
          end: (end) => told.push(end.how),
        },
      );
      await capture.fetch('http://there/', { method: 'POST', body: '{}' });
      await expect.poll(() => told).toEqual([text, how]);
    }
  });

  test('D11 a burst far larger than what may wait comes whole', async () => {
    const piece = Buffer.alloc(1024 ** 2, 'x');
    const { reads, end } = await captured((_incoming, response) => {
      for (let i = 0; i < 100; i++) response.write(piece);
      response.end();
    });
    expect(end).toEqual({ how: 'end' });
    expect(reads.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(100 * piece.length);
    expect(
      reads.every(({ offset }, n) => offset === (n === 0 ? 0 : reads[n - 1]!.offset + reads[n - 1]!.bytes.length)),
    ).toBe(true);
  });
});

const ENCODERS: Readonly<Record<string, readonly [stream: () => Transform, whole: (text: Buffer) => Buffer]>> = {
  gzip: [createGzip, gzipSync],
  deflate: [createDeflate, deflateSync],
  br: [createBrotliCompress, brotliCompressSync],
  zstd: [createZstdCompress, zstdCompressSync],
};
const FLUSH: Readonly<Record<string, number>> = {
  gzip: constants.Z_SYNC_FLUSH,
  deflate: constants.Z_SYNC_FLUSH,
  br: constants.BROTLI_OPERATION_FLUSH,
  zstd: constants.ZSTD_e_flush,
};

describe.each(Object.entries(ENCODERS))('C11 a body encoded as %s', (encoding, [stream, whole]) => {
  const answering = (body: Buffer) => (_incoming: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-encoding': encoding });
    response.end(body);
  };

  test('is decoded, each event when it was flushed', async () => {
    const parts = ['data: one\n\n', 'data: two\n\n', 'data: three\n\n'];
    let next = (): void => {};
    const { text, reads, end } = await captured(
      (_incoming, response) => {
        response.writeHead(200, { 'content-encoding': encoding });
        const encoder = stream();
        encoder.pipe(response);
        const left = [...parts];
        next = () => {
          const part = left.shift();
          if (part === undefined) return encoder.end();
          encoder.write(part);
          return (encoder as ReturnType<typeof createGzip>).flush(FLUSH[encoding]!);
        };
        next();
      },
      {
        onReads: (given) => {
          for (const { bytes } of given) if (bytes.at(-1) === 0x0a) next();
        },
      },
    );
    expect(text).toBe(parts.join(''));
    expect(reads.length).toBeGreaterThanOrEqual(parts.length);
    expect(end).toEqual({ how: 'end' });
  });

  test('that is cut gives what it can, and says that it is damaged', async () => {
    const text = Array.from({ length: 4000 }, (_, i) => `data: ${i * 7919}\n\n`).join('');
    const body = whole(Buffer.from(text));
    const { text: got, end } = await captured(answering(body.subarray(0, body.length - 20)));
    expect(end).toMatchObject({ how: 'damaged', encoding });
    expect(text.startsWith(got)).toBe(true);
  });

  test('that is something else is damaged from the start, and kept as it came', async () => {
    const plain = 'data: plain text after all, and long enough to be noticed\n\n';
    const { text, end } = await captured(answering(Buffer.from(plain)));
    expect(end).toMatchObject({ how: 'damaged', encoding });
    expect(text).toBe(plain);
  });

  test('C13 that decodes to a flood ends at the ratio, long before the flood', async () => {
    const { end, reads } = await captured(answering(whole(Buffer.alloc(64 * 1024 ** 2, 'a'))));
    expect(end).toMatchObject({ how: 'limit', limit: expect.stringContaining('200 times its size') });
    expect(reads.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBeLessThan(32 * 1024 ** 2);
  });
});

test('deflate without its wrapper is decoded, too', async () => {
  const { text, end } = await captured((_incoming, response) => {
    response.writeHead(200, { 'content-encoding': 'deflate' });
    response.end(deflateRawSync('data: raw\n\n'));
  });
  expect([text, end]).toEqual(['data: raw\n\n', { how: 'end' }]);
});

test.each(['gzip, gzip', 'snappy'])('the encoding %s is left as it is', async (encoding) => {
  const { text, end } = await captured((_incoming, response) => {
    response.writeHead(200, { 'content-encoding': encoding });
    response.end('as it came');
  });
  expect([text, end]).toEqual(['as it came', { how: 'end' }]);
});

test.each([
  ['exactly the limit', 100, 'end'],
  ['one byte more', 101, 'limit'],
  ['much more', 100_000, 'limit'],
])('a body of %s', async (_what, length, how) => {
  const { reads, end } = await captured((_incoming, response) => response.end('x'.repeat(length)), {
    setup: { limits: { bodyBytes: 100, ratio: 200 } },
  });
  expect(end.how).toBe(how);
  expect(reads.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(100);
});

test.each(Object.entries(ENCODERS))(
  'C12 R23 bytes in a piece of their own after the end of a %s body are said to be lost',
  async (encoding, [, whole]) => {
    let text = '';
    const body = new ReceivedBody({
      reads: (reads) => (text += reads.map(({ bytes }) => Buffer.from(bytes).toString()).join('')),
      lighter: () => undefined,
      stopped: () => undefined,
    });
    body.encoded(encoding);
    const encoded = whole(Buffer.from('data: one\n\n'));
    body.piece(encoded, 1);
    body.piece(Buffer.alloc(16, 'x'), 2);
    await new Promise<void>((told) => body.end(true, told));
    const { sound, ...end } = body.stoppedBy as Extract<BodyEnd, { readonly how: 'damaged' }>;
    expect([text, end.how, end.received]).toEqual(['data: one\n\n', 'damaged', encoded.length + 16]);
    // A first byte may begin another member of gzip.
    expect([encoded.length, encoded.length + 1]).toContain(sound);
  },
);
