/** How much is kept, and what goes to keep within limits: the oldest first, never what somebody marked, while others are recorded. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { Keeping } from '../../src/main/core/keeping/keeping.ts';
import type { Store } from '../../src/main/core/store/store.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import type { Cleared, Retention } from '../../src/shared/rpc/contract.ts';
import { fileIn, filled } from './filled.ts';
import { afterwards, cutEvenly, dataFolder, noise, open, openWithBundledWorker } from './support.ts';
import { COMPLETE, newTrace } from './traces.ts';

await openWithBundledWorker();

const DAY = 86_400_000;

/** Traces of so many bytes of body each, the first one begun so many days ago. */
async function fill(store: Store, sizes: readonly number[], days = sizes.length): Promise<readonly TraceId[]> {
  const ids: TraceId[] = [];
  for (const [at, size] of sizes.entries()) {
    const trace = newTrace({ startedAt: Date.now() - (days - at) * DAY });
    await store.createTrace(trace);
    if (size > 0) store.appendReads(trace.id, cutEvenly(noise(size, at + 1), 4000));
    await store.finishTrace(trace.id, COMPLETE);
    ids.push(trace.id);
  }
  return ids;
}

const listed = async (store: Store) => (await store.list({ limit: 100 })).rows;
const NONE = { before: null, bytes: null };

test('each trace says how much it takes, and the store the sum of them', async () => {
  const store = await open(dataFolder());
  const [small, large] = await fill(store, [1000, 300_000]);
  const rows = await listed(store);
  const sizeOf = (id: TraceId): number => rows.find((row) => row.id === id)!.size!;
  expect(sizeOf(small!)).toBeGreaterThan(1000);
  expect(sizeOf(small!)).toBeLessThan(3000);
  expect(sizeOf(large!)).toBeGreaterThan(300_000);
  expect(sizeOf(large!)).toBeLessThan(320_000);
  const running = newTrace();
  await store.createTrace(running);
  expect((await store.get(running.id)).size).toBeUndefined();
  expect(await store.size()).toMatchObject({ traces: 3, bytes: sizeOf(small!) + sizeOf(large!), leaving: 0 });
  await store.delete([large!]);
  expect(await store.size()).toMatchObject({ traces: 2, bytes: sizeOf(small!), leaving: 1 });
});

test('a file of the format before gets the sizes of its traces', async () => {
  const dataDir = dataFolder();
  await filled(dataDir);
  const sizes = async () => (await listed(await open(dataDir))).map(({ size }) => size);
  const store = await open(dataDir);
  const before = (await listed(store)).map(({ size }) => size);
  await store.close();
  const db = new Database(fileIn(dataDir));
  db.exec(`DROP INDEX traces_filtered; DROP INDEX traces_sizes; ALTER TABLE traces DROP COLUMN size;
    CREATE INDEX traces_newest ON traces (started_at DESC, id DESC) WHERE deleted_at IS NULL`);
  db.pragma('user_version = 5');
  db.close();
  expect(before[0]).toBeGreaterThan(1000);
  expect(await sizes()).toEqual(before);
});

test('beyond limits of age and size go the oldest that have ended and bear no mark', async () => {
  const store = await open(dataFolder());
  const ids = await fill(store, [5000, 90_000, 40_000, 0, 60_000, 20_000, 70_000, 10_000]);
  const running = newTrace({ startedAt: Date.now() - 100 * DAY });
  await store.createTrace(running);
  await store.star([ids[1]!], true);
  await store.tag([ids[4]!], { add: ['keep'] });
  await store.delete([ids[7]!]);
  const rows = (await listed(store)).toReversed();
  const all = rows.reduce((sum, { size = 0 }) => sum + size, 0);
  expect(await store.going(NONE, 9)).toEqual([]);
  const ages = [null, 0, 0.5, 3.5, 6.5, 20];
  for (const days of ages)
    for (const bytes of [null, 0, 50_000, 150_000, all - 1, all]) {
      const before = days === null ? null : Date.now() - days * DAY;
      let left = all;
      // A clock that is set far ahead, or a long pause, deletes nothing.
      const goesOn = before !== null && rows.some(({ startedAt }) => startedAt >= before);
      const [expected, spared]: [TraceId[], TraceId[]] = [[], []];
      for (const { id, startedAt, size = 0, starred, tags, ending } of rows) {
        const goes = (goesOn && startedAt < before) || (bytes !== null && left > bytes);
        if (!ending || !goes) continue;
        (starred || tags ? spared : expected).push(id);
        if (!starred && !tags) left -= size;
      }
      const limits = { before, bytes };
      expect(await store.going(limits, 99), `${days} days, ${bytes} bytes`).toEqual(expected);
      expect(await store.going(limits, 2)).toEqual(expected.slice(0, 2));
      const of = rows.filter(({ id }) => expected.includes(id));
      expect(await store.outdated(limits)).toEqual({
        traces: expected.length,
        bytes: of.reduce((sum, { size = 0 }) => sum + size, 0),
        from: of.at(0)?.startedAt ?? null,
        to: of.at(-1)?.startedAt ?? null,
        spared: spared.length,
      });
    }
});

test('limits hold while traces are recorded, and what goes leaves the file', async () => {
  const dataDir = dataFolder();
  const store = await open(dataDir, { undoMs: 0 });
  const ids = await fill(store, [400_000, 400_000, 400_000, 400_000]);
  const running = newTrace();
  await store.createTrace(running);
  let retention: Retention = { days: null, megabytes: null };
  const keeping = new Keeping({ store, dataDir, settings: async () => ({ retention }), afterMs: 0 });
  afterwards(() => keeping.close());
  const told: Cleared[] = [];
  keeping.onCleared((cleared) => told.push(cleared));
  const services = keeping.services;
  expect(await services['store.outdated']({ retention: { days: 2.5, megabytes: null } })).toMatchObject({ traces: 2 });
  expect(await listed(store)).toHaveLength(5);

  await store.star([ids[0]!], true);
  retention = { days: 2.5, megabytes: null };
  keeping.look();
  const left = async () => (await listed(store)).map(({ id }) => id).toReversed();
  await expect.poll(left).toEqual([ids[0], ids[2], ids[3], running.id]);
  retention = { days: null, megabytes: 1.2 };
  // The end of another one is enough.
  store.appendReads(running.id, cutEvenly(noise(300_000), 4000));
  await store.finishTrace(running.id, COMPLETE);
  await expect.poll(left).toEqual([ids[0], ids[3], running.id]);
  await expect
    .poll(() => told)
    .toEqual([
      { traces: 1, retention: { days: 2.5, megabytes: null } },
      { traces: 2, retention },
    ]);
  await expect
    .poll(async () => {
      const { file, free, leaving } = await services['store.size']({});
      return leaving === 0 && free === 0 && file < 1_500_000;
    })
    .toBe(true);
  const files = readdirSync(dataDir).filter((name) => name.startsWith('tracelane.db'));
  const sum = files.reduce((bytes, name) => bytes + statSync(join(dataDir, name)).size, 0);
  expect(sum).toBeLessThan(1_600_000);
  expect(await store.get(ids[0]!)).toMatchObject({ starred: true, storedBytes: 400_000 });
});
