/**
 * A key that a server repeats in every way that it can, searched for in all that comes of it: files, logs, what the window is told and
 * the frames that tell it, exports, pages, what is copied and what the command line prints.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { EXPORT_FORMATS } from '../../src/main/core/exports/formats/registry.ts';
import { copyText } from '../../src/renderer/components/copy.ts';
import { jsonOfFrames } from '../../src/renderer/views/events/copy-events.ts';
import { tracesMarkdown } from '../../src/renderer/views/compare/copy-traces.ts';
import { evidenceRange } from '../../src/shared/compare/evidence.ts';
import { comparisonMarkdown, findingMarkdown } from '../../src/shared/compare/markdown.ts';
import { objectOf, stringOf } from '../../src/shared/json/json-object.ts';
import { EXPORT_PARTS } from '../../src/shared/model/export.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import type { EndpointId, TraceId } from '../../src/shared/model/ids.ts';
import { unwrap } from '../../src/shared/providers/bedrock/envelope.ts';
import { createClient } from '../../src/shared/rpc/client.ts';
import { memoryPorts } from '../../src/shared/rpc/memory-port.ts';
import { serve } from '../../src/shared/rpc/server.ts';
import { allItems } from '../support/all-items.ts';
import { captured, proxyUrl } from '../support/captured.ts';
import { cores } from '../support/core.ts';
import { frameAll, readsOf } from '../support/framing.ts';
import { awsMessage } from '../support/lint-example.ts';

const { open, dataDir } = cores({ indexAfterMs: 0 });
const CLI = fileURLToPath(new URL('../../src/main/cli.mjs', import.meta.url));

const KEY = 'canary/7Qx"k2Lm\\9Rt+0aV5zW';
const MIDDLE = KEY.length >> 1;

const delta = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`;
const inUnicode = [...KEY].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const inBase64 = Buffer.from(`user:${KEY}`).toString('base64');

/** The key in every spelling, and in pieces. */
const SAID = [
  KEY,
  `https://h.test/?q=${encodeURIComponent(KEY)} and Basic ${inBase64}`,
  ...KEY,
  KEY.slice(0, MIDDLE),
  `${KEY.slice(MIDDLE)}.`,
];

/** All of it within one stream. */
const STREAM = [
  `data: {"choices":[{"index":0,"delta":{"content":"${inUnicode}"}}]}\n\n`,
  ...SAID.map(delta),
  `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`,
].join('');

const enveloped = (event: object): Uint8Array =>
  awsMessage('chunk', JSON.stringify({ bytes: Buffer.from(JSON.stringify(event)).toString('base64'), p: 'abc' }));
/** The same as Bedrock says it. */
const EVENT_STREAM = Buffer.concat([
  enveloped({ type: 'message_start', message: { id: 'm', role: 'assistant', model: 'm', content: [] } }),
  enveloped({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
  ...SAID.map((text) => enveloped({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
  awsMessage('throttlingException', JSON.stringify({ message: `Too many requests of ${KEY}` }), 'exception'),
]);

function answer(response: ServerResponse, path: string, failing: boolean): void {
  const said = KEY.replaceAll('\\', '/');
  if (path.endsWith('/invoke-with-response-stream') && !failing) {
    response.writeHead(200, 'OK', { 'content-type': 'application/vnd.amazon.eventstream', 'x-echo': KEY });
    response.end(EVENT_STREAM);
    return;
  }
  const headers = { 'content-type': failing ? 'application/json' : 'text/event-stream', 'x-echo': KEY };
  response.writeHead(failing ? 401 : 200, failing ? `No ${KEY} ${said}` : 'OK', headers);
  response.end(failing ? JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}` } }) : STREAM);
}

/** Undoes escapes until there are none, and base64, so that each spelling is found as it would be read. */
function read(surface: string): string {
  let now = `${surface} ${(surface.match(/[\w+/]{24,}={0,2}/g) ?? []).map((text) => Buffer.from(text, 'base64').toString('latin1')).join(' ')}`;
  for (let level = 0; level < 4; level++)
    now = now
      .replaceAll(/\\+u([0-9a-f]{4})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replaceAll('&quot;', '"');
  return now.replaceAll('\\', '');
}

const SOUGHT = [KEY.replaceAll('\\', ''), inBase64.slice(8, -4)];
const isIn = (surface: string): boolean => SOUGHT.some((key) => surface.includes(key) || read(surface).includes(key));

test('R9 R17 L1 L2 L3 L4 L8 a key that was sent is on no surface', { timeout: 180_000 }, async () => {
  expect(isIn(`x ${inUnicode}`) && isIn(encodeURIComponent(KEY)) && isIn(JSON.stringify(KEY)) && isIn(inBase64)).toBe(
    true,
  );
  const logged: string[] = [];
  for (const method of ['log', 'warn', 'error', 'info'] as const)
    vi.spyOn(console, method).mockImplementation((...values) => void logged.push(values.join(' ')));
  let failing = false;
  const server = createServer((incoming, response) => {
    incoming.resume().once('end', () => answer(response, incoming.url!, failing));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const core = await open(join(dataDir, 'data'));
  const { services } = core;
  const surfaces = new Map<string, string>();
  const tell = (name: string, value: unknown): void => void surfaces.set(name, JSON.stringify(value));
  const messages = [{ role: 'user', content: `Mine is ${KEY}, sent as Basic ${inBase64}` }];
  const endpointOf = async (type: 'openai' | 'bedrock', baseUrl: string): Promise<EndpointId> => {
    const { id } = await services['endpoints.save']({
      name: `Canary of ${type}`,
      baseUrl,
      type,
      provider_name: '',
      limits: { answer: null, silence: null },
    });
    tell(`setKey of ${type}`, await services['endpoints.setKey']({ id, key: KEY }));
    return id;
  };
  const openai = {
    endpoint: await endpointOf('openai', `${origin}/v1`),
    baseUrl: `${origin}/v1`,
    api: 'chat_completions',
    path: '/chat/completions',
    request: { model: 'm', stream: true, messages },
  } as const;
  const bedrock = {
    endpoint: await endpointOf('bedrock', origin),
    baseUrl: origin,
    api: 'bedrock',
    path: '/model/m/invoke-with-response-stream',
    request: { model: 'm', max_tokens: 16, messages },
  } as const;
  const told = async ({ endpoint, baseUrl, api, path, request }: typeof openai | typeof bedrock): Promise<void> => {
    const { id } = await services['runs.start']({ endpoint, api, request, options: DEFAULT_OPTIONS, source: 'run' });
    tell(`items of the run of ${api}, failing: ${failing}`, await allItems(services, id));
    const { port } = new URL(proxyUrl(core));
    const { routes } = await services['capture.info']({});
    const route = routes.find((one) => one.baseUrl === baseUrl)!.name;
    await fetch(`http://127.0.0.1:${port}/${route}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'user-agent': `x ${KEY}` },
      body: JSON.stringify(request),
    }).then((response) => response.text());
    tell(`preview of ${api}`, await services['runs.preview']({ endpoint, api, request }));
  };
  await told(openai);
  await told(bedrock);
  failing = true;
  await told(openai);
  await captured(core, 3);
  tell('endpoints', await services['endpoints.list']({}));
  tell('app', await services['app.info']({}));
  const { rows } = await services['traces.list']({ limit: 100 });
  tell('list', rows);
  expect(rows).toHaveLength(6);
  // What is searched is told by what is found: its file is compressed.
  const found = async (text: string): Promise<readonly unknown[]> => {
    const batches = [];
    for await (const some of services['traces.search']({ text, limit: 60 }, new AbortController().signal))
      batches.push(...some);
    return batches.at(-1)!.behind ? ['not all is searched yet'] : batches.flatMap(({ hits }) => hits);
  };
  await expect.poll(() => found('Incorrect API key provided')).toHaveLength(6);
  tell('search', [await found('API key provided'), await found('Too many requests'), await found('Mine is')]);
  for (const text of [KEY, encodeURIComponent(KEY), inBase64.slice(8, -4)]) expect(await found(text), text).toEqual([]);
  const bodies = new Map<TraceId, Uint8Array>();
  const copied: string[] = [];
  vi.stubGlobal('navigator', { clipboard: { writeText: async (text: string) => void copied.push(text) } });
  for (const { id, title } of rows) {
    const detail = await services['traces.get']({ id });
    tell(`detail of ${title}`, detail);
    const { bytes, total } = await services['traces.bytes']({ id, start: 0, end: 1e6 });
    bodies.set(id, Buffer.from(bytes, 'base64'));
    surfaces.set(`body of ${title} ${id}`, Buffer.from(bytes, 'base64').toString());
    tell(`items of ${id}`, await allItems(services, id));
    const compared = await services['compare.lanes']({ id });
    tell(`comparison of ${id}`, compared);
    const issue = { ...detail, bytes: total };
    await copyText('The issue', comparisonMarkdown(compared, issue, null));
    for (const finding of compared.findings) {
      const [start, end] = evidenceRange(finding) ?? [0, 0];
      const evidence = { start, bytes: Buffer.from(bytes, 'base64').subarray(start, end) };
      await copyText('A finding', findingMarkdown(finding, evidence, issue));
    }
    await copyText('The events', jsonOfFrames(detail, Buffer.from(bytes, 'base64'), 0));
    surfaces.set(`page of ${id}`, (await services['compare.html']({ id })).html);
    await exportsOf(id);
  }
  await copyText('Two runs', tracesMarkdown(await services['compare.traces']({ a: rows[0]!.id, b: rows[3]!.id })));
  expect(copied.length).toBeGreaterThan(2 * rows.length);
  tell('clipboard', copied);
  const frames: string[] = [];
  const client = createClient(() => {
    const [page, host] = memoryPorts();
    serve(services, { ...host, send: (frame) => host.send((frames.push(frame), frame)) }, () => undefined);
    return Promise.resolve(page);
  });
  await client.call('endpoints.list', {});
  await client.call('traces.list', { limit: 100 });
  for (const { id } of rows) {
    await client.call('traces.get', { id });
    await client.call('traces.bytes', { id, start: 0, end: 1e6 });
    await new Promise<void>((resolve, reject) => {
      client.subscribe('traces.items', { id, from: 0 }, { items: () => undefined, end: resolve, error: reject });
    });
  }
  client.close();
  expect(frames.length).toBeGreaterThan(3 * rows.length);
  tell('frames of the contract', frames);
  async function exportsOf(id: TraceId): Promise<void> {
    for (const format of EXPORT_FORMATS)
      for (const secrets of ['redact', 'keep'] as const) {
        const choice = { ids: [id], format: format.id, parts: [...EXPORT_PARTS], secrets };
        const made = await Promise.resolve(services['exports.make'](choice)).catch(() => undefined);
        if (made) surfaces.set(`${format.id}, ${secrets}, of ${id}`, Buffer.from(made.base64, 'base64').toString());
      }
  }
  expect([...surfaces.keys()].filter((name) => name.includes(', redact, of')).length).toBeGreaterThan(6);
  for (const path of filesIn(join(dataDir, 'data'))) surfaces.set(path, readFileSync(path, 'latin1'));
  const streamed = rows.find(({ api, ending }) => api === 'chat_completions' && ending?.state === 'complete')!;
  for (const args of [
    ['export', streamed.id, rows[0]!.id, '--format', 'har', '--out', '-'],
    ['compare', '-'],
    ['lanes', '-', '--api', 'chat_completions'],
  ]) {
    const child = spawn(process.execPath, [CLI, ...args], {
      env: { ...process.env, TRACELANE_DATA_DIR: join(dataDir, 'data') },
    });
    child.stdin.end(Buffer.from(surfaces.get(`body of ${streamed.title} ${streamed.id}`)!));
    child.stdin.on('error', () => undefined);
    const [printed, said, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    expect([args[0], code, printed !== ''], said).toEqual([args[0], 0, true]);
    surfaces.set(`tracelane ${args.join(' ')}`, `${printed}\n${said}`);
  }
  await core.close();
  for (const path of filesIn(join(dataDir, 'data'))) surfaces.set(`${path}, closed`, readFileSync(path, 'latin1'));
  server.close();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  surfaces.set('log', logged.join('\n'));
  expect([...surfaces].filter(([, surface]) => isIn(surface)).map(([name]) => name)).toEqual([]);
  // The joined text of a block, whose pieces are apart in its bytes.
  for (const [name, surface] of surfaces)
    if (name.startsWith('body of')) expect(joinedDeltas(surface).includes(KEY), name).toBe(false);
  const joined = rows.filter(({ api }) => api === 'bedrock').map(({ id }) => textOfEnvelopes(bodies.get(id)!));
  expect(joined.map((said) => [said.includes('<redacted>'), said.includes(KEY)])).toEqual([
    [true, false],
    [true, false],
  ]);
});

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

function joinedDeltas(surface: string): string {
  const pieces = [...surface.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)];
  return pieces.map(([, piece]) => JSON.parse(piece!) as string).join('');
}

function textOfEnvelopes(body: Uint8Array): string {
  const framed = frameAll(readsOf(body), 'aws-eventstream');
  expect(framed.filter(({ type }) => type !== 'frame')).toEqual([]);
  return framed
    .map((one) => {
      const { payload } = unwrap((one as Extract<typeof one, { readonly type: 'frame' }>).frame);
      return stringOf(objectOf(objectOf(payload.ok ? payload.value : null)?.['delta'])?.['text']) ?? '';
    })
    .join('');
}
