/** Entry of the store's thread. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveStore, type WorkerSetup } from './core/store/serve.ts';

if (!parentPort) throw new Error('store-worker.ts is started by openStore, as a worker thread.');
serveStore(parentPort, workerData as WorkerSetup);
