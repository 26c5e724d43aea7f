/** R6: how wrong the recorded gaps of a steady stream are while a hostile one is recorded beside it, over nothing beside it. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Measured } from './hostile-child.ts';
import type { HostileSender } from './hostile-sender.ts';
import { quantile, type Result } from './measure.ts';
import { chatEvent } from './streams.ts';

const EVERY_MS = 10;
/** A host that does nothing else is itself late by some milliseconds: only what is far above it is of the stream beside. */
const TARGET = 3;

/** Each event says when it is sent, and when the one before it had been: the sender may lose its core between the two. */
const steady = createServer((_, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let done = 0;
  const timer = setInterval(() => {
    const event = chatEvent(`{"content":"a","sent":${performance.now()},"before":${done}}`);
    response.write(event, () => (done = performance.now()));
  }, EVERY_MS);
  response.once('close', () => clearInterval(timer));
});

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export async function hostile(): Promise<readonly Result[]> {
  steady.listen(0, '127.0.0.1');
  const sender = fork(script('hostile-sender.ts'));
  try {
    const [[{ port, models }]] = (await Promise.all([once(sender, 'message'), once(steady, 'listening')])) as [
      [HostileSender],
      unknown,
    ];
    const urls = [(steady.address() as AddressInfo).port, port].map((one) => `http://127.0.0.1:${one}`);
    const child = spawn(process.execPath, [script('hostile-child.ts'), ...urls, ...models], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit');
    const printed = await text(child.stdout);
    const [code] = (await exit) as [number];
    if (code !== 0) throw new Error(`The core under measurement ended with ${code}.`);
    return results(JSON.parse(printed) as Measured);
  } finally {
    sender.kill();
    steady.close();
    steady.closeAllConnections();
  }
}

function results({ nothing, others }: Measured): readonly Result[] {
  const idleMs = quantile(
    nothing.map(({ errorMs }) => errorMs),
    0.5,
  );
  // Later ones hold what the streams before them left.
  const idleMb = nothing[0]!.memoryMb;
  return others.map(({ what, errorMs, memoryMb }) => {
    const value = errorMs / idleMs;
    return {
      id: 'R6',
      what: `largest error of a recorded gap beside ${what}, over nothing beside it`,
      value,
      target: TARGET,
      met: value <= TARGET,
      note: `${errorMs.toFixed(1)} over ${idleMs.toFixed(1)} ms, ${Math.round(memoryMb)} MB over ${Math.round(idleMb)}`,
    };
  });
}
