/**
 * Loaded by Node into each thread of a host before the thread's own module: now and then it collects the thread's garbage, and
 * writes what is left into a file named after the thread. What it is told stands in the environment.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread, threadName } from 'node:worker_threads';

/** Of one thread, in bytes. */
export interface ThreadMemory {
  readonly thread: string;
  /** What cannot be collected: objects, and the buffers that they hold. */
  readonly held: number;
  /** What the heap has of the system, whether it is in use or not. */
  readonly heap: number;
}

/** The folder of the files, and the time between two collections. */
export const FOLDER = 'TRACELANE_THREAD_MEMORY';
export const EVERY_MS = 'TRACELANE_THREAD_MEMORY_MS';

const folder = process.env[FOLDER];
if (folder !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const thread = (isMainThread ? null : threadName) ?? 'main';
  const file = join(folder, `${thread}.json`);
  const measure = (): void => {
    const heap = getHeapStatistics().total_physical_size;
    collect();
    const { heapUsed, external } = process.memoryUsage();
    writeFileSync(`${file}.new`, JSON.stringify({ thread, held: heapUsed + external, heap } satisfies ThreadMemory));
    renameSync(`${file}.new`, file);
  };
  setInterval(measure, Number(process.env[EVERY_MS])).unref();
  process.on('exit', () => rmSync(file, { force: true }));
}
