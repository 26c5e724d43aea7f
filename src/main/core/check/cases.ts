/** What is examined of a proxy, each with the exchange that shows it. A case gives what differs from no proxy at all. */
import { constants, createGzip } from 'node:zlib';
import { once } from 'node:events';
import { valuesOf } from '../proxy/http/head.ts';
import { chunk, LAST_CHUNK, type Bench, type Exchange, type Finding } from './bench.ts';
import { bodyFindings, fieldFindings } from './differences.ts';

export interface CheckCase {
  readonly id: string;
  readonly title: string;
  /** Throws NotPassed where its request does not get through. */
  readonly run: (bench: Bench) => Promise<readonly Finding[]>;
}

const NOTHING: readonly Finding[] = [];
/** Times its patience that an answer may take which a proxy asks for again. */
const MOST_WAITS = 20;
const bytesOf = (text: string): Buffer => Buffer.from(text, 'utf8');

/** Says a body in chunks, ends it, and compares. */
async function streamed(
  bench: Bench,
  body: readonly Uint8Array[],
  fields?: readonly string[],
): Promise<readonly Finding[]> {
  const exchange = await bench.ask();
  const { client, request } = exchange;
  request.write(bench.streamHead(fields));
  const held = await bench.say(exchange, body.map(chunk));
  request.write(LAST_CHUNK);
  return [...held, ...(await compared(bench, exchange, Buffer.concat(body))), ...wholeFindings(client)];
}

async function compared(bench: Bench, { client }: Exchange, sent: Uint8Array): Promise<readonly Finding[]> {
  await client.holds(() => client.whole || client.ended !== undefined, bench.patienceMs * 4);
  return bodyFindings(sent, client.data);
}

const wholeFindings = ({ whole }: Exchange['client']): readonly Finding[] =>
  whole ? NOTHING : [{ fault: 'disguised', sentence: 'A body that was complete does not look so to the client.' }];

/** Says half of a body, then does something to the connection: the client must not take it for whole. */
async function cut(
  bench: Bench,
  head: (length: number) => string,
  framed: (bytes: Uint8Array) => Uint8Array,
  how: (exchange: Exchange) => void,
): Promise<readonly Finding[]> {
  const exchange = await bench.ask();
  const { client, request } = exchange;
  const half = Buffer.concat(bench.frames.slice(0, 3).map(({ bytes }) => bytes)).subarray(0, -5);
  request.write(head(half.length + 1000));
  request.write(framed(half));
  await client.holds(() => client.bytes > 0, bench.patienceMs);
  how(exchange);
  const over = await client.holds(() => client.whole || client.ended !== undefined, bench.patienceMs * 4);
  const findings = bodyFindings(half, client.data);
  if (!over) return [...findings, { fault: 'disguised', sentence: 'The client was not told that the answer was cut.' }];
  if (!client.whole) return findings;
  return [...findings, { fault: 'disguised', sentence: 'An answer that was cut looks complete to the client.' }];
}

const sized = (length: number): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: ${length}\r\n\r\n`;
const same = (bytes: Uint8Array): Uint8Array => bytes;

/** An error of the provider, which the client is to see, once. */
async function refused(bench: Bench, status: string, fields: readonly string[]): Promise<readonly Finding[]> {
  const before = bench.requests.length;
  const body = bytesOf(
    '{"error": {"message": "Made for this check.",\n  "type": "made_error", "code": 12345678901234567890}}',
  );
  const exchange = await bench.ask();
  const answer = (request: Exchange['request']): void =>
    request.write(
      Buffer.concat([
        bytesOf(
          [
            `HTTP/1.1 ${status}`,
            'content-type: application/json',
            ...fields,
            `content-length: ${body.length}`,
            '',
            '',
          ].join('\r\n'),
        ),
        body,
      ]),
    );
  let answered = before;
  const { client } = exchange;
  // Who asks again is answered the same.
  for (let waits = 0; waits < MOST_WAITS && !client.whole && client.ended === undefined; waits++) {
    for (const request of bench.requests.slice(answered)) answer(request);
    answered = bench.requests.length;
    await client.holds(
      () => client.whole || client.ended !== undefined || bench.requests.length > answered,
      bench.patienceMs,
    );
  }
  const asked = bench.requests.length - before;
  const said = client.head ? `${client.head.line.status} ${client.head.line.text}` : 'nothing';
  return [
    ...(asked > 1 ? [{ fault: 'repeated', sentence: `The request was sent ${asked} times.` } as const] : []),
    ...(said.trim() === status.trim()
      ? NOTHING
      : [{ fault: 'rewrote', sentence: `${status} became ${said}.` } as const]),
    ...bodyFindings(body, client.data),
    ...missingFields(client, fields),
  ];
}

function missingFields({ head }: Exchange['client'], fields: readonly string[]): readonly Finding[] {
  const names = fields.map((field) => field.split(':', 1)[0]!);
  const missing = head ? names.filter((name) => valuesOf(head, name.toLowerCase()).length === 0) : [];
  return missing.length === 0
    ? NOTHING
    : [{ fault: 'dropped', sentence: `Fields did not come: ${missing.join(', ')}.` }];
}

/** The body as its encoder gives it when each frame is flushed. */
async function gzipped(frames: readonly Uint8Array[]): Promise<readonly Buffer[]> {
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  const out: Buffer[][] = [];
  gzip.on('data', (bytes: Buffer) => out.at(-1)!.push(bytes));
  for (const frame of frames) {
    out.push([]);
    gzip.write(frame);
    await new Promise<void>((flushed) => {
      gzip.flush(() => flushed());
    });
  }
  out.push([]);
  gzip.end();
  await once(gzip, 'end');
  return out.map((parts) => Buffer.concat(parts)).filter(({ length }) => length > 0);
}

const onSse = (bench: Bench): boolean => bench.format.contentType.startsWith('text/event-stream');

export const CASES: readonly CheckCase[] = [
  {
    id: 'events',
    title: 'Events, one at a time',
    run: (bench) =>
      streamed(
        bench,
        bench.frames.map(({ bytes }) => bytes),
      ),
  },
  {
    id: 'bytes',
    title: 'An event, byte by byte',
    run: (bench) => {
      const [first, ...rest] = bench.frames.map(({ bytes }) => bytes);
      const singles = Array.from({ length: 24 }, (_, i) => first!.subarray(i, i + 1));
      return streamed(bench, [...singles, first!.subarray(24), Buffer.concat(rest)]);
    },
  },
  {
    id: 'keep-alive',
    title: 'Keep-alive comments in a silence',
    run: async (bench) => {
      const comment = bench.format.keepAlive?.bytes ?? (onSse(bench) ? bytesOf(': keep-alive\n\n') : null);
      if (!comment) return NOTHING;
      return streamed(bench, [comment, comment, comment, ...bench.frames.slice(-4).map(({ bytes }) => bytes)]);
    },
  },
  {
    id: 'silence',
    title: 'A silence in the middle',
    run: async (bench) => {
      const exchange = await bench.ask();
      const { client, request } = exchange;
      const [first, ...rest] = bench.frames.map(({ bytes }) => bytes);
      request.write(bench.streamHead());
      request.write(chunk(first!));
      await client.holds(() => client.ended !== undefined, bench.patienceMs * 3);
      if (client.ended) return [{ fault: 'disguised', sentence: 'The connection was closed in the silence.' }];
      request.write(chunk(Buffer.concat(rest)));
      request.write(LAST_CHUNK);
      return [...(await compared(bench, exchange, Buffer.concat([first!, ...rest]))), ...wholeFindings(client)];
    },
  },
  {
    id: 'large',
    title: 'An event of 256 KB',
    run: (bench) => {
      const [first, ...rest] = bench.frames.map(({ bytes }) => bytes);
      const large = onSse(bench) ? bytesOf(`: ${'x'.repeat(256 * 1024)}\n\n`) : Buffer.concat(Array(500).fill(first!));
      return streamed(bench, [first!, large, Buffer.concat(rest)]);
    },
  },
  {
    id: 'unusual',
    title: 'Unusual frames: ids, retry, CR LF, unknown events and fields',
    run: async (bench) => {
      if (!onSse(bench)) return NOTHING;
      const frames = bench.frames.map(({ bytes }) => bytes);
      const odd = bytesOf(
        'id: 7\r\nretry: 100\r\nevent: made.up\r\nunknown: field\r\ndata: {"made": "up",\r\ndata: "n": 1.0}\r\n\r\n',
      );
      return streamed(bench, [frames[0]!, odd, Buffer.concat(frames.slice(1))]);
    },
  },
  {
    id: 'utf-8',
    title: 'Bytes that are not UTF-8',
    run: async (bench) => {
      if (!onSse(bench)) return NOTHING;
      const frames = bench.frames.map(({ bytes }) => bytes);
      return streamed(bench, [
        frames[0]!,
        Buffer.from([0x3a, 0x20, 0xff, 0xc3, 0x0a, 0x0a]),
        Buffer.concat(frames.slice(1)),
      ]);
    },
  },
  {
    id: 'no-terminator',
    title: 'A proper end without the terminator',
    run: (bench) =>
      streamed(
        bench,
        bench.frames.slice(0, 3).map(({ bytes }) => bytes),
      ),
  },
  {
    id: 'after-terminator',
    title: 'Bytes after the terminator',
    run: (bench) => {
      const frames = bench.frames.map(({ bytes }) => bytes);
      return streamed(bench, [Buffer.concat(frames), frames[1]!]);
    },
  },
  {
    id: 'cut-chunked',
    title: 'A stream that ends without its last chunk',
    run: (bench) =>
      cut(
        bench,
        () => bench.streamHead(),
        chunk,
        ({ request }) => request.end(),
      ),
  },
  {
    id: 'cut-sized',
    title: 'A body that is shorter than its length',
    run: (bench) => cut(bench, sized, same, ({ request }) => request.end()),
  },
  {
    id: 'reset',
    title: 'A stream whose connection breaks',
    run: (bench) =>
      cut(
        bench,
        () => bench.streamHead(),
        chunk,
        ({ request }) => request.reset(),
      ),
  },
  {
    id: 'reset-early',
    title: 'A connection that breaks before an answer',
    run: async (bench) => {
      const before = bench.requests.length;
      const { client } = await bench.ask();
      for (let waits = 0; waits < MOST_WAITS && !client.whole && client.ended === undefined; waits++) {
        for (const request of bench.requests.slice(before)) request.reset();
        await client.holds(() => client.whole || client.ended !== undefined, bench.patienceMs);
      }
      const asked = bench.requests.length - before;
      return [
        ...(asked > 1 ? [{ fault: 'repeated', sentence: `The request was sent ${asked} times.` } as const] : []),
        ...(client.head
          ? [
              {
                fault: 'disguised',
                sentence: `It answered ${client.head.line.status} ${client.head.line.text} itself.`,
              } as const,
            ]
          : []),
      ];
    },
  },
  {
    id: 'gzip',
    title: 'A gzip stream, flushed with each event',
    run: async (bench) => {
      const exchange = await bench.ask({ fields: ['accept-encoding: gzip'] });
      const { client, request } = exchange;
      const body = await gzipped(bench.frames.map(({ bytes }) => bytes));
      request.write(bench.streamHead(['content-encoding: gzip', 'transfer-encoding: chunked']));
      const held = await bench.say(exchange, body.map(chunk));
      request.write(LAST_CHUNK);
      await client.holds(() => client.whole || client.ended !== undefined, bench.patienceMs * 4);
      const encoding = client.head ? (valuesOf(client.head, 'content-encoding')[0] ?? '') : '';
      if (encoding !== 'gzip')
        return [
          ...held,
          { fault: 'rewrote', sentence: 'The encoding of the body was undone: content-encoding is gone.' },
        ];
      return [...held, ...bodyFindings(Buffer.concat(body), client.data)];
    },
  },
  {
    id: 'request-head',
    title: 'The head of the request',
    run: async (bench) => {
      const fields = [
        'X-Check-One: 1',
        'x-check-two:  two ',
        'X-CHECK-One: again',
        'Accept: text/event-stream',
        'user-agent: check/1',
      ];
      const { request } = await bench.ask({ fields });
      request.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      const sent = ['content-type: application/json', ...fields].map((line) => {
        const [name = '', ...value] = line.split(':');
        return { name, value: value.join(':').trim(), line };
      });
      return fieldFindings(sent, request.head.fields).filter(({ sentence }) => !/authorization|api-key/.test(sentence));
    },
  },
  {
    id: 'request-body',
    title: 'The bytes of the request',
    run: async (bench) => {
      const json = JSON.stringify(bench.requestJson);
      const body = `${json.slice(0, -1)} ,  "seed":12345678901234567890,"user":"caf\\u00e9 \u2603" }\n`;
      const { request } = await bench.ask({ body: bytesOf(body) });
      await request.holds(() => request.whole, bench.patienceMs * 4);
      request.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      return bodyFindings(bytesOf(body), request.body);
    },
  },
  {
    id: 'upload',
    title: 'A request that is sent piece by piece',
    run: async (bench) => {
      const body = bytesOf(JSON.stringify(bench.requestJson));
      const before = bench.requests.length;
      const client = bench.client({ chunked: true, body: null });
      const pieces = [body.subarray(0, 20), body.subarray(20, 40), body.subarray(40)];
      let held = 0;
      for (const [i, piece] of pieces.entries()) {
        client.write(chunk(piece));
        const sent = pieces.slice(0, i + 1).reduce((sum, { length }) => sum + length, 0);
        const came = (): boolean => (bench.requests[before]?.body.length ?? 0) >= sent;
        if (!(await client.holds(came, held > 0 ? 0 : bench.patienceMs))) held++;
      }
      client.write(LAST_CHUNK);
      await client.holds(() => bench.requests[before]?.whole === true, bench.patienceMs);
      bench.requests[before]?.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      const came = bench.requests[before]?.body ?? Buffer.alloc(0);
      return [
        ...(held > 0
          ? [{ fault: 'buffered', sentence: 'The request was not sent on before it was complete.' } as const]
          : []),
        ...bodyFindings(body, came),
      ];
    },
  },
  {
    id: 'continue',
    title: 'A request that waits for 100 Continue',
    run: async (bench) => {
      const body = JSON.stringify(bench.requestJson);
      const before = bench.requests.length;
      const client = bench.client({ body: null, fields: ['expect: 100-continue', `content-length: ${body.length}`] });
      const passed = await client.holds(
        () => bench.requests.length > before || client.informational.length > 0,
        bench.patienceMs,
      );
      const request = bench.requests[before];
      if (!request) {
        client.write(body);
        // What was held back comes now, and must not be taken for the next case's.
        await client.holds(() => bench.requests.length > before, bench.patienceMs);
        bench.requests[before]?.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
        const fault = client.informational.length > 0 ? 'rewrote' : 'buffered';
        return [
          {
            fault,
            sentence: passed ? 'The proxy said 100 Continue itself.' : 'The head was not sent on before the body.',
          },
        ];
      }
      request.write('HTTP/1.1 100 Continue\r\n\r\n');
      const came = await client.holds(() => client.informational.length > 0, bench.patienceMs);
      client.write(body);
      await request.holds(() => request.whole, bench.patienceMs);
      request.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      return came ? NOTHING : [{ fault: 'dropped', sentence: 'The 100 Continue of the provider did not come.' }];
    },
  },
  {
    id: 'answer-head',
    title: 'The head of the answer',
    run: async (bench) => {
      const fields = [
        'X-Check-One: 1',
        'x-check-two: two',
        'X-CHECK-One: again',
        'x-ratelimit-remaining: 7',
        'Set-Cookie: a=1',
        'Set-Cookie: b=2',
      ];
      const { client, request } = await bench.ask();
      const all = ['content-type: application/json', ...fields];
      request.write(`HTTP/1.1 200 All Is Well\r\n${all.join('\r\n')}\r\ncontent-length: 2\r\n\r\n{}`);
      await client.holds(() => client.whole || client.ended !== undefined, bench.patienceMs * 4);
      if (!client.head) return [{ fault: 'dropped', sentence: 'No head came.' }];
      const sent = all.map((line) => {
        const [name = '', ...value] = line.split(':');
        return { name, value: value.join(':').trim(), line };
      });
      const { text } = client.head.line;
      return [
        ...(text === 'All Is Well'
          ? NOTHING
          : [{ fault: 'rewrote', sentence: `The status text became "${text}".` } as const]),
        ...fieldFindings(sent, client.head.fields),
      ];
    },
  },
  {
    id: 'limit',
    title: 'An error 429 that says when to ask again',
    run: (bench) => refused(bench, '429 Too Many Requests', ['retry-after: 1', 'x-ratelimit-reset-requests: 1s']),
  },
  {
    id: 'error',
    title: 'An error 500',
    run: (bench) => refused(bench, '500 Internal Server Error', ['x-request-id: made-1']),
  },
  {
    id: 'early-hints',
    title: 'A 103 before the answer',
    run: async (bench) => {
      const { client, request } = await bench.ask();
      request.write(
        'HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n',
      );
      await client.holds(() => client.whole || client.ended !== undefined, bench.patienceMs * 4);
      return client.informational.length > 0 ? NOTHING : [{ fault: 'dropped', sentence: 'The 103 did not come.' }];
    },
  },
  {
    id: 'trailers',
    title: 'Trailers behind a body',
    run: async (bench) => {
      const { client, request } = await bench.ask({ fields: ['te: trailers'] });
      request.write(bench.streamHead(['trailer: x-check-sum', 'transfer-encoding: chunked']));
      request.write(chunk(bench.frames[0]!.bytes));
      request.write('0\r\nx-check-sum: 1\r\n\r\n');
      await client.holds(() => client.whole || client.ended !== undefined, bench.patienceMs * 4);
      return client.trailers.some(({ name }) => name.toLowerCase() === 'x-check-sum')
        ? NOTHING
        : [{ fault: 'dropped', sentence: 'The trailer did not come.' }];
    },
  },
  {
    id: 'leave',
    title: 'A client that leaves in the middle',
    run: async (bench) => {
      const { client, request } = await bench.ask();
      request.write(bench.streamHead());
      request.write(chunk(bench.frames[0]!.bytes));
      await client.holds(() => client.bytes > 0, bench.patienceMs);
      client.close();
      if (await request.holds(() => request.ended !== undefined, bench.patienceMs)) return NOTHING;
      // A proxy may see it only when it writes.
      request.write(chunk(bench.frames[1]!.bytes));
      request.write(chunk(bench.frames[2]!.bytes));
      const told = await request.holds(() => request.ended !== undefined, bench.patienceMs);
      request.reset();
      return told
        ? [{ fault: 'delayed', sentence: 'The provider was told only when it sent more.' }]
        : [{ fault: 'dropped', sentence: 'The provider was not told that the client has left.' }];
    },
  },
  {
    id: 'upgrade',
    title: 'A WebSocket',
    run: async (bench) => {
      const { client, request } = await bench.ask({
        method: 'GET',
        body: null,
        fields: [
          'connection: Upgrade',
          'upgrade: websocket',
          'sec-websocket-version: 13',
          'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
        ],
      });
      if (valuesOf(request.head, 'upgrade').length === 0)
        return [{ fault: 'dropped', sentence: 'The request for another protocol was sent on as one for a page.' }];
      request.write(
        'HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
      );
      await client.holds(() => client.head !== undefined || client.ended !== undefined, bench.patienceMs);
      request.write(Buffer.from([0x81, 0x02, 0x68, 0x69]));
      const came = await client.holds(() => Buffer.concat(client.tunnelled).length >= 4, bench.patienceMs);
      return came ? NOTHING : [{ fault: 'dropped', sentence: 'A frame of the WebSocket did not come.' }];
    },
  },
];
