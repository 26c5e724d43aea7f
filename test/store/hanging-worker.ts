/**
 * The store's thread on a disk that hangs: run by waiting.test.ts. Before each write it adds a byte to a file beside the data
 * folder, and waits as long as there is an empty file `hang` in that.
 */
import { appendFileSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { serveStore, type WorkerSetup } from '../../src/main/core/store/serve.ts';
import type { ChannelMessage } from '../../src/main/core/worker/channel.ts';

const port = parentPort!;
const setup = workerData as WorkerSetup;
const [hang, tries] = [join(setup.dataDir, 'hang'), `${setup.dataDir}.tries`];
const still = new Int32Array(new SharedArrayBuffer(4));

port.on('message', (message: ChannelMessage) => {
  if (message.type !== 'request' || message.name !== 'write') return;
  appendFileSync(tries, '.');
  while (existsSync(hang) && statSync(hang).size === 0) Atomics.wait(still, 0, 0, 5);
});
serveStore(port, setup);
