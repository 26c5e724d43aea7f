/** The reading thread's entry. */
import { parentPort } from 'node:worker_threads';
import { serveJobs } from './core/readings/reader-thread.ts';

if (parentPort) serveJobs(parentPort);
