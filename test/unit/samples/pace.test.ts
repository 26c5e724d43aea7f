/** When bytes leave: uneven, now and then together or torn, no faster than they are read, and for nobody not at all. */
import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { answer } from '../../../src/main/core/samples/answers.ts';
import { Reply } from '../../../src/main/core/answering/reply.ts';
import { paced } from '../../../src/main/core/samples/pace.ts';
import { startSampleProvider } from '../../../src/main/core/samples/provider.ts';
import { Random } from '../../../src/main/core/providers/sample/random.ts';
import { APIS } from '../../support/apis.ts';
import { asking, scenario } from '../../support/samples.ts';

const joined = (parts: readonly { readonly bytes: Uint8Array }[]): string =>
  Buffer.concat(parts.map(({ bytes }) => bytes)).toString('utf8');

describe.each(APIS)('the writes of a plain answer over %s', (api) => {
  const { format, request } = asking('plain-text', api);
  const { frames } = format.answer(scenario('plain-text'), request);
  const writes = paced(frames, new Random(1), 60);

  test('are the frames, byte for byte', () => {
    expect(joined(writes)).toBe(joined(frames));
  });

  test('begin after some hundred milliseconds and go on unevenly, at about the pace asked for', () => {
    expect(writes[0]!.waitMs).toBeGreaterThan(200);
    expect(writes[0]!.waitMs).toBeLessThan(600);
    const waits = writes.slice(1).map(({ waitMs }) => waitMs);
    expect(Math.max(...waits)).toBeGreaterThan(5 * (waits.reduce((sum, one) => sum + one, 0) / waits.length));
    const seconds = writes.reduce((sum, { waitMs }) => sum + waitMs, 0) / 1000;
    expect(frames.length / seconds).toBeGreaterThan(20);
    expect(frames.length / seconds).toBeLessThan(90);
  });

  test('are the same for the same seed, and others for another', () => {
    expect(paced(frames, new Random(1), 60)).toEqual(writes);
    expect(paced(frames, new Random(2), 60)).not.toEqual(writes);
  });
});

test('some writes carry several events, some a part of one, and some end inside a character', () => {
  const { format, request } = asking('long-answer', 'chat_completions');
  const writes = paced(format.answer(scenario('long-answer'), request).frames, new Random(3), 320);
  const texts = writes.map(({ bytes }) => Buffer.from(bytes).toString('utf8'));
  expect(texts.filter((text) => text.split('\n\n').length > 2).length).toBeGreaterThan(20);
  expect(texts.filter((text) => !text.endsWith('\n\n')).length).toBeGreaterThan(20);
  expect(texts.some((text) => text.endsWith('\uFFFD'))).toBe(true);
});

/** A server with one reply that the test can look into. */
async function serving(
  pace: number,
  respond: (reply: Reply, response: ServerResponse) => Promise<void>,
): Promise<{ readonly port: number; readonly done: Promise<void>; close(): void }> {
  const { format, request } = asking('long-answer', 'chat_completions');
  let settle: (value: Promise<void>) => void;
  const done = new Promise<void>((resolve) => (settle = resolve));
  const server = createServer((incoming, response) => {
    incoming.resume();
    settle(respond(new Reply(incoming, response, format, request, pace), response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, done, close: () => void server.close() };
}

async function get(port: number): Promise<IncomingMessage> {
  const [response] = (await once(send({ host: '127.0.0.1', port, method: 'POST' }).end(), 'response')) as [
    IncomingMessage,
  ];
  return response;
}

test('when the client goes, the answer stops', async () => {
  let written = 0;
  const server = await serving(1, async (reply, response) => {
    const write = response.write.bind(response);
    response.write = ((bytes: Uint8Array) => ((written += bytes.length), write(bytes))) as typeof response.write;
    await answer(scenario('long-answer'), reply);
  });
  const response = await get(server.port);
  await once(response, 'data');
  response.destroy();
  await server.done;
  expect(written).toBeGreaterThan(0);
  expect(written).toBeLessThan(400_000);
  server.close();
});

test('nothing is written past what the client reads', async () => {
  let most = 0;
  const big = { waitMs: 0, bytes: new Uint8Array(256 * 1024).fill(0x3a) };
  const server = await serving(0, async (reply, response) => {
    const write = response.write.bind(response);
    response.write = ((bytes: Uint8Array) => {
      const more = write(bytes);
      most = Math.max(most, response.writableLength);
      return more;
    }) as typeof response.write;
    reply.streamHead();
    await reply.write(Array.from({ length: 200 }, () => big));
    await reply.end();
  });
  const response = await get(server.port);
  let read = 0;
  for await (const part of response) read += (part as Buffer).length;
  await server.done;
  expect(read).toBe(200 * big.bytes.length);
  // One write may wait at a time, with its framing.
  expect(most).toBeLessThan(2 * big.bytes.length);
  server.close();
});

test('the header changes the pace of one answer: 0 is at once', async () => {
  // At the server's own pace, this answer would take longer than the test may.
  const provider = await startSampleProvider({ pace: 0.001 });
  const { format, request } = asking('long-answer', 'messages');
  const response = await fetch(provider.url + format.path('plain-text'), {
    method: 'POST',
    headers: { 'anthropic-version': '2023-06-01', 'x-sample-pace': '0' },
    body: JSON.stringify(request),
  });
  expect(await response.text()).toContain('message_stop');
  await provider.close();
});

test('closing the provider ends answers that are under way', async () => {
  const provider = await startSampleProvider();
  const { format, request } = asking('long-answer', 'responses');
  const response = await fetch(provider.url + format.path('plain-text'), {
    method: 'POST',
    body: JSON.stringify(request),
  });
  await provider.close();
  await expect(response.text()).rejects.toThrow();
  await expect(fetch(`${provider.url}/v1/models`)).rejects.toThrow();
});
