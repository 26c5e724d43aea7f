/** The window's side of the transport benchmarks: takes what comes over its port and says when it has all. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { createClient } from '../../src/shared/rpc/client.ts';
import { messagePort } from '../../src/shared/rpc/message-port.ts';
import { traceId } from '../../src/shared/model/ids.ts';

export interface Job {
  readonly port: MessagePort;
  readonly how: 'contract' | 'each';
  readonly items: number;
}

parentPort!.on('message', ({ port, how, items }: Job) => {
  if (how === 'each') takeEach(port, items);
  else takeStream(port, items);
});

function takeEach(port: MessagePort, items: number): void {
  let taken = 0;
  port.on('message', () => {
    if (++taken === items) done(port, taken);
  });
}

function takeStream(port: MessagePort, items: number): void {
  const client = createClient(async () => messagePort(port));
  let taken = 0;
  client.subscribe(
    'traces.items',
    { id: traceId('t') },
    {
      items(batch) {
        taken += batch.length;
        if (taken === items) {
          client.close();
          done(port, taken);
        }
      },
    },
  );
}

function done(port: MessagePort, taken: number): void {
  port.close();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins.
  parentPort!.postMessage(taken);
}
