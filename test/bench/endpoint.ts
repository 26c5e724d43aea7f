/** An endpoint that streams a chat answer at a steady rate, for what is measured on live runs. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { textFrames } from './streams.ts';

/** Events a second. */
export const RATE = 2_000;
const TICK_MS = 4;

export interface Endpoint {
  /** Without a path. */
  readonly url: string;
  readonly server: Server;
  readonly frames: readonly string[];
  close(): Promise<void>;
}

/** `seconds`: how long an answer is. `other`: takes requests that are no POST. `rate`: events a second. */
export async function startEndpoint(
  seconds: number,
  other: RequestListener = (_, response) => response.writeHead(404).end(),
  rate = RATE,
): Promise<Endpoint> {
  const frames = textFrames('chat_completions', rate * seconds);
  const server = createServer((request, response) => {
    if (request.method !== 'POST') return other(request, response);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.on(
      'close',
      paced(
        frames,
        (frame) => response.write(frame),
        () => response.end(),
        rate,
      ),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    frames,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Gives each item when it is due; returns what stops it. */
export function paced<Item>(
  items: readonly Item[],
  give: (item: Item) => void,
  end: () => void,
  rate = RATE,
): () => void {
  const start = performance.now();
  let given = 0;
  const timer = setInterval(() => {
    const due = Math.min(items.length, Math.floor(((performance.now() - start) / 1000) * rate));
    while (given < due) give(items[given++]!);
    if (given < items.length) return;
    clearInterval(timer);
    end();
  }, TICK_MS);
  return () => clearInterval(timer);
}
