/**
 * The other side of the proxy's bench, in a process of its own: the provider that streams, and the client that times. It is told
 * jobs over its channel; each is one shape of stream over one address.
 */
import { createServer, connect, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** How a stream is said: so many writes of so many bytes, so long apart; `path` is where it is asked for. */
export interface Job {
  readonly port: number;
  readonly path: string;
  readonly writes: number;
  readonly bytes: number;
  readonly gapMs: number;
  readonly streams: number;
}

/** Milliseconds. `delays`: of each write, from before it is made to its arrival. */
export interface Timed {
  readonly firstMs: readonly number[];
  readonly delays: readonly number[];
  readonly totalMs: number;
  readonly bytes: number;
}

const STAMP = 16;

/** Each write begins with the time at which it is made; the rest is filled. */
async function stream(
  socket: Socket,
  { writes, bytes, gapMs }: Pick<Job, 'writes' | 'bytes' | 'gapMs'>,
): Promise<void> {
  socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n');
  const fill = 'x'.repeat(bytes - STAMP - 8);
  for (let i = 0; i < writes; i++) {
    if (gapMs > 0) await new Promise((resolve) => setTimeout(resolve, gapMs));
    const more = socket.write(`data: ${performance.now().toFixed(4).padStart(STAMP)}${fill}\n\n`);
    if (!more) await once(socket, 'drain');
  }
  socket.end();
}

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.once('data', (head: Buffer) => {
    const [, writes, bytes, gapMs] = /\/(\d+)-(\d+)-(\d+)/.exec(head.toString('latin1'))!.map(Number);
    void stream(socket, { writes: writes!, bytes: bytes!, gapMs: gapMs! });
  });
});

async function one({ port, path, writes, bytes, gapMs }: Job): Promise<Omit<Timed, 'totalMs'>> {
  const start = performance.now();
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  await once(socket, 'connect');
  socket.write(`GET ${path}/${writes}-${bytes}-${gapMs} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
  let first: number | undefined;
  let [total, rest] = [0, ''];
  const delays: number[] = [];
  socket.on('data', (read: Buffer) => {
    const now = performance.now();
    first ??= now - start;
    total += read.length;
    if (gapMs === 0) return;
    rest += read.toString('latin1');
    for (const [, made] of rest.matchAll(/data: +(\d+\.\d+)/g)) delays.push(now - Number(made));
    rest = rest.endsWith('\n\n') ? '' : rest.slice(rest.lastIndexOf('\n\n') + 2);
  });
  await once(socket, 'close');
  return { firstMs: [first!], delays, bytes: total };
}

async function run(job: Job): Promise<Timed> {
  const start = performance.now();
  const all = await Promise.all(Array.from({ length: job.streams }, () => one(job)));
  return {
    firstMs: all.flatMap(({ firstMs }) => firstMs),
    delays: all.flatMap(({ delays }) => delays),
    totalMs: performance.now() - start,
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
process.on('message', (job: Job) => void run(job).then((timed) => process.send!(timed)));
process.on('disconnect', () => process.exit());
