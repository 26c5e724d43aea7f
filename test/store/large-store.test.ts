/** A store that has grown: what a start reads of it does not grow with it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { databaseFile, openFile } from '../../src/main/core/store/database.ts';
import { grow } from '../bench/seed.ts';
import { madeReads } from './made-reads.ts';
import { dataFolder, open } from './support.ts';
import { COMPLETE, newTrace } from './traces.ts';

interface Started {
  readonly total: number;
  readonly reads: number;
  readonly bytes: number;
}

/** Starts a program over a store with so many traces, the newest of so many reads, and a trace that takes so many bytes more. */
async function started(traces: number, reads: number, more: number): Promise<Started> {
  const dataDir = dataFolder();
  mkdirSync(dataDir, { mode: 0o700 });
  const db = openFile(databaseFile(dataDir));
  const first = grow(db, traces);
  db.prepare(
    `INSERT INTO segments (trace, first_read, start, reads, length, crc, places, body)
      SELECT nr, 1000, 1000000, 1, ?, 0, x'', zeroblob(?) FROM traces WHERE id = ?`,
  ).run(more, more, first);
  db.close();
  const store = await open(dataDir);
  const newest = newTrace();
  await store.createTrace(newest);
  store.appendReads(newest.id, madeReads(newest.id, reads, 1000));
  await store.finishTrace(newest.id, COMPLETE);
  await store.close();
  const child = fileURLToPath(new URL('started-child.ts', import.meta.url));
  return JSON.parse(execFileSync(process.execPath, [child, dataDir], { encoding: 'utf8' })) as Started;
}

/** Small files are checked page by page at the start; this one is no small file any more. */
const LARGE = 80_000_000;
/** For each trace: the list is counted by an index, whose entries are this long at most. All that is kept of the smallest is ten times that. */
const COUNTED_BYTES = 150;

test.runIf(process.platform === 'linux')(
  'G11 a start reads as much of a large store and of a long trace as of small ones',
  { timeout: 120_000 },
  async () => {
    const small = await started(100, 200, 0);
    const large = await started(10_000, 40_000, LARGE);
    expect([small.total, large.total]).toEqual([101, 10_001]);
    expect([small.reads, large.reads]).toEqual([200, expect.any(Number)]);
    expect(large.reads).toBeLessThan(3000);
    expect(large.bytes - small.bytes).toBeLessThan((large.total - small.total) * COUNTED_BYTES);
  },
);
