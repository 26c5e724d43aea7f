/** A comparison does not hold the JSON of the events: it is made in a thread with less memory than they take. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';

const MANY = 20_000;
const MEMORY_MB = 64;

test('a stream is compared in less memory than its parsed events take', async () => {
  const worker = new Worker(new URL('large-worker.ts', import.meta.url), {
    workerData: { events: MANY },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  });
  expect(await once(worker, 'message')).toEqual([MANY]);
});
