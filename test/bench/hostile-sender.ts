/**
 * Sends hostile streams, in a process of its own: what it does to make and to send one must not keep the sender of the steady stream
 * from sending. It says where it listens, and the models that it answers.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { chatEvent } from './streams.ts';

const keys = (count: number): string =>
  `{${Array.from({ length: count }, (_, at) => `"key-${at}":"${at}"`).join(',')}}`;
const repeated = (frame: string, bytes: number): string => frame.repeat(Math.ceil(bytes / frame.length));

const argumentsOf = (json: string): string =>
  chatEvent(`{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":${JSON.stringify(json)}}}]}`);
const word = chatEvent('{"content":"a"}');

/** What is sent at once, by the name that the request gives as its model. */
const HOSTILE: Readonly<Record<string, () => string | Uint8Array>> = {
  'an event of a million keys': () => chatEvent(keys(1_000_000)),
  'an event nested five million deep': () => chatEvent(`${'['.repeat(5e6)}${']'.repeat(5e6)}`),
  '54 MB of events that are no JSON': () => repeated('data: x\n\n', 54e6),
  'arguments nested five million deep': () => argumentsOf(`${'['.repeat(5e6)}${']'.repeat(5e6)}`),
  'a million events of one word': () => word.repeat(1e6),
  'a line of 60 MB without an end': () => `data: ${'x'.repeat(60e6)}`,
  'a million blank lines': () => '\n'.repeat(1e6),
  '90 MB of small events, as 0.2 MB of gzip': () => gzipSync('data: {}\n\n'.repeat(9e6)),
  'a burst of 100 MB': () => repeated(chatEvent('{"content":"some words of an answer, as they come"}'), 100e6),
};

export interface HostileSender {
  readonly port: number;
  readonly models: readonly string[];
}

const server = createServer(async (request, response) => {
  const { model } = JSON.parse(await text(request)) as { readonly model: string };
  const body = HOSTILE[model]!();
  const encoded = typeof body === 'object' ? { 'content-encoding': 'gzip' } : {};
  response.writeHead(200, { 'content-type': 'text/event-stream', ...encoded });
  response.end(body);
}).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.send!({ port, models: Object.keys(HOSTILE) } satisfies HostileSender);
});
