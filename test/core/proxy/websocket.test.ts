/** WebSockets through the capture proxy: a real server and a real client, which agree on compression or not. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createFramer } from '../../../src/shared/framing/registry.ts';
import { captured, proxyUrl } from '../../support/captured.ts';
import { cores } from '../../support/core.ts';
import { sampleBody } from '../../support/sample-bytes.ts';

const { open, dataDir } = cores();
const servers: WebSocketServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** The events of a sample, as texts. */
function sampleEvents(): readonly string[] {
  const framer = createFramer('sse');
  const framed = framer.feed({ n: 0, tNs: 0, offset: 0, bytes: sampleBody('responses', 'plain-text').bytes });
  return framed.flatMap((one) => (one.type === 'frame' ? one.frame.data : []));
}

test.each([
  ['plain', false],
  ['compressed', true],
])('the events of the Responses socket are read, %s', async (name, perMessageDeflate) => {
  const core = await open(join(dataDir, name));
  const events = sampleEvents();
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    perMessageDeflate: perMessageDeflate && { threshold: 0 },
  });
  servers.push(server);
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.once('message', () => {
      for (const event of events) {
        // A message may be in several frames.
        socket.send(event.slice(0, 10), { fin: false });
        socket.send(event.slice(10), { fin: true });
      }
      socket.close(1000, 'done');
    });
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const { url } = await core.proxy.openSession({ routes: [{ name: 'up', baseUrl, kind: 'openai' }] });
  expect(url.startsWith(proxyUrl(core))).toBe(true);
  const client = new WebSocket(`${url.replace('http', 'ws')}/up/responses`, {
    headers: { authorization: 'Bearer sk-0123456789abcdef' },
    perMessageDeflate,
  });
  const got: string[] = [];
  client.on('message', (data: Buffer) => got.push(data.toString()));
  await once(client, 'open');
  client.send(
    JSON.stringify({
      type: 'response.create',
      model: 'plain-text',
      input: 'By a socket.',
      metadata: { key: 'sk-0123456789abcdef' },
    }),
  );
  await once(client, 'close');
  expect(got).toEqual(events);

  const [trace] = await captured(core);
  expect(trace).toMatchObject({
    api: 'responses',
    framing: 'websocket',
    title: 'By a socket.',
    model: 'plain-text',
    ending: { state: 'complete' },
    request: { model: 'plain-text', input: 'By a socket.' },
    capture: {
      protocol: 'websocket',
      encoding: perMessageDeflate ? 'permessage-deflate' : null,
      sent: [{ kind: 'text', type: 'response.create' }, { kind: 'close' }],
    },
  });
  expect(JSON.stringify(trace)).not.toContain('sk-0123456789abcdef');
  expect(trace!.metrics.events).toBe(events.length);
  const { certificate } = trace!.capture!;
  for (const crossing of [certificate!.request, certificate!.answer]) expect(crossing.in).toEqual(crossing.out);
});

test('each request over a socket is an exchange of its own, also one that is sent before the answer to another is complete', async () => {
  const core = await open(join(dataDir, 'several'));
  const events = sampleEvents();
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  servers.push(server);
  await once(server, 'listening');
  server.on('connection', (socket) => {
    let asked = 0;
    // It answers one after the other, and the first when it has two requests.
    socket.on('message', (data: Buffer) => {
      if (!data.toString().includes('response.create')) return;
      asked++;
      const answers = [0, 0, 2, 1, 0, 0][asked]!;
      for (let n = 0; n < answers; n++) for (const event of events) socket.send(event);
      if (answers > 0) socket.ping();
      if (asked === 5) socket.terminate();
    });
  });
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  const { url } = await core.proxy.openSession({ routes: [{ name: 'up', baseUrl, kind: 'openai' }] });
  const client = new WebSocket(`${url.replace('http', 'ws')}/up/responses`, { perMessageDeflate: false });
  const ask = (input: string): void =>
    client.send(JSON.stringify({ type: 'response.create', model: 'plain-text', input }));
  const got: Buffer[] = [];
  const received = async (count: number): Promise<void> => {
    while (got.length < count) await once(client, 'message');
  };
  client.on('message', (data: Buffer) => got.push(data));
  client.on('error', () => undefined);
  await once(client, 'open');
  ask('first');
  ask('second');
  client.send(JSON.stringify({ type: 'response.cancel' }));
  await received(2 * events.length);
  ask('third');
  await received(3 * events.length);
  const closed = once(client, 'close');
  ask('fourth');
  ask('fifth');
  await closed;

  const all = await captured(core, 5);
  expect(
    all.map(({ title, ending, metrics, framing }) => [title, ending!.state, metrics.events, framing]).toReversed(),
  ).toEqual([
    ['first', 'complete', events.length, 'websocket'],
    ['second', 'complete', events.length, 'websocket'],
    ['third', 'complete', events.length, 'websocket'],
    // The server left, and has answered neither.
    ['fourth', 'truncated', 0, 'websocket'],
    ['fifth', 'truncated', 0, 'websocket'],
  ]);
  expect(new Set(all.map(({ capture }) => capture!.connection)).size).toBe(1);
});
