/** Entry of a decode worker. */
import { parentPort, workerData } from 'node:worker_threads';
import { serveTasks, type DecodeWorkerData } from './core/decoding/serve-tasks.ts';

if (!parentPort) throw new Error('decode-worker.ts is started by the core, as a worker thread.');
serveTasks(parentPort, workerData as DecodeWorkerData);
