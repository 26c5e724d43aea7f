/** Entry of the store's thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveStore, type WorkerSetup } from './core/store/serve.ts';
import { giveWay } from './core/worker/priority.ts';

if (!parentPort) throw new Error('store-worker.ts is started by openStore, as a worker thread.');
giveWay();
serveStore(parentPort, workerData as WorkerSetup);
