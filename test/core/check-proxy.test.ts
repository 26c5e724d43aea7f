/** The examination of other proxies: ours passes it, and proxies that are built to do one wrong thing are found out. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { examine, leadsHere, type CaseResult, type Fault } from '../../src/main/core/check/check.ts';
import { CASES } from '../../src/main/core/check/cases.ts';
import type { BenchSetup } from '../../src/main/core/check/bench.ts';
import { CheckServer } from '../../src/main/core/check/sides.ts';
import { sampleFormatOf } from '../../src/main/core/providers/registry.ts';
import { TestProxy } from '../support/proxy.ts';

let server: CheckServer;
const open: { close(): unknown }[] = [];
beforeEach(async () => {
  server = await CheckServer.open(0);
  open.push(server);
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const setupFor = (url: string, api = 'chat_completions'): BenchSetup => ({
  server,
  url: new URL(url),
  format: sampleFormatOf(api),
  model: 'check-model',
  headers: [],
  patienceMs: 400,
});

async function results(setup: BenchSetup, ids?: readonly string[]): Promise<readonly CaseResult[]> {
  const all: CaseResult[] = [];
  for await (const result of examine(
    setup,
    CASES.filter(({ id }) => ids?.includes(id) ?? true),
  ))
    all.push(result);
  return all;
}

/** A proxy of Node's own server. `pass` does the rest. */
async function proxyOf(pass: (incoming: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const proxy = createServer(pass);
  open.push({ close: () => (proxy.closeAllConnections(), proxy.close()) });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/v1/chat/completions`;
}

/** Sends the request on as it is, and gives the answer to `answer`. */
function forward(incoming: IncomingMessage, response: ServerResponse, answer: (from: IncomingMessage) => void): void {
  const up = request({
    port: server.port,
    method: incoming.method,
    path: incoming.url,
    headers: incoming.rawHeaders,
    agent: false,
  });
  up.on('response', answer);
  up.on('error', () => response.destroy());
  incoming.pipe(up);
}

async function faultsOf(
  pass: (incoming: IncomingMessage, response: ServerResponse) => void,
  id: string,
): Promise<readonly Fault[]> {
  const [result] = await results(setupFor(await proxyOf(pass)), [id]);
  return result!.findings.map(({ fault }) => fault);
}

test.each(['chat_completions', 'messages', 'ollama_chat', 'bedrock'])('our own changes nothing of %s', async (api) => {
  const proxy = await TestProxy.open([{ name: 'up', baseUrl: `http://127.0.0.1:${server.port}` }]);
  open.push(proxy.listener);
  const setup = setupFor(`http://127.0.0.1:${proxy.port}/up${sampleFormatOf(api).path('check-model')}`, api);
  expect(await leadsHere(setup, 10_000)).toBe(true);
  const all = await results(setup);
  expect(all.filter(({ findings, notPassed }) => findings.length > 0 || notPassed !== undefined)).toEqual([]);
  expect(all).toHaveLength(CASES.length);
});

describe('a proxy', () => {
  test('that collects the answer has buffered it, and hides that it was cut', async () => {
    const collects = (incoming: IncomingMessage, response: ServerResponse): void =>
      forward(incoming, response, (from) => {
        const parts: Buffer[] = [];
        from.on('data', (bytes: Buffer) => parts.push(bytes));
        from.on('close', () => response.writeHead(from.statusCode!, from.headers).end(Buffer.concat(parts)));
      });
    expect(await faultsOf(collects, 'events')).toEqual(['buffered']);
    expect(await faultsOf(collects, 'cut-chunked')).toContain('disguised');
  });

  test('that joins what comes within a moment has merged it', async () => {
    const joins = (incoming: IncomingMessage, response: ServerResponse): void =>
      forward(incoming, response, (from) => {
        response.writeHead(from.statusCode!, from.headers);
        let kept = Buffer.alloc(0);
        from.on('data', (bytes: Buffer) => {
          kept = Buffer.concat([kept, bytes]);
          if (kept.length < 1_000) return;
          response.write(kept);
          kept = Buffer.alloc(0);
        });
        from.on('end', () => response.end(kept));
      });
    expect(await faultsOf(joins, 'events')).toEqual(['merged']);
  });

  test('that parses events and says them anew has rewritten them', async () => {
    const parses = (incoming: IncomingMessage, response: ServerResponse): void =>
      forward(incoming, response, (from) => {
        response.writeHead(from.statusCode!, from.headers);
        from.on('data', (bytes: Buffer) => {
          for (const [, data] of bytes.toString().matchAll(/^data: ?(.*)$/gm)) response.write(`data: ${data}\n\n`);
        });
        from.on('end', () => response.end());
      });
    expect(await faultsOf(parses, 'unusual')).toContain('rewrote');
    expect(await faultsOf(parses, 'keep-alive')).not.toEqual([]);
  });

  test('that asks again has repeated the request', async () => {
    const again = (incoming: IncomingMessage, response: ServerResponse): void => {
      const parts: Buffer[] = [];
      const ask = (left: number): void => {
        const up = request({ port: server.port, method: 'POST', path: incoming.url, agent: false }, (from) => {
          if (from.statusCode! >= 400 && left > 0) {
            from.resume();
            return ask(left - 1);
          }
          response.writeHead(from.statusCode!, from.statusMessage, from.rawHeaders);
          return from.pipe(response);
        });
        up.on('error', () => response.destroy());
        up.end(Buffer.concat(parts));
      };
      incoming.on('data', (bytes: Buffer) => parts.push(bytes));
      incoming.on('end', () => ask(2));
    };
    expect(await faultsOf(again, 'error')).toEqual(['repeated']);
    expect(await faultsOf(again, 'upload')).toEqual(['buffered']);
  });

  test('that uses fetch undoes encodings, and passes neither hints nor trailers', async () => {
    const fetches = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
      const parts: Buffer[] = [];
      for await (const part of incoming) parts.push(part as Buffer);
      const from = await fetch(`http://127.0.0.1:${server.port}${incoming.url}`, {
        method: incoming.method!,
        headers: { accept: '*/*', 'accept-encoding': 'gzip' },
        body: Buffer.concat(parts),
      });
      const headers = Object.fromEntries([...from.headers].filter(([name]) => !/encoding|length/.test(name)));
      response.writeHead(from.status, headers);
      for await (const bytes of from.body!) response.write(bytes);
      response.end();
    };
    const pass = (incoming: IncomingMessage, response: ServerResponse): void =>
      void fetches(incoming, response).catch(() => response.destroy());
    expect(await faultsOf(pass, 'gzip')).toContain('rewrote');
    expect(await faultsOf(pass, 'early-hints')).toEqual(['dropped']);
    expect(await faultsOf(pass, 'trailers')).toEqual(['dropped']);
    expect(await faultsOf(pass, 'request-head')).toContain('dropped');
    expect(await faultsOf(pass, 'answer-head')).toContain('rewrote');
  });

  test('that goes on without its client has not told the provider', async () => {
    const deaf = (incoming: IncomingMessage, response: ServerResponse): void =>
      forward(incoming, response, (from) => {
        response.writeHead(from.statusCode!, from.headers);
        from.on('data', (bytes: Buffer) => response.write(bytes));
      });
    expect(await faultsOf(deaf, 'leave')).toEqual(['dropped']);
  });

  test('that refuses the request is said to', async () => {
    const url = await proxyOf(
      (incoming, response) => void incoming.resume().on('end', () => response.writeHead(401).end('No key.')),
    );
    const [result] = await results(setupFor(url), ['events']);
    expect(result!.notPassed).toBe('It answered 401 itself: No key.');
    expect(await leadsHere(setupFor(url), 1)).toBe(false);
  });
});
