/** Bits that flip in the file while the program uses it: what is hit is said to be damaged, all else is read, and recording goes on. */
import { closeSync, openSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { fileIn, filled } from './filled.ts';
import { madeReads } from './made-reads.ts';
import { allReads, dataFolder, open, openWithBundledWorker, plain } from './support.ts';
import { COMPLETE, newTrace } from './traces.ts';

await openWithBundledWorker();

const PAGE = 4096;
const TRACES = 60;
const READS = 60;

/** The file's own pages of a table, in order. */
function pagesOf(file: string, table: string, type: 'leaf' | 'overflow'): readonly number[] {
  const db = new Database(file, { readonly: true });
  const sql = 'SELECT pageno FROM dbstat WHERE name = ? AND pagetype = ? ORDER BY pageno';
  const pages = db.prepare<[string, string], number>(sql).pluck().all(table, type);
  db.close();
  return pages;
}

function flip(file: string, from: number, bytes = 1): void {
  const fd = openSync(file, 'r+');
  const held = Buffer.alloc(bytes);
  readSync(fd, held, 0, bytes, from);
  writeSync(
    fd,
    held.map((byte) => byte ^ 4),
    0,
    bytes,
    from,
  );
  closeSync(fd);
}

/** Where it is hit, and how many of the traces may be lost by it. */
const HITS: Readonly<Record<string, { readonly hit: (file: string) => void; readonly lost: number }>> = {
  'a bit of a row': {
    hit: (file) => flip(file, readFileSync(file).indexOf('"events":') + 1),
    lost: 0,
  },
  'a bit of what was recorded': {
    hit: (file) => flip(file, (pagesOf(file, 'segments', 'overflow')[3]! - 1) * PAGE + 2000),
    lost: 1,
  },
  'the head of a page of the list': {
    hit: (file) => flip(file, (pagesOf(file, 'traces', 'leaf')[1]! - 1) * PAGE, 12),
    lost: 30,
  },
};

test.each(Object.keys(HITS))('R14 G8 %s', async (what) => {
  const dataDir = dataFolder();
  const file = fileIn(dataDir);
  const ids = await filled(dataDir, TRACES);
  const store = await open(dataDir, { restMs: 20, retryMs: 50 });
  const trace = newTrace();
  const reads = madeReads(trace.id, READS, 3000);
  await store.createTrace(trace);
  store.appendReads(trace.id, reads.slice(0, READS / 2));
  await store.flush();
  await expect.poll(() => statSync(`${file}-wal`).size).toBe(0);

  const { hit, lost } = HITS[what]!;
  hit(file);

  const { rows, total } = await store.list({ limit: 100 });
  expect([total, new Set(rows.map(({ id }) => id))]).toEqual([TRACES + 1, new Set([...ids, trace.id])]);
  const whole = async (id: TraceId): Promise<boolean> => {
    const read = await allReads(store, id).catch((error: unknown) => error);
    if (!(read instanceof Error)) expect(plain(read as typeof reads)).toEqual(plain(madeReads(id, 20, 5000)));
    else expect(read).toMatchObject({ name: 'ServiceError', code: expect.stringMatching(/^(damaged|store)$/) });
    return !(read instanceof Error);
  };
  const read = await Promise.all(ids.map(whole));
  expect(read.filter((one) => !one).length).toBeLessThanOrEqual(lost);
  if (lost > 0) expect(read).toContain(false);

  store.appendReads(trace.id, reads.slice(READS / 2));
  await store.finishTrace(trace.id, COMPLETE);
  expect(await store.close()).toBeUndefined();
  const again = await open(dataDir);
  expect(plain(await allReads(again, trace.id))).toEqual(plain(reads));
  expect((await again.list({ limit: 1 })).total).toBe(TRACES + 1);
});

test('R14 G8 the head of the file: it is said while the program runs and again when it ends, with what is lost', async () => {
  const dataDir = dataFolder();
  const ids = await filled(dataDir, 3);
  const store = await open(dataDir, { restMs: 20, retryMs: 50 });
  const told: (string | undefined)[] = [];
  store.onWriteProblem((sentence) => told.push(sentence));
  await store.star([ids[0]!], true);
  await expect.poll(() => statSync(`${fileIn(dataDir)}-wal`).size).toBe(0);

  flip(fileIn(dataDir), 100, 12);

  const trace = newTrace();
  await store.createTrace(trace).catch(() => undefined);
  store.appendReads(trace.id, madeReads(trace.id, READS, 3000));
  await expect.poll(() => told.at(-1)).toMatch(/^The trace file .* is damaged \(.*\)\..* tracelane (?:-- )?repair /);
  await expect(allReads(store, ids[0]!)).rejects.toMatchObject({ name: 'ServiceError' });
  expect(await store.close()).toMatch(/is damaged .* is lost .* tracelane (?:-- )?repair /);
});
