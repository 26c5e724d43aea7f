/** An export of a trace with many reads holds few of them at a time: it is made in a thread with less memory than they take. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { EXPORT_FORMATS } from '../../../src/main/core/exports/formats/registry.ts';

const MANY = 250_000;
const MEMORY_MB = 96;

/** A fixture holds all that the adapters emit of a body, as one value. */
const HELD: ReadonlySet<string> = new Set(['fixture']);

test.each(EXPORT_FORMATS.map(({ id }) => id).filter((id) => !HELD.has(id)))(
  'the format %s is made as the reads come',
  async (format) => {
    const worker = new Worker(new URL('large-worker.ts', import.meta.url), {
      workerData: { format, reads: MANY },
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    const [told] = (await once(worker, 'message')) as [{ readonly reads: number; readonly bytes: number }];
    expect(told.reads).toBe(MANY);
    expect(told.bytes).toBeGreaterThan(0);
  },
);
