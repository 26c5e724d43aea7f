/** Recorded streams as answers to programs, over real HTTP: the rows F of what can go wrong. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { storedTrace } from '../../src/main/core/decoding/stored-trace.ts';
import type { TraceToExport } from '../../src/main/core/exports/exported.ts';
import { sampleFormatOf } from '../../src/main/core/providers/registry.ts';
import { recordedAnswer, replayRefusal } from '../../src/main/core/replay/recorded-answer.ts';
import { ReplayServer, type Replayed } from '../../src/main/core/replay/replay-server.ts';
import { tracesOf } from '../../src/main/hosts/cli/file-traces.ts';
import type { Ending, HttpHead } from '../../src/shared/model/trace.ts';
import { APIS, type Api } from '../support/apis.ts';
import { requestFor, useRuns } from '../support/runs.ts';
import { sampleBody } from '../support/sample-bytes.ts';
import { sourcesIn, src } from '../support/source-imports.ts';
import { sdkChatCompletion, sdkMessage, sdkResponse } from '../support/sdk.ts';

const CLI = fileURLToPath(new URL('../../src/main/cli.mjs', import.meta.url));
const fixture = useRuns();
const servers: ReplayServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

interface Replay {
  readonly url: string;
  readonly told: readonly Replayed[];
}

async function replaying(traces: readonly TraceToExport[], pace = 0): Promise<Replay> {
  const told: Replayed[] = [];
  expect(traces.map(replayRefusal)).toEqual(traces.map(() => null));
  const server = await ReplayServer.open({
    answers: traces.map(recordedAnswer),
    port: 0,
    pace,
    told: (one) => told.push(one),
  });
  servers.push(server);
  return { url: `http://127.0.0.1:${server.port}`, told };
}

const ended = (state: Ending['state']): Ending => ({ state, rule: 'Said so.' });
const head = (fields: HttpHead['headers'], status = 200, statusText = 'OK') => ({
  status,
  statusText,
  headers: fields,
  tNs: 0,
});

/** A stream that was recorded so: reads of a few bytes, each so many milliseconds after the one before. */
async function recorded(
  api: Api,
  {
    model = 'plain-text',
    gapMs = 0,
    facts = {},
    reads = 8,
  }: {
    readonly model?: string;
    readonly gapMs?: number;
    readonly facts?: Partial<TraceToExport['facts']>;
    readonly reads?: number;
  } = {},
): Promise<TraceToExport> {
  const { bytes } = sampleBody(api, model);
  const [one] = await tracesOf('stream.sse', bytes, api);
  const size = Math.ceil(bytes.length / reads);
  const { trace } = one!;
  return {
    ...trace,
    facts: {
      ...trace.facts,
      timed: true,
      request: requestFor(model, api),
      responseHead: head([['content-type', 'text/event-stream']]),
      ending: ended('complete'),
      metrics: { ...trace.facts.metrics, totalNs: (reads + 1) * gapMs * 1e6 },
      ...facts,
    },
    reads: Array.from({ length: reads }, (_, n) => ({
      n,
      tNs: (n + 1) * gapMs * 1e6,
      offset: n * size,
      bytes: bytes.subarray(n * size, (n + 1) * size),
    })),
  };
}

const bodyOf = ({ reads }: TraceToExport): Buffer => Buffer.concat(reads.map(({ bytes }) => bytes));
const pathFor = (api: Api): string => sampleFormatOf(api).path('plain-text');

/** Asks as a program does; resolves with the head. */
async function ask(
  url: string,
  body: unknown,
  { method = 'POST', headers = {} }: { readonly method?: string; readonly headers?: Record<string, string> } = {},
): Promise<IncomingMessage> {
  const asking = httpRequest(url, {
    method,
    agent: false,
    headers: { 'content-type': 'application/json', ...headers },
  });
  // A connection that breaks is told by the answer.
  asking.on('error', () => undefined);
  asking.end(typeof body === 'string' ? body : JSON.stringify(body));
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return answer;
}

async function whole(answer: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of answer as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}

const plain = (api: Api) => requestFor('plain-text', api);

test('F1 at any pace the bytes and their order are those that were recorded, and none comes before its time', async () => {
  const gapMs = 20;
  const trace = await recorded('messages', { gapMs });
  for (const pace of [0, 0.1, 1, 10]) {
    const { url } = await replaying([trace], pace);
    const asked = performance.now();
    const answer = await ask(`${url}/v1/messages`, plain('messages'));
    let [length, due] = [0, 0];
    const parts: Buffer[] = [];
    for await (const part of answer as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      // The last read of which a byte is there: what came may be several reads, and never a part of one to come.
      due = pace === 0 ? 0 : trace.reads.findLast(({ offset }) => offset < length)!.tNs / 1e6 / pace;
      // The server's timers have whole milliseconds.
      expect(performance.now() - asked).toBeGreaterThan(due - 3);
    }
    expect(due).toBe(pace === 0 ? 0 : (trace.reads.length * gapMs) / pace);
    expect(Buffer.concat(parts).equals(bodyOf(trace))).toBe(true);
  }
});

test('F1 a stream without times comes as fast as it is read', async () => {
  const trace = await recorded('messages', { gapMs: 3_600_000, facts: { timed: false } });
  const { url } = await replaying([trace], 1);
  expect((await whole(await ask(`${url}/v1/messages`, plain('messages')))).equals(bodyOf(trace))).toBe(true);
});

describe('F2 ends as recorded', () => {
  test.each([
    'fault-400',
    'fault-429',
    'fault-500-html',
    'fault-200-json',
    'fault-204',
    'fault-empty',
    'fault-comments',
    'fault-error-first',
    'fault-malformed-event',
    'fault-no-terminator',
    'fault-reset-first',
    'fault-reset',
    'fault-cut',
  ])('%s', (model) => sameAgain(model));
  // Together, since each is waited for twice.
  test('fault-stall-first, fault-stall', async () => {
    await Promise.all(['fault-stall-first', 'fault-stall'].map((model) => sameAgain(model, 1)));
  });

  /** `silence`: seconds after which the client takes a stream for stalled. */
  async function sameAgain(model: string, silence: number | null = null): Promise<void> {
    const run = async (baseUrl: string) => {
      const endpoint = await fixture.endpoint(`${baseUrl}/v1`, { silence });
      const { id } = await fixture.run({ endpoint, request: requestFor(model, 'chat_completions') });
      await vi.waitUntil(async () => (await fixture.store.get(id)).ending !== undefined);
      return storedTrace(fixture.store, id);
    };
    const first = await run(fixture.sampleUrl);
    const { url } = await replaying([first]);
    const again = await run(url);
    const facts = ({ facts: { ending, responseHead }, ...trace }: TraceToExport) => ({
      state: ending!.state,
      // Sentences name the address.
      rule: ending!.rule.replaceAll(/127\.0\.0\.1:\d+/g, 'there'),
      status: responseHead?.status,
      type: responseHead?.headers.find(([name]) => name.toLowerCase() === 'content-type'),
      retry: responseHead?.headers.find(([name]) => name.toLowerCase() === 'retry-after'),
      body: bodyOf(trace as TraceToExport).toString(),
    });
    expect(facts(again)).toEqual(facts(first));
  }

  test.each(['cancelled', 'limit'] as const)('%s: what is only a part is not taken for the whole', async (state) => {
    const trace = await recorded('messages', { facts: { ending: ended(state) } });
    const { url } = await replaying([trace]);
    await expect(ask(`${url}/v1/messages`, plain('messages')).then(whole)).rejects.toThrow(/aborted|ECONNRESET/);
  });
});

describe('F3 a client that', () => {
  test('leaves in the middle is sent no more', async () => {
    const trace = await recorded('messages', { gapMs: 3_600_000 });
    const quick = { ...trace, reads: trace.reads.map((read) => ({ ...read, tNs: read.n < 3 ? 0 : read.tNs })) };
    const { url, told } = await replaying([quick], 1);
    const answer = await ask(`${url}/v1/messages`, plain('messages'));
    await once(answer, 'data');
    answer.destroy();
    await vi.waitUntil(() => told.length > 0);
    expect(told[0]).toMatchObject({ sentence: 'The client left before its end.' });
  });

  test('pauses gets all that it missed, in order', async () => {
    // Far more than sockets hold between them.
    const one = await recorded('messages', { reads: 1 });
    const text = Buffer.alloc(64 * 1024);
    const reads = Array.from({ length: 512 }, (_, n) => ({
      n,
      tNs: n,
      offset: n * text.length,
      bytes: new Uint8Array(Buffer.from(text.fill(n % 251))),
    }));
    const { url, told } = await replaying([{ ...one, reads }], 1);
    const answer = await ask(`${url}/v1/messages`, plain('messages'));
    answer.pause();
    // Another is served meanwhile, from beginning to end.
    await whole(await ask(`${url}/v1/messages`, plain('messages')));
    await vi.waitUntil(() => told.length === 1);
    expect((await whole(answer)).equals(bodyOf({ ...one, reads }))).toBe(true);
  });
});

test('F4 clients of one stream are independent, and so are requests of one client', async () => {
  const trace = await recorded('messages', { gapMs: 5 });
  const { url } = await replaying([trace], 1);
  const bodies = await Promise.all(
    Array.from({ length: 5 }, async () => whole(await ask(`${url}/v1/messages`, plain('messages')))),
  );
  for (let n = 0; n < 2; n++)
    bodies.push(Buffer.from(await (await fetch(`${url}/v1/messages`, post(plain('messages')))).arrayBuffer()));
  for (const body of bodies) expect(body.equals(bodyOf(trace))).toBe(true);
});

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

test('F4 several answers to one request take turns, as an error and what came when it was asked again', async () => {
  const failed = await recorded('messages', {
    facts: { responseHead: head([['content-type', 'application/json']], 529, ''), ending: ended('http-error') },
  });
  const { url } = await replaying([failed, await recorded('messages')]);
  const statuses = [];
  for (let n = 0; n < 3; n++) statuses.push((await fetch(`${url}/v1/messages`, post(plain('messages')))).status);
  expect(statuses).toEqual([529, 200, 529]);
});

describe('F5 what was not recorded is an error in the shape of the provider’s own, and nobody is asked', () => {
  test.each(APIS)('over %s', async (api) => {
    let connections = 0;
    const real = createServer(() => connections++).listen(0, '127.0.0.1');
    await once(real, 'listening');
    const { port } = real.address() as AddressInfo;
    const trace = await recorded(api, {
      facts: { requestHead: { method: 'POST', url: `http://127.0.0.1:${port}${pathFor(api)}`, headers: [] } },
    });
    const { url, told } = await replaying([trace]);
    const other = { ...plain(api), ...requestFor('parallel-tools', api), model: 'plain-text' };
    const cases: readonly (readonly [what: string, answer: Promise<IncomingMessage>, status: number])[] = [
      ['route', ask(`${url}/v1/embeddings`, plain(api)), 404],
      ['method', ask(url + pathFor(api), '', { method: 'PUT' }), 404],
      ['model', ask(url + pathFor(api), { ...plain(api), model: 'another' }), 404],
      ['request', ask(url + pathFor(api), other), 404],
      ['no stream', ask(url + pathFor(api), { ...plain(api), stream: false }), 404],
      ['no JSON', ask(url + pathFor(api), '{"model":'), 400],
      ['page', ask(url + pathFor(api), plain(api), { headers: { origin: 'https://evil.test' } }), 403],
      ['rebound', ask(url + pathFor(api), plain(api), { headers: { host: `evil.test:${port}` } }), 403],
    ];
    const { error, errorBody } = sampleFormatOf(api);
    for (const [what, asked, status] of cases) {
      const answer = await asked;
      const said = JSON.parse(await text(answer)) as object;
      expect([what, answer.statusCode, answer.headers['content-type']]).toEqual([what, status, 'application/json']);
      expect(Object.keys(said)).toEqual(Object.keys(errorBody(error('path', ''))));
      expect(JSON.stringify(said)).toContain('Tracelane: ');
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    expect(told.filter(({ answer }) => answer !== undefined)).toEqual([]);
    expect(connections).toBe(0);
    real.close();
    // The same turn in a longer request, or with other parameters, is the recorded one.
    const warmer = await ask(url + pathFor(api), { ...plain(api), temperature: 0.3 });
    expect((await whole(warmer)).equals(bodyOf(trace))).toBe(true);
  });
});

test('F6 fields that spoke of another connection, coding or site are left out, and all others are kept in order', async () => {
  const kept: HttpHead['headers'] = [
    ['Content-Type', 'text/event-stream; charset=utf-8'],
    ['x-request-id', 'req_1'],
    ['X-RateLimit-Remaining', '7'],
    ['x-twice', 'a'],
    ['x-twice', 'b'],
    ['retry-after', '3600'],
  ];
  const left: HttpHead['headers'] = [
    ['Content-Encoding', 'gzip'],
    ['content-length', '17'],
    ['transfer-encoding', 'gzip, chunked'],
    ['Date', 'Thu, 01 Jan 1970 00:00:00 GMT'],
    ['age', '9'],
    ['Set-Cookie', 'session=1'],
    ['alt-svc', 'h3=":443"'],
    ['Access-Control-Allow-Origin', '*'],
    ['access-control-allow-credentials', 'true'],
    ['Strict-Transport-Security', 'max-age=31536000'],
    ['connection', 'close'],
    ['trailer', 'x-sum'],
    ['location', 'https://elsewhere.test/'],
  ];
  const trace = await recorded('messages', { facts: { responseHead: head([...left, ...kept]) } });
  const { url } = await replaying([trace]);
  const answer = await ask(`${url}/v1/messages`, plain('messages'));
  const names = (fields: readonly string[]): readonly string[] => fields.filter((_, at) => at % 2 === 0);
  expect(answer.rawHeaders.slice(0, kept.length * 2)).toEqual(kept.flat());
  expect(names(answer.rawHeaders).slice(kept.length)).toEqual(['Date', 'Connection', 'Transfer-Encoding']);
  expect(Math.abs(Date.parse(answer.headers.date!) - Date.now())).toBeLessThan(3_600_000);
  // Bytes were stored decoded, and no reader decodes them again.
  expect((await whole(answer)).equals(bodyOf(trace))).toBe(true);
  expect(gzipSync(bodyOf(trace)).equals(bodyOf(trace))).toBe(false);
  const fetched = await fetch(`${url}/v1/messages`, post(plain('messages')));
  expect(Buffer.from(await fetched.arrayBuffer()).equals(bodyOf(trace))).toBe(true);
});

describe('F7 a hostile trace', () => {
  test('cannot say more in its head than a head', async () => {
    const trace = await recorded('messages', {
      facts: {
        title: '../../etc/passwd\u001b]52;c;AAAA\u0007',
        id: '../../../tmp/x',
        responseHead: head(
          [
            ['x-split', 'a\r\nset-cookie: evil=1\r\n\r\nHTTP/1.1 200 OK'],
            ['x-nul', 'a\0b'],
            ['bad name', 'a'],
            ['', 'a'],
            ['x-wide', 'ключ'],
            ['x\r\nx-in-name', 'a'],
            ['content-type', 'text/event-stream'],
          ],
          200,
          'OK\r\nx-in-reason: 1',
        ),
      },
    });
    const { url } = await replaying([trace]);
    const { port } = new URL(url);
    const body = JSON.stringify(plain('messages'));
    const socket = connect(Number(port), '127.0.0.1');
    socket.end(
      `POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    const [first = ''] = (await text(socket)).split('\r\n\r\n', 1);
    const lines = first.split('\r\n');
    expect(lines[0]).toMatch(/^HTTP\/1\.1 200 ?$/);
    expect(lines.slice(1).map((line) => line.split(':')[0]!.toLowerCase())).toEqual([
      'content-type',
      'date',
      'connection',
      'transfer-encoding',
    ]);
  });

  test('has no way to a file: what answers imports nothing that opens one', () => {
    const sources = ['main/core/replay', 'main/core/answering'].flatMap(sourcesIn);
    expect(sources.length).toBeGreaterThan(3);
    for (const source of sources)
      expect([source, readFileSync(join(src, source), 'utf8')]).toEqual([
        source,
        expect.not.stringMatching(/from 'node:(?:fs|child_process|worker_threads|module)|import\(|require\(/),
      ]);
  });

  test.each([-1, 0, 99, 100, 101, 600, 1000])('of status %d is refused with a sentence', async (status) => {
    const trace = await recorded('messages', { facts: { responseHead: head([], status) } });
    expect(replayRefusal(trace)).toMatch(/status .* Leave it out\.$/);
  });

  test('with times beyond all timers waits, and ends with its client', async () => {
    const trace = await recorded('messages', { gapMs: 1e12 });
    const { url, told } = await replaying([trace], 1);
    const answer = await ask(`${url}/v1/messages`, plain('messages'));
    const first = once(answer, 'data').then(() => 'data');
    const warned = once(process, 'warning').then(() => 'warning');
    const other = await recorded('messages');
    const meanwhile = await replaying([other]);
    await whole(await ask(`${meanwhile.url}/v1/messages`, plain('messages')));
    expect(await Promise.race([first, warned, Promise.resolve('nothing')])).toBe('nothing');
    answer.destroy();
    await vi.waitUntil(() => told.length > 0);
  });
});

test('F8 the command answers with the stream of a file, until it is stopped', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracelane-replay-'));
  const { bytes } = sampleBody('messages', 'plain-text');
  const file = join(folder, 'stream.sse');
  writeFileSync(file, bytes);
  const command = spawn(process.execPath, [CLI, 'replay', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const [said] = (await once(command.stderr.setEncoding('utf8'), 'data')) as [string];
    const [url = ''] = /http:\S+\/v1\/messages/.exec(said) ?? [];
    const answer = await fetch(url, post(plain('messages')));
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  } finally {
    command.kill();
    rmSync(folder, { recursive: true });
  }
});

describe('F8 the providers’ SDKs end with the message that they made of the stream itself', () => {
  const models = ['plain-text', 'parallel-tools'];
  test.each(models)('OpenAI, Chat Completions: %s', async (model) => {
    const trace = await recorded('chat_completions', { model });
    const { url } = await replaying([trace]);
    const openai = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0, logLevel: 'off' });
    const request = requestFor(model, 'chat_completions') as never;
    const said = await openai.chat.completions.stream(request).finalChatCompletion();
    expect(said).toEqual(await sdkChatCompletion(bodyOf(trace)));
  });
  test.each(models)('OpenAI, Responses: %s', async (model) => {
    const trace = await recorded('responses', { model });
    const { url } = await replaying([trace]);
    const openai = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0, logLevel: 'off' });
    const said = await openai.responses.stream(requestFor(model, 'responses') as never).finalResponse();
    expect(said).toEqual(await sdkResponse(bodyOf(trace)));
  });
  test.each(models)('Anthropic, Messages: %s', async (model) => {
    const trace = await recorded('messages', { model });
    const { url } = await replaying([trace]);
    const anthropic = new Anthropic({ apiKey: 'none', baseURL: url, maxRetries: 0, logLevel: 'off' });
    const said = await anthropic.beta.messages.stream(requestFor(model, 'messages') as never).finalMessage();
    expect(said).toEqual(await sdkMessage(bodyOf(trace)));
  });
});
