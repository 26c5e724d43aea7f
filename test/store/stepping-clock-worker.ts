/** The store's thread with a clock that a test sets: run by list.test.ts, which writes into a file `step` how far it is off. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { serveStore, type WorkerSetup } from '../../src/main/core/store/serve.ts';

const setup = workerData as WorkerSetup;
const file = join(setup.dataDir, 'step');
const { now } = Date;
Date.now = () => now() + (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0);
serveStore(parentPort!, setup);
