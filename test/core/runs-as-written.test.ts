/**
 * What leaves against what was written, on the bytes of the connection: all that is added is told of before, is kept with the
 * trace, and can be switched off, and without any of it the body is the text that was written.
 */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import fc from '../support/properties.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Redaction } from '../../src/main/core/capture/secrets.ts';
import { sampleFormatOf } from '../../src/main/core/providers/registry.ts';
import { scenarioFor } from '../../src/main/core/samples/scenarios.ts';
import type { EndpointId } from '../../src/shared/model/ids.ts';
import type { RequestChange } from '../../src/shared/model/request-change.ts';
import type { Api } from '../../src/shared/model/stream.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { mendedBaseUrl } from '../../src/shared/providers/base-url.ts';
import { sentBody } from '../../src/shared/providers/sent-body.ts';
import { useRuns } from '../support/runs.ts';

const fixture = useRuns();
const KEY = 'marker-key-0123456789';

/** Every byte of the last request, as it came over the connection. */
let raw = Buffer.alloc(0);
let server: Server;
beforeAll(async () => {
  server = createServer((socket) => {
    raw = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      raw = Buffer.concat([raw, bytes]);
      const head = raw.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(raw.subarray(0, head).toString('latin1'))?.[1];
      if (head >= 0 && raw.length >= head + 4 + Number(length)) socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

interface Sent {
  readonly line: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

function sent(): Sent {
  const end = raw.indexOf('\r\n\r\n');
  const [line, ...fields] = raw.subarray(0, end).toString('latin1').split('\r\n');
  return {
    line: line!,
    headers: fields.map((field) => [
      field.slice(0, field.indexOf(':')).toLowerCase(),
      field.slice(field.indexOf(':') + 1).trim(),
    ]),
    body: raw.subarray(end + 4).toString('utf8'),
  };
}

const TYPES: Readonly<Record<Api, string>> = {
  chat_completions: 'openai',
  responses: 'openai',
  messages: 'anthropic',
  bedrock: 'bedrock',
  gemini: 'google',
  ollama_chat: 'ollama',
};
const APIS = Object.keys(TYPES);

const endpointFor = (api: Api, path = '/v1', key?: string): Promise<EndpointId> =>
  fixture.endpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
    type: TYPES[api]!,
    ...(key !== undefined && { key }),
  });

const exampleOf = (api: Api): object => sampleFormatOf(api).request(scenarioFor('plain-text', api)!) as object;

/** Previews it, runs it, and gives what was told before, what left, and what was kept. */
async function run(api: Api, request: string, without: readonly string[] = [], path?: string) {
  const asked = { api, endpoint: await endpointFor(api, path, KEY), request, without: [...without] };
  const preview = await fixture.runs.preview(asked);
  const { id } = await fixture.runs.start({ ...asked, options: DEFAULT_OPTIONS, source: 'run' });
  await fixture.runs.recordings.settled(id);
  return { preview, sent: sent(), trace: await fixture.store.get(id) };
}

const ids = (changes: readonly RequestChange[]): readonly string[] => changes.map(({ id }) => id);
const freeIds = (changes: readonly RequestChange[]): readonly string[] =>
  ids(changes.filter(({ fixed }) => fixed !== true));
/** What HTTP itself asks for. */
const HTTP = ['host', 'connection', 'content-length'];

const LAYOUTS = ['{"a":1}', '{ "a" : 1.0 }', '{\n\t"a": 12345678901234567890,\n\t"a": "é\\u00e9"\n}\n'] as const;

describe.each(APIS)('over %s', (api) => {
  test.each(LAYOUTS)('without any addition the body is %j as it is written', async (layout) => {
    const example = exampleOf(api);
    const inside = JSON.stringify(example).slice(1, -1);
    const request = layout.replace('{', `{${inside}, `);
    const { preview } = await run(api, request);
    const { sent: left, trace } = await run(api, request, freeIds(preview.changes));
    expect(left.body).toBe(request);
    expect(left.headers.map(([name]) => name)).toEqual(HTTP);
    expect(trace.requestHead).toMatchObject({ written: request });
    for (const change of trace.requestHead!.changes!) expect(change.fixed ?? change.off).toBe(true);
  });

  test('what is told before is what leaves, whichever is switched off', async () => {
    const request = JSON.stringify({ ...exampleOf(api), betas: ['own-beta'], thinking: { type: 'enabled' } }, null, 2);
    const { preview: all } = await run(api, request);
    const switchable = freeIds(all.changes);
    await fc.assert(
      fc.asyncProperty(fc.subarray([...switchable]), async (without) => {
        const { preview, sent: left, trace } = await run(api, request, without);
        expect(left.line).toBe(`POST ${new URL(preview.url).pathname}${new URL(preview.url).search} HTTP/1.1`);
        expect(new Redaction(KEY).headers(left.headers)).toEqual(
          preview.headers.map(([name, value]) => [name.toLowerCase(), value]),
        );
        expect(left.body).toBe(sentBody(request, preview.changes));
        expect(trace.requestHead).toMatchObject({ written: request, changes: preview.changes });
        // Each header that leaves has its change, and each change that is on leaves.
        const told = preview.changes.filter(({ where, off }) => where === 'headers' && off !== true);
        const names = new Set(left.headers.map(([name]) => (/^(?:user-agent|x-stainless-)/.test(name) ? 'sdk' : name)));
        expect(new Set(told.map(({ id, name }) => (id === 'headers.sdk' ? 'sdk' : name)))).toEqual(
          new Set([...names].filter((name) => name !== 'anthropic-beta' || told.some((one) => one.name === name))),
        );
        for (const id of without) expect(ids(preview.changes.filter(({ off }) => off === true))).toContain(id);
      }),
      { numRuns: 8 },
    );
  });

  test('what was written already is added to no more', async () => {
    const first = await run(api, JSON.stringify(exampleOf(api)));
    const again = await run(api, first.sent.body);
    const added = again.preview.changes.filter(({ where, value }) => where === 'body' && value !== null);
    expect(added).toEqual([]);
    expect(again.sent.body).toBe(first.sent.body);
  });

  test('no key is in what is told', async () => {
    const { preview, trace } = await run(api, JSON.stringify(exampleOf(api)));
    expect(JSON.stringify([preview, trace])).not.toContain(KEY);
  });
});

const CHAT = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

describe('what the user writes goes out as it is written', () => {
  test.each([
    ['include_usage: false', { stream_options: { include_usage: false } }],
    ['stream_options: null', { stream_options: null }],
    ['options that are no object', { stream_options: 'all' }],
  ])('%s', async (_what, more) => {
    const { sent: left } = await run('chat_completions', JSON.stringify({ ...CHAT, ...more }));
    expect(JSON.parse(left.body)).toEqual({ ...CHAT, ...more, stream: true });
  });
  test('stream: false, and then no usage of a stream is asked for', async () => {
    for (const api of ['chat_completions', 'responses', 'messages', 'ollama_chat']) {
      const request = JSON.stringify({ ...CHAT, stream: false });
      expect((await run(api, request)).sent.body).toBe(request);
    }
  });
  test('no stream, when that is switched off', async () => {
    const request = JSON.stringify(CHAT);
    const { sent: left, preview } = await run('chat_completions', request, ['body.stream']);
    expect(left.body).toBe(request);
    expect(ids(preview.changes)).not.toContain('body.stream_options.include_usage');
  });
  test('without the key, when that is switched off', async () => {
    const { sent: left } = await run('messages', JSON.stringify(CHAT), ['headers.x-api-key']);
    expect(left.headers.map(([name]) => name)).not.toContain('x-api-key');
    expect(left.headers.map(([name]) => name)).toContain('anthropic-version');
  });
  test.each(['', '[]', '"a"', '{"a":', 'null'])('%j is no request, and nothing is sent', async (request) => {
    const asked = { api: 'chat_completions', endpoint: await endpointFor('chat_completions'), request };
    await expect(fixture.runs.preview(asked)).rejects.toMatchObject({ code: 'request' });
    const started = fixture.runs.start({ ...asked, options: DEFAULT_OPTIONS, source: 'run' });
    await expect(started).rejects.toMatchObject({ code: 'request' });
  });
});

describe('a base URL that ends in the path of an API', () => {
  test.each([
    ['chat_completions', '/v1/chat/completions', '/v1/chat/completions'],
    ['chat_completions', '/openai/v1/chat/completions/', '/openai/v1/chat/completions'],
    ['responses', '/v1/responses', '/v1/responses'],
    ['messages', '/v1/messages', '/v1/messages'],
    ['messages', '/v1/chat/completions', '/v1/messages'],
    ['ollama_chat', '/api/chat', '/api/chat'],
    ['gemini', '/v1beta/models/x:streamGenerateContent', '/v1beta/models/m:streamGenerateContent'],
  ])('%s at %s goes to %s', async (api, path, target) => {
    const { sent: left, preview, trace } = await run(api, JSON.stringify({ ...CHAT, contents: [] }), [], path);
    expect(left.line.split(' ')[1]!.split('?')[0]).toBe(target);
    const mended = preview.changes.find(({ where }) => where === 'address');
    expect(mended).toMatchObject({ id: 'address.path', name: 'base URL' });
    expect(trace.requestHead!.changes).toContainEqual(mended);
  });
  test('is left as it is when that is switched off', async () => {
    const { sent: left } = await run(
      'chat_completions',
      JSON.stringify(CHAT),
      ['address.path'],
      '/v1/chat/completions',
    );
    expect(left.line).toBe('POST /v1/chat/completions/chat/completions HTTP/1.1');
  });
  test.each([
    ['https://api.openai.com/v1', null],
    ['https://messages', null],
    ['https://messages/', null],
    ['https://host/v1/messages-api', null],
    ['https://host/v1/chat/completions?api-version=1', 'https://host/v1'],
    ['not an address', null],
  ])('%j is mended to %j', (address, mended) => {
    expect(mendedBaseUrl(address)).toBe(mended);
  });
});

test('a request that is signed says so before it is, and asks nobody for credentials until then', async () => {
  vi.stubEnv('AWS_PROFILE', 'no-such-profile');
  const { changes } = await fixture.runs.preview({
    api: 'bedrock',
    endpoint: await endpointFor('bedrock'),
    request: JSON.stringify(exampleOf('bedrock')),
  });
  expect(changes).toContainEqual(expect.objectContaining({ id: 'headers.authorization', fixed: true }));
  vi.unstubAllEnvs();
});

test('secrets are taken out of the text as they are out of its value, and the rest stays', () => {
  const redaction = new Redaction(KEY);
  const texts = fc.constantFrom(
    'plain',
    KEY,
    `Bearer ${KEY}`,
    'sk-abcdefghijklmnop1234',
    'https://u:p@host/?key=abc',
    'é"',
  );
  const names = fc.constantFrom('a', 'api_key', 'authorization', KEY, 'headers');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      texts,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(names, tie('value'), { maxKeys: 3 }),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(0, 2), (given, indent) => {
      const text = JSON.stringify(given, null, indent);
      const redacted = redaction.jsonText(text);
      expect(redacted).not.toContain(KEY);
      expect(JSON.parse(redacted)).toEqual(redaction.json(given));
      if (JSON.stringify(redaction.json(given)) === JSON.stringify(given)) expect(redacted).toBe(text);
    }),
    { numRuns: 500 },
  );
});
