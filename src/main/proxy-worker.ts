/** Entry of the capture proxy's thread. */
import { parentPort } from 'node:worker_threads';
import { serveProxy } from './core/proxy/thread/serve-proxy.ts';

if (!parentPort) throw new Error('proxy-worker.ts is started by the core, as a worker thread.');
serveProxy(parentPort);
