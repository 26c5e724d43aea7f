/** Entry of the store's thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerSetup } from './core/store/worker-messages.ts';
import { serveStore } from './core/store/serve.ts';

if (!parentPort) throw new Error('store-worker.ts is started by openStore, as a worker thread.');
serveStore(parentPort, workerData as WorkerSetup);
