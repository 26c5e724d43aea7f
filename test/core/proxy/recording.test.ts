/** What the capture proxy keeps of exchanges: real clients and servers, the real thread and the real store. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Core } from '../../../src/main/core/core.ts';
import { credentialHeader } from '../../../src/main/core/capture/secrets.ts';
import { sampleFormatOf, sampleFormats } from '../../../src/main/core/providers/registry.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import { providerOf, usualEndpoint } from '../../../src/shared/providers/registry.ts';
import { bodyOf, captured, proxyUrl } from '../../support/captured.ts';
import { cores } from '../../support/core.ts';
import { bytesInUse } from '../../support/memory.ts';
import { asking } from '../../support/samples.ts';

const { open, dataDir } = cores();
let folders = 0;
/** Over a folder of its own. */
const openNew = (): Promise<Core> => open(join(dataDir, String(folders++)));
const servers: { close(): void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const KEY = 'sk-client-key-0123456789';

/** An endpoint of the user's, named Mine, that a handler stands behind. */
async function withEndpoint(
  handler: (incoming: IncomingMessage, response: ServerResponse, body: Buffer) => void,
  {
    type = 'openai',
    key,
    lendsKey = false,
  }: { readonly type?: string; readonly key?: string; readonly lendsKey?: boolean } = {},
): Promise<{ readonly core: Core; readonly url: string }> {
  const core = await openNew();
  const server = createServer(async (incoming, response) => {
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    handler(incoming, response, Buffer.concat(parts));
  });
  servers.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = await core.services['endpoints.save']({
    name: `Mine ${(server.address() as AddressInfo).port}`,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    type,
    provider_name: '',
    limits: { answer: null, silence: null },
    lendsKey,
  });
  if (key !== undefined) await core.services['endpoints.setKey']({ id: endpoint.id, key });
  return { core, url: `${proxyUrl(core)}/mine-${(server.address() as AddressInfo).port}` };
}

/** Sends what asks for a sample by fetch, with the headers of its API. */
async function asks(core: Core, api: Api): Promise<Buffer> {
  const format = sampleFormatOf(api);
  const { request } = asking('plain-text', api);
  const { model, ...rest } = request;
  const path = format.path(String(model));
  const answer = await fetch(`${proxyUrl(core)}/sample-${usualEndpoint(api).type}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(path.includes(String(model)) ? rest : request),
  });
  return Buffer.from(await answer.arrayBuffer());
}

test('a stream of each API is told by its address, and complete', async () => {
  const core = await openNew();
  for (const [n, { api }] of sampleFormats().entries()) {
    const body = await asks(core, api);
    const [trace] = await captured(core, n + 1);
    expect(trace).toMatchObject({
      api,
      framing: providerOf(api).framing,
      ending: { state: 'complete' },
      source: 'capture',
    });
    expect(trace!.metrics.events).toBeGreaterThan(3);
    expect((await bodyOf(core, trace!)).equals(body)).toBe(true);
    expect(JSON.stringify(trace)).not.toContain(KEY);
  }
});

test('OpenAI’s client', async () => {
  const core = await openNew();
  const client = new OpenAI({ apiKey: KEY, baseURL: `${proxyUrl(core)}/sample-openai`, maxRetries: 0 });
  const { request } = asking('plain-text', 'chat_completions');
  const stream = client.chat.completions.stream(request as never);
  const said = await stream.finalContent();
  const [trace] = await captured(core);
  expect(trace).toMatchObject({
    source: 'capture',
    api: 'chat_completions',
    framing: 'sse',
    ending: { state: 'complete' },
    request: { ...request, stream: true },
    capture: {
      route: 'sample-openai',
      userAgent: expect.stringMatching(/^OpenAI/),
      requestChanges: [
        { field: 'path', change: 'replaced' },
        { field: 'host', change: 'replaced' },
      ],
      answerChanges: [],
      encoding: null,
    },
  });
  const { certificate } = trace!.capture!;
  expect(certificate!.answer.out).toEqual(certificate!.answer.in);
  expect(certificate!.request.out).toEqual(certificate!.request.in);
  expect(certificate!.answer.headUnchanged).toBe(true);
  expect(trace!.metrics.bytes).toBe((await bodyOf(core, trace!)).length);
  expect(said).not.toBe('');
  expect(JSON.stringify(trace)).not.toContain(KEY);
});

test('Anthropic’s client, whose request is titled by what it says', async () => {
  const core = await openNew();
  const client = new Anthropic({ apiKey: KEY, baseURL: `${proxyUrl(core)}/sample-anthropic`, maxRetries: 0 });
  const { request } = asking('parallel-tools', 'messages');
  const message = await client.messages.stream(request as never).finalMessage();
  expect(message.content.length).toBeGreaterThan(1);
  const [trace] = await captured(core);
  expect(trace).toMatchObject({ api: 'messages', ending: { state: 'complete' }, finish: { raw: message.stop_reason } });
  expect(trace!.title).not.toBe('Untitled');
  expect(JSON.stringify(trace!.requestHead)).toContain(`<redacted ${KEY.length} chars>`);
});

describe('keys', () => {
  test('of the client pass and are stored nowhere, wherever they stand', async () => {
    const { core, url } = await withEndpoint((incoming, response) => {
      expect(incoming.headers.authorization).toBe(`Bearer ${KEY}`);
      expect(incoming.url).toBe(`/v1/models?key=${KEY}-2`);
      response.setHeader('x-echo', KEY).end(JSON.stringify({ error: `Incorrect API key provided: ${KEY}` }));
    });
    const answer = await fetch(`${url}/models?key=${KEY}-2`, { headers: { authorization: `Bearer ${KEY}` } });
    expect(await answer.text()).toContain(KEY);
    const [trace] = await captured(core);
    expect(JSON.stringify(trace)).not.toContain(KEY);
    const body = (await bodyOf(core, trace!)).toString();
    expect(body).not.toContain(KEY);
    expect(body).toContain('Incorrect API key provided: ');
    expect(trace!.title).toBe('GET /v1/models');
  });

  test('of an endpoint that lends none are not added', async () => {
    const { core, url } = await withEndpoint(
      (incoming, response) => {
        expect(incoming.headers.authorization).toBeUndefined();
        response.end('{}');
      },
      { key: 'sk-endpoint-key-0123456789' },
    );
    expect((await fetch(`${url}/models`)).status).toBe(200);
    const [trace] = await captured(core);
    expect(trace!.capture!.requestChanges.map(({ field }) => field)).toEqual(['path', 'host']);
  });

  test.each(['openai', 'anthropic'])(
    'of an %s endpoint that lends its own take the place of the proxy’s, and nobody else gets them',
    async (type) => {
      const key = 'sk-endpoint-key-0123456789';
      const [name, value] = credentialHeader(type, key)!;
      const { core, url } = await withEndpoint(
        (incoming, response) => {
          expect(incoming.headersDistinct[name]).toEqual([value]);
          expect(JSON.stringify(incoming.rawHeaders)).not.toContain('tracelane-');
          response.end(`{"echo":"${key}"}`);
        },
        { key, lendsKey: true, type },
      );
      expect((await fetch(`${url}/models`)).status).toBe(401);
      expect((await fetch(`${url}/models`, { headers: { [name]: KEY } })).status).toBe(401);
      const clientKey = (await core.proxy.clientKey())!;
      const answer = await fetch(`${url}/models`, { headers: { authorization: `Bearer ${clientKey}` } });
      expect(answer.status).toBe(200);
      const [trace, ...others] = await captured(core);
      expect(others).toEqual([]);
      expect(trace!.capture!.requestChanges.map(({ field }) => field)).toContain(name);
      for (const secret of [key, clientKey]) {
        expect(JSON.stringify(trace)).not.toContain(secret);
        expect((await bodyOf(core, trace!)).toString()).not.toContain(secret);
      }
    },
  );
});

describe('what is no stream', () => {
  test('E13 is kept whole', async () => {
    const exchanges = [
      ['GET', '/models', undefined, '{"data":[]}', 'other'],
      ['OPTIONS', '/models', undefined, '', 'other'],
      ['POST', '/chat/completions', { model: 'm', messages: [] }, '{"choices":[]}', 'chat_completions'],
    ] as const;
    let n = 0;
    const { core, url } = await withEndpoint((_incoming, response) => {
      response.setHeader('content-type', 'application/json').end(exchanges[n]![3]);
    });
    for (; n < exchanges.length; n++) {
      const [method, path, body, said, api] = exchanges[n]!;
      await fetch(url + path, { method, ...(body && { body: JSON.stringify(body) }) });
      const [trace] = await captured(core, n + 1);
      expect(trace).toMatchObject({ api, framing: 'bytes', ending: { state: 'complete' }, request: body ?? null });
      expect((await bodyOf(core, trace!)).toString()).toBe(said);
    }
  });

  test('E13 HEAD', async () => {
    const { core, url } = await withEndpoint((_incoming, response) => {
      response.setHeader('content-length', 500).end();
    });
    await fetch(`${url}/models`, { method: 'HEAD' });
    expect((await captured(core))[0]).toMatchObject({ ending: { state: 'complete' }, metrics: { bytes: 0 } });
  });

  test('E13 an upload that is no text is counted and not kept', async () => {
    const { core, url } = await withEndpoint((_incoming, response, body) => response.end(String(body.length)));
    const body = new FormData();
    body.set('file', new Blob([new Uint8Array(100_000)]), 'a.bin');
    const answer = await fetch(`${url}/files`, { method: 'POST', body });
    const [trace] = await captured(core);
    expect(trace!.capture).toMatchObject({
      requestBytes: Number(await answer.text()),
      requestMissing: expect.stringMatching(/not text \(content-type: multipart/),
    });
  });

  test('E6 an upload of 50 MB passes to a provider that is slow to read, and is counted', async () => {
    const core = await openNew();
    const [sent, got] = [createHash('sha256'), createHash('sha256')];
    const server = createServer(async (incoming, response) => {
      for await (const bytes of incoming) {
        got.update(bytes as Buffer);
        await new Promise(setImmediate);
      }
      response.end('{}');
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { url } = await core.proxy.openSession({ routes: [{ name: 'up', baseUrl }] });
    const upload = request(`${url}/up/files`, { method: 'POST', headers: { 'content-encoding': 'gzip' } });
    const answered = once(upload, 'response');
    const part = randomBytes(1024 ** 2);
    for (let n = 0; n < 50; n++) {
      sent.update(part);
      if (!upload.write(part)) await once(upload, 'drain');
    }
    upload.end();
    const [answer] = (await answered) as [IncomingMessage];
    answer.resume();
    expect(got.digest('hex')).toBe(sent.digest('hex'));
    const [trace] = await captured(core);
    expect(trace!.capture).toMatchObject({
      requestBytes: 50 * part.length,
      requestMissing: expect.stringMatching(/longer than \d+ bytes/),
    });
  });

  test('a request with an encoding is kept as what it says', async () => {
    const { core, url } = await withEndpoint((_incoming, response) => response.end('{}'));
    const body = gzipSync(JSON.stringify({ model: 'm', input: 'hello' }));
    await fetch(`${url}/responses`, { method: 'POST', headers: { 'content-encoding': 'gzip' }, body });
    expect((await captured(core))[0]).toMatchObject({ request: { model: 'm', input: 'hello' }, title: 'hello' });
  });
});

describe('a stream', () => {
  const LIMITED = '{"stream":true,"n":2}';
  const EVENTS = 'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n\n';

  test('E2 has one digest for its provider, its client and its trace, at any size of its reads', async () => {
    const all = randomBytes(300_000);
    const sizes = [1, 7, 1_000, 65_536];
    const sent = sizes.map((size) => all.subarray(0, Math.min(all.length, size * 400)));
    const { core, url } = await withEndpoint(async (incoming, response) => {
      const n = Number(incoming.url!.split('=')[1]);
      const [bytes, size] = [sent[n]!, sizes[n]!];
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': bytes.length });
      for (let at = 0; at < bytes.length; at += size)
        await new Promise((resolve) => response.write(bytes.subarray(at, at + size), resolve));
      response.end();
    });
    for (const [n, bytes] of sent.entries()) {
      const answer = await fetch(`${url}/audio/speech?n=${n}`, { method: 'POST', body: '{}' });
      expect((await answer.bytes()).length).toBe(bytes.length);
      const [trace] = await captured(core, n + 1);
      expect(sha256(await bodyOf(core, trace!))).toBe(sha256(bytes));
      const { answer: crossing } = trace!.capture!.certificate!;
      expect([crossing.in.sha256, crossing.out]).toEqual([sha256(bytes), crossing.in]);
    }
  });

  test('E8 that is encoded passes so, and is read decoded', async () => {
    const { core, url } = await withEndpoint((_incoming, response) => {
      response.setHeader('content-encoding', 'gzip').setHeader('content-type', 'text/event-stream');
      response.end(gzipSync(EVENTS));
    });
    const answer = await fetch(`${url}/chat/completions`, { method: 'POST', body: '{"stream":true}' });
    expect(answer.headers.get('content-encoding')).toBe('gzip');
    expect(await answer.text()).toBe(EVENTS);
    const [trace] = await captured(core);
    expect((await bodyOf(core, trace!)).toString()).toBe(EVENTS);
    expect(trace).toMatchObject({
      ending: { state: 'complete' },
      capture: { encoding: 'gzip', encodedBytes: gzipSync(EVENTS).length },
    });
  });

  test('C13 that decodes to a flood passes whole to its client, and its trace ends at the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 ** 2, 'a'));
    const { core, url } = await withEndpoint((_incoming, response) => {
      response.setHeader('content-encoding', 'gzip').setHeader('content-type', 'text/event-stream').end(bomb);
    });
    const asking = request(`${url}/chat/completions`, { method: 'POST' }).end('{"stream":true}');
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    const got = createHash('sha256');
    for await (const bytes of answer) got.update(bytes as Buffer);
    expect(got.digest('hex')).toBe(sha256(bomb));
    const [trace] = await captured(core);
    expect(trace!.ending).toMatchObject({ state: 'limit', rule: expect.stringContaining('200 times its size') });
    expect(trace!.capture!.certificate!.answer.out.sha256).toBe(sha256(bomb));
  });

  test('at an address that nobody knows is told by its events', async () => {
    const { core, url } = await withEndpoint((_incoming, response) => {
      response.setHeader('content-type', 'text/event-stream').end(EVENTS);
    });
    await (await fetch(`${url}/my/own/route`, { method: 'POST', body: '{"prompt":"x"}' })).text();
    expect((await captured(core))[0]).toMatchObject({ api: 'chat_completions', ending: { state: 'complete' } });
  });

  test('of an API that nobody knows keeps its events', async () => {
    const { core, url } = await withEndpoint((_incoming, response) => {
      response.setHeader('content-type', 'text/event-stream').end('event: a\ndata: {"x":1}\n\ndata: plain\n\n');
    });
    await (await fetch(`${url}/my/own/route`, { method: 'POST', body: '{}' })).text();
    expect((await captured(core))[0]).toMatchObject({
      api: 'other',
      framing: 'sse',
      title: 'POST /v1/my/own/route',
      metrics: { events: 2 },
      ending: { state: 'complete', rule: expect.stringMatching(/after 2 events/) },
    });
  });

  test('that is cut is cut', async () => {
    const { core, url } = await withEndpoint((_incoming, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(EVENTS.slice(0, 30));
      setImmediate(() => response.destroy());
    });
    const answer = await fetch(`${url}/chat/completions`, { method: 'POST', body: '{"stream":true}' });
    await expect(answer.text()).rejects.toThrow('terminated');
    expect((await captured(core))[0]).toMatchObject({ ending: { state: 'reset' }, metrics: { bytes: 30 } });
  });

  test('C8 D14 that a client asks for again after a drop or a 429 is a trace of its own, which names the one before', async () => {
    let attempts = 0;
    let refusals = 0;
    const { core, url } = await withEndpoint((_incoming, response, body) => {
      if (body.toString() === LIMITED && ++refusals <= 2) {
        response.writeHead(429, { 'retry-after': '0' }).end('{}');
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(EVENTS.slice(0, 30));
      if (++attempts === 1) setImmediate(() => response.destroy());
      else response.end(EVENTS.slice(30));
    });
    const ask = async (body: string): Promise<string> => {
      const answer = await fetch(`${url}/chat/completions`, { method: 'POST', body });
      return answer.text();
    };
    await expect(ask('{"stream":true}')).rejects.toThrow('terminated');
    await ask('{"stream":true,"n":1}');
    expect(await ask('{"stream":true}')).toBe(EVENTS);
    // After an answer that ended well, the same request is a new one.
    await ask('{"stream":true}');
    const again = async () => (await captured(core, 4)).map(({ capture }) => capture?.again);
    const [, , , first] = await captured(core, 4);
    await expect.poll(again).toEqual([undefined, first!.id, undefined, undefined]);
    const bodies = await Promise.all((await captured(core, 4)).map((trace) => bodyOf(core, trace)));
    expect(bodies.map(String)).toEqual([EVENTS, EVENTS, EVENTS, EVENTS.slice(0, 30)]);
    // Nothing was sent again but by the client: each attempt names the one before it.
    expect([await ask(LIMITED), await ask(LIMITED), await ask(LIMITED)]).toEqual(['{}', '{}', EVENTS]);
    const limited = async () => (await captured(core, 7)).slice(0, 3);
    const [third, second, one] = await limited();
    expect([refusals, [third, second, one].map((trace) => trace!.ending!.state)]).toEqual([
      3,
      ['complete', 'http-error', 'http-error'],
    ]);
    await expect
      .poll(async () => (await limited()).map(({ capture }) => capture?.again))
      .toEqual([second!.id, one!.id, undefined]);
  });

  test('E3 that the client leaves is the client’s doing', async () => {
    const { core, url } = await withEndpoint((_incoming, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(EVENTS.slice(0, 30));
    });
    const leave = new AbortController();
    const answer = await fetch(`${url}/chat/completions`, {
      method: 'POST',
      body: '{"stream":true}',
      signal: leave.signal,
    });
    await answer.body!.getReader().read();
    leave.abort();
    expect((await captured(core))[0]).toMatchObject({
      ending: { state: 'cancelled', rule: expect.stringMatching(/^The client closed the connection/) },
      metrics: { bytes: 30 },
    });
  });

  test('C16 that has no head, as one of HTTP/0.9, is never complete, whatever it says; what came is kept', async () => {
    const { core, url } = await withEndpoint((incoming) => void incoming.socket.end(EVENTS));
    await expect(fetch(`${url}/chat/completions`, { method: 'POST', body: '{"stream":true}' })).rejects.toThrow();
    const [trace] = await captured(core);
    expect(trace!.ending).toMatchObject({ state: 'http-error', rule: expect.stringContaining('failed (no HTTP)') });
    expect(String(await bodyOf(core, trace!))).toBe(EVENTS);
  });

  test('that cannot be had says why', async () => {
    const core = await openNew();
    const { id } = await core.services['endpoints.save']({
      name: 'Nobody',
      baseUrl: 'http://127.0.0.1:1',
      type: 'anthropic',
      provider_name: '',
      limits: { answer: null, silence: null },
    });
    const answer = await fetch(`${proxyUrl(core)}/nobody/v1/messages`, { method: 'POST', body: '{"stream":true}' });
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({
      error: { message: expect.stringContaining('refused the connection') },
    });
    expect((await captured(core))[0]).toMatchObject({ ending: { state: 'http-error' }, endpointId: id });
  });
});

test('E14 exchanges leave nothing in memory, however long their program runs', async () => {
  const core = await openNew();
  const server = createServer((_incoming, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`${'data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\n'.repeat(500)}data: [DONE]\n\n`);
  }).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const { session, url } = await core.proxy.openSession({ routes: [{ name: 'up', baseUrl }] });
  let n = 0;
  const exchanges = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const answer = await fetch(`${url}/up/chat/completions`, { method: 'POST', body: `{"stream":true,"n":${n}}` });
      await answer.text();
      n++;
    }
    await captured(core, n);
  };
  await exchanges(6);
  const before = await bytesInUse();
  await exchanges(24);
  // What each of them kept was a quarter of a megabyte.
  await expect.poll(async () => (await bytesInUse()) - before, { timeout: 30_000 }).toBeLessThan(3 * 1024 ** 2);
  expect(await core.proxy.closeSession(session)).toMatchObject({ exchanges: 30, incomplete: 0 });
});

test('a trace that is deleted while it is live leaves its stream alone', async () => {
  let finish = (): void => undefined;
  const { core, url } = await withEndpoint((_incoming, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"choices":[]}\n\n');
    finish = () => void response.end('data: [DONE]\n\n');
  });
  const answer = await fetch(`${url}/chat/completions`, { method: 'POST', body: '{"stream":true}' });
  const reader = answer.body!.getReader();
  await reader.read();
  // The stream is passed on before its trace is stored.
  const listed = async () => (await core.services['traces.list']({ limit: 1 })).rows;
  await expect.poll(listed, { timeout: 30_000 }).toHaveLength(1);
  await core.services['traces.delete']({ ids: (await listed()).map(({ id }) => id) });
  finish();
  expect(Buffer.from((await reader.read()).value!).toString()).toBe('data: [DONE]\n\n');
  expect((await core.services['traces.list']({ limit: 1 })).rows).toEqual([]);
});

test('its thread knows while somebody watches a recording', async () => {
  let finish = (): void => undefined;
  const { core, url } = await withEndpoint((_incoming, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"choices":[]}\n\n');
    finish = () => void response.end('data: [DONE]\n\n');
  });
  const posted = vi.spyOn(Worker.prototype, 'postMessage');
  onTestFinished(() => posted.mockRestore());
  const told = (): readonly unknown[] =>
    posted.mock.calls.flatMap(([message]) => {
      const { name, args = [] } = message as { readonly name?: string; readonly args?: readonly unknown[] };
      return name === 'watch' ? args : [];
    });
  const answer = await fetch(`${url}/chat/completions`, { method: 'POST', body: '{"stream":true}' });
  const rows = async () => (await core.services['traces.list']({ limit: 1 })).rows;
  await expect.poll(rows, { timeout: 30_000 }).toHaveLength(1);
  const watcher = new AbortController();
  const items = core.services['traces.items']({ id: (await rows())[0]!.id, from: 0 }, watcher.signal);
  await items[Symbol.asyncIterator]().next();
  expect(told()).toEqual([true]);
  finish();
  await answer.text();
  for await (const _ of items) continue;
  expect(told()).toEqual([true, false]);
});
