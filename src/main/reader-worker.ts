/** Entry of a reading thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ReaderData } from './core/readings/reader-messages.ts';
import { serveJobs } from './core/readings/reader-thread.ts';

if (!parentPort) throw new Error('reader-worker.ts is started by the core, as a worker thread.');
serveJobs(parentPort, workerData as ReaderData);
