/**
 * A key that a server repeats in every way that it can, searched for in all that comes of it: files, logs, what the window is told,
 * exports, pages, texts for issues and what the command line prints.
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
import { comparisonMarkdown } from '../../src/shared/compare/markdown.ts';
import { EXPORT_PARTS } from '../../src/shared/model/export.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { allItems } from '../support/all-items.ts';
import { captured, proxyUrl } from '../support/captured.ts';
import { cores } from '../support/core.ts';

const { open, dataDir } = cores();
const CLI = fileURLToPath(new URL('../../src/main/cli.ts', import.meta.url));

const KEY = 'canary/7Qx"k2Lm\\9Rt+0aV5zW';
const MIDDLE = KEY.length >> 1;

const delta = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\n`;
const inUnicode = [...KEY].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const inBase64 = Buffer.from(`user:${KEY}`).toString('base64');

/** The key in every spelling, within one stream. */
const STREAM = [
  delta(KEY),
  `data: {"choices":[{"index":0,"delta":{"content":"${inUnicode}"}}]}\n\n`,
  delta(`https://h.test/?q=${encodeURIComponent(KEY)} and Basic ${inBase64}`),
  ...[...KEY].map(delta),
  delta(KEY.slice(0, MIDDLE)),
  delta(`${KEY.slice(MIDDLE)}.`),
  `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`,
].join('');

function answer(response: ServerResponse, failing: boolean): void {
  const said = KEY.replaceAll('\\', '/');
  const headers = { 'content-type': failing ? 'application/json' : 'text/event-stream', 'x-echo': KEY };
  response.writeHead(failing ? 401 : 200, failing ? `No ${KEY} ${said}` : 'OK', headers);
  response.end(failing ? JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}` } }) : STREAM);
}

/** Undoes escapes until there are none, so that each spelling is found as it would be read. */
function read(surface: string): string {
  let now = surface;
  for (let level = 0; level < 4; level++)
    now = now
      .replaceAll(/\\+u([0-9a-f]{4})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replaceAll('&quot;', '"');
  return now.replaceAll('\\', '');
}

const SOUGHT = [KEY.replaceAll('\\', ''), inBase64.slice(8, -4)];
const isIn = (surface: string): boolean => SOUGHT.some((key) => surface.includes(key) || read(surface).includes(key));

test('R9 R17 L1 L2 L3 L4 a key that was sent is on no surface', { timeout: 180_000 }, async () => {
  expect(isIn(`x ${inUnicode}`) && isIn(encodeURIComponent(KEY)) && isIn(JSON.stringify(KEY)) && isIn(inBase64)).toBe(
    true,
  );
  const logged: string[] = [];
  for (const method of ['log', 'warn', 'error', 'info'] as const)
    vi.spyOn(console, method).mockImplementation((...values) => void logged.push(values.join(' ')));
  let failing = false;
  const server = createServer((incoming, response) => {
    incoming.resume().once('end', () => answer(response, failing));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const core = await open(join(dataDir, 'data'));
  const { services } = core;
  const { id: endpoint } = await services['endpoints.save']({
    name: 'Canary',
    baseUrl,
    type: 'openai',
    provider_name: '',
    limits: { answer: null, silence: null },
  });
  const surfaces = new Map<string, string>();
  const tell = (name: string, value: unknown): void => void surfaces.set(name, JSON.stringify(value));
  tell('setKey', await services['endpoints.setKey']({ id: endpoint, key: KEY }));
  const request = {
    model: 'm',
    stream: true,
    messages: [{ role: 'user', content: `Mine is ${KEY}, sent as Basic ${inBase64}` }],
  };
  for (failing of [false, true]) {
    const { id } = await services['runs.start']({
      endpoint,
      api: 'chat_completions',
      request,
      options: DEFAULT_OPTIONS,
      source: 'run',
    });
    tell(`items of the run, failing: ${failing}`, await allItems(services, id));
    const port = new URL(proxyUrl(core)).port;
    const { routes } = await services['capture.info']({});
    const route = routes.find((one) => one.baseUrl === baseUrl)!.name;
    await fetch(`http://127.0.0.1:${port}/${route}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json', 'user-agent': `x ${KEY}` },
      body: JSON.stringify(request),
    }).then((response) => response.text());
  }
  await captured(core, 2);
  tell('preview', await services['runs.preview']({ endpoint, api: 'chat_completions', request }));
  tell('endpoints', await services['endpoints.list']({}));
  tell('app', await services['app.info']({}));
  const { rows } = await services['traces.list']({ limit: 100 });
  tell('list', rows);
  expect(rows).toHaveLength(4);
  for (const { id, title } of rows) {
    const detail = await services['traces.get']({ id });
    tell(`detail of ${title}`, detail);
    const { bytes, total } = await services['traces.bytes']({ id, start: 0, end: 1e6 });
    surfaces.set(`body of ${title} ${id}`, Buffer.from(bytes, 'base64').toString());
    tell(`items of ${id}`, await allItems(services, id));
    const compared = await services['compare.lanes']({ id });
    tell(`comparison of ${id}`, compared);
    surfaces.set(`issue of ${id}`, comparisonMarkdown(compared, { ...detail, bytes: total }, null));
    surfaces.set(`page of ${id}`, (await services['compare.html']({ id })).html);
    await exportsOf(id);
  }
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
  for (const args of [
    ['export', rows[0]!.id, '--format', 'har', '--out', '-'],
    ['compare', '-'],
    ['lanes', '-', '--api', 'chat_completions'],
  ]) {
    const child = spawn(process.execPath, [CLI, ...args], {
      env: { ...process.env, TRACELANE_DATA_DIR: join(dataDir, 'data') },
    });
    child.stdin.end(Buffer.from(surfaces.get(`body of ${rows[0]!.title} ${rows[0]!.id}`)!));
    child.stdin.on('error', () => undefined);
    surfaces.set(`tracelane ${args[0]}`, (await Promise.all([text(child.stdout), text(child.stderr)])).join('\n'));
  }
  await core.close();
  for (const path of filesIn(join(dataDir, 'data'))) surfaces.set(`${path}, closed`, readFileSync(path, 'latin1'));
  server.close();
  vi.restoreAllMocks();
  surfaces.set('log', logged.join('\n'));
  expect([...surfaces].filter(([, surface]) => isIn(surface)).map(([name]) => name)).toEqual([]);
  // The joined text of a block, whose pieces are apart in its bytes.
  for (const [name, surface] of surfaces)
    if (name.startsWith('body of')) expect(joinedDeltas(surface).includes(KEY), name).toBe(false);
});

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

function joinedDeltas(surface: string): string {
  const pieces = [...surface.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)];
  return pieces.map(([, piece]) => JSON.parse(piece!) as string).join('');
}
