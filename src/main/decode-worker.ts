/** Entry of the threads that decode: one for live streams, others for tasks on stored traces. Its data says which it is. */
import { parentPort, workerData } from 'node:worker_threads';
import type { LaneWorkerData } from './core/decoding/lane-thread.ts';
import { serveLanes } from './core/decoding/serve-lanes.ts';
import { serveTasks, type DecodeWorkerData } from './core/decoding/serve-tasks.ts';

if (!parentPort) throw new Error('decode-worker.ts is started by the core, as a worker thread.');
const data = workerData as DecodeWorkerData | LaneWorkerData;
if ('place' in data) serveLanes(parentPort, new Int32Array(data.place));
else serveTasks(parentPort, data);
