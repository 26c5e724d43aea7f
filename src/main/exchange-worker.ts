/** Entry of the thread of exchanges. */
import { parentPort } from 'node:worker_threads';
import { serveExchanges } from './core/capture/serve-exchanges.ts';

if (!parentPort) throw new Error('exchange-worker.ts is started by the core, as a worker thread.');
serveExchanges(parentPort);
