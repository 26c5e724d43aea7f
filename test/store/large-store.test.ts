/** A store that has grown: what a start reads of it does not grow with it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { databaseFile, openFile } from '../../src/main/core/store/database.ts';
import { seed } from '../bench/seed.ts';
import { madeReads } from './made-reads.ts';
import { dataFolder, open } from './support.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { COMPLETE, newTrace } from './traces.ts';

interface Started {
  readonly total: number;
  readonly reads: number;
  readonly bytes: number;
}

/** How many traces are made; the others are copies of their rows. */
const MADE = 100;

/** A table's rows once more for each row of `copies`; `changed`: expressions for the columns in which the n-th copy differs. */
function copyRows(db: Database.Database, table: string, changed: Readonly<Record<string, string>>): void {
  const columns = db.prepare(`SELECT name FROM pragma_table_info(?)`).pluck().all(table) as string[];
  db.exec(
    `INSERT INTO ${table} (${columns.join(', ')})
      SELECT ${columns.map((name) => changed[name] ?? name).join(', ')} FROM copies, ${table}`,
  );
}

/** So many traces with all that the store keeps of them, in a fraction of the time that making each would take. Gives the oldest. */
function grow(db: Database.Database, traces: number): TraceId {
  const [first] = seed(db, MADE, 2);
  const last = db.prepare('SELECT max(nr) FROM traces').pluck().get() as number;
  db.exec(
    `CREATE TEMP TABLE copies AS WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT ${traces / MADE - 1}) SELECT n FROM n`,
  );
  const trace = `trace + n * ${last}`;
  db.transaction(() => {
    copyRows(db, 'traces', {
      nr: `nr + n * ${last}`,
      id: `substr(id, 1, 24) || printf('%012x', nr + n * ${last})`,
      started_at: `started_at + n * ${MADE} * 60000`,
    });
    for (const table of ['trace_documents', 'trace_facts', 'trace_values', 'provider_traces'])
      copyRows(db, table, { trace });
    copyRows(db, 'segments', { nr: 'NULL', trace });
  })();
  return first!;
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
