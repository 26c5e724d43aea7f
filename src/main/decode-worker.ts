/**
 * Entry of the threads that read what streams and files hold: for live streams, for tasks on stored traces, for files. Its data says which it
 * is.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { LaneWorkerData } from './core/decoding/lane-thread.ts';
import { serveLanes } from './core/decoding/serve-lanes.ts';
import { serveTasks, type DecodeWorkerData } from './core/decoding/serve-tasks.ts';
import { giveWay } from './core/worker/priority.ts';
import { serveRecognition, type RecognitionData } from './core/imports/serve-recognition.ts';

if (!parentPort) throw new Error('decode-worker.ts is started by the core, as a worker thread.');
giveWay();
const data = workerData as DecodeWorkerData | LaneWorkerData | RecognitionData;
if ('place' in data) serveLanes(parentPort, new Int32Array(data.place));
else if ('recognizes' in data) serveRecognition(parentPort);
else serveTasks(parentPort, data);
