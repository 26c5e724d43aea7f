/** Entry of a reading thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { DecodeWorkerData } from './core/decoding/worker-messages.ts';
import { serveTasks } from './core/decoding/serve-tasks.ts';

if (!parentPort) throw new Error('decode-worker.ts is started by the core, as a worker thread.');
serveTasks(parentPort, workerData as DecodeWorkerData);
