/**
 * The store's thread with a wish to die: run by failing.test.ts, which says in a file `die` in the data folder at which moment
 * of the next write it does. It dies once, or, when that says `always`, at each write.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { serveStore, type WorkerSetup } from '../../src/main/core/store/serve.ts';
import type { ChannelMessage } from '../../src/main/core/worker/channel.ts';

const port = parentPort!;
const setup = workerData as WorkerSetup;
const file = join(setup.dataDir, 'die');

function dieIf(moment: string): void {
  const wish = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (wish !== moment && wish !== 'always') return;
  if (wish !== 'always') rmSync(file);
  process.exit(3);
}

const writes = new Set<number>();
port.on('message', (message: ChannelMessage) => {
  if (message.type !== 'request' || message.name !== 'write') return;
  writes.add(message.id);
  dieIf('before it writes');
});
const post = port.postMessage.bind(port);
port.postMessage = (message: ChannelMessage, transfer) => {
  if (message.type === 'response' && writes.has(message.id)) dieIf('after it wrote, before it said so');
  post(message, transfer as never);
};
serveStore(port, setup);
