/**
 * The store's thread with a wish to die: run by failing.test.ts, which says in a file `die` in the data folder at which moment
 * of the next write it does. It dies once, or, when that says `always`, at each write.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromWorker, ToWorker, WorkerSetup } from '../../src/main/core/store/worker-messages.ts';
import { serveStore } from '../../src/main/core/store/serve.ts';

const port = parentPort!;
const setup = workerData as WorkerSetup;
const file = join(setup.dataDir, 'die');

function dieIf(moment: string): void {
  const wish = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (wish !== moment && wish !== 'always') return;
  if (wish !== 'always') rmSync(file);
  process.exit(3);
}

port.on('message', (message: ToWorker) => {
  if (message.type === 'write') dieIf('before it writes');
});
const post = port.postMessage.bind(port);
port.postMessage = (message: FromWorker, transfer) => {
  if (message.type === 'written') dieIf('after it wrote, before it said so');
  post(message, transfer as never);
};
serveStore(port, setup);
