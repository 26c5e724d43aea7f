/** R6: how wrong the recorded gaps of a steady stream are while a hostile one is recorded beside it, over nothing beside it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Beside } from './hostile-child.ts';
import type { Result } from './measure.ts';

const EVERY_MS = 10;
/** A host that does nothing else is itself late by some milliseconds: only what is far above it is of the stream beside. */
const TARGET = 3;
const EVENT = (delta: string): string => `data: {"choices":[{"index":0,"delta":${delta}}]}\n\n`;

const keys = (count: number): string =>
  `{${Array.from({ length: count }, (_, at) => `"key-${at}":"${at}"`).join(',')}}`;
const repeated = (frame: string, bytes: number): string => frame.repeat(Math.ceil(bytes / frame.length));

const argumentsOf = (json: string): string =>
  EVENT(`{"tool_calls":[{"index":0,"id":"c","function":{"name":"f","arguments":${JSON.stringify(json)}}}]}`);
const word = EVENT('{"content":"a"}');

/** What is sent at once, by the name that the request gives as its model. */
const HOSTILE: Readonly<Record<string, () => string | Uint8Array>> = {
  'an event of a million keys': () => EVENT(keys(1_000_000)),
  'an event nested five million deep': () => EVENT(`${'['.repeat(5e6)}${']'.repeat(5e6)}`),
  '54 MB of events that are no JSON': () => repeated('data: x\n\n', 54e6),
  'arguments nested five million deep': () => argumentsOf(`${'['.repeat(5e6)}${']'.repeat(5e6)}`),
  'a million events of one word': () => word.repeat(1e6),
  'a line of 60 MB without an end': () => `data: ${'x'.repeat(60e6)}`,
  'a million blank lines': () => '\n'.repeat(1e6),
  '90 MB of small events, as 0.2 MB of gzip': () => gzipSync('data: {}\n\n'.repeat(9e6)),
  'a burst of 100 MB': () => repeated(EVENT('{"content":"some words of an answer, as they come"}'), 100e6),
};

export async function hostile(): Promise<readonly Result[]> {
  const server = createServer(async (request, response) => {
    const { model } = JSON.parse(await text(request)) as { readonly model: string };
    const body = HOSTILE[model]?.();
    const encoded = typeof body === 'object' ? { 'content-encoding': 'gzip' } : {};
    response.writeHead(200, { 'content-type': 'text/event-stream', ...encoded });
    if (body !== undefined) return response.end(body);
    // Each event says when it is sent, so that the sender may be late itself.
    const timer = setInterval(() => response.write(EVENT(`{"content":"a","sent":${performance.now()}}`)), EVERY_MS);
    response.once('close', () => clearInterval(timer));
    return undefined;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const script = fileURLToPath(new URL('hostile-child.ts', import.meta.url));
    const child = spawn(process.execPath, [script, url, ...Object.keys(HOSTILE)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit');
    const printed = await text(child.stdout);
    const [code] = (await exit) as [number];
    if (code !== 0) throw new Error(`The core under measurement ended with ${code}.`);
    return results(JSON.parse(printed) as readonly Beside[]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function results([idle, ...others]: readonly Beside[]): readonly Result[] {
  return others.map(({ what, errorMs, memoryMb }) => {
    const value = errorMs / idle!.errorMs;
    return {
      id: 'R6',
      what: `largest error of a recorded gap beside ${what}, over nothing beside it`,
      value,
      target: TARGET,
      met: value <= TARGET,
      note: `${errorMs.toFixed(1)} over ${idle!.errorMs.toFixed(1)} ms, ${Math.round(memoryMb)} MB over ${Math.round(idle!.memoryMb)}`,
    };
  });
}
