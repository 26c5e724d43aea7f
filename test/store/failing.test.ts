/**
 * Writing that fails while the program runs: it is told, what arrives is kept up to a bound and written once that works again,
 * and nothing is lost in silence or twice. And a thread that dies: it is started again, with what it had not confirmed.
 */
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openReadOnly } from '../../src/main/core/store/read-only.ts';
import { count } from '../../src/shared/text/count.ts';
import type { Store } from '../../src/main/core/store/store.ts';
import { canMount, remount, smallDisk } from './small-disk.ts';
import { allReads, cutEvenly, dataFolder, next, noise, open, plain, start } from './support.ts';
import { COMPLETE, newTrace } from './traces.ts';

/** Every sentence that was told, `undefined` for the all-clear. */
function listen(store: Store): (string | undefined)[] {
  const told: (string | undefined)[] = [];
  store.onWriteProblem((sentence) => told.push(sentence));
  return told;
}

const allClear = (store: Store): Promise<unknown> =>
  next<string | undefined>(
    (listener) => store.onWriteProblem(listener),
    (sentence) => sentence === undefined,
  );

const tmpfs = canMount('a disk that fills up is');

describe.runIf(tmpfs)('R3 G4 a disk that fills up', () => {
  test('is told; reading works; what came meanwhile is written once there is space', async () => {
    const dataDir = smallDisk('2m');
    const store = await open(dataDir);
    const told = listen(store);
    const trace = newTrace();
    await store.createTrace(trace);
    const reads = cutEvenly(noise(4_000_000), 5000);
    for (let at = 0; at < reads.length; at += 20) {
      store.appendReads(trace.id, reads.slice(at, at + 20));
      await store.flush();
    }
    expect(told[0]).toMatch(
      /^The disk that holds .*tracelane\.db is full\. New data is kept in memory, up to 64 MB, and written as soon as writing works again\. Free some space\.$/,
    );
    const stored = (await store.get(trace.id)).storedReads;
    expect(stored).toBeGreaterThan(0);
    expect(stored).toBeLessThan(reads.length);
    // From the file as far as it goes, then from memory.
    expect(plain(await allReads(store, trace.id))).toEqual(plain(reads));
    await store.finishTrace(trace.id, COMPLETE);
    expect((await store.get(trace.id)).ending).toEqual(COMPLETE.ending);
    await expect(store.createTrace(newTrace())).rejects.toMatchObject({
      code: 'not-stored',
      message: expect.stringContaining('is full. This was not stored. Free some space.'),
    });
    await expect(store.star([trace.id], true)).rejects.toMatchObject({ code: 'not-stored' });

    const clear = allClear(store);
    remount(dataDir, 'size=32m');
    await clear;
    await store.flush();
    expect(told.at(-1)).toBeUndefined();
    const reader = openReadOnly(dataDir);
    expect(plain(reader.reads(trace.id, 0, 10_000_000))).toEqual(plain(reads));
    expect(reader.get(trace.id).ending).toEqual(COMPLETE.ending);
    reader.close();
    await store.star([trace.id], true);
  });

  test('and stays so takes no more memory than it may, and what was lost is said by the trace', async () => {
    const dataDir = smallDisk('1m');
    const store = await open(dataDir, { unwrittenBytes: 1_000_000 });
    const told = listen(store);
    const [long, other] = [newTrace(), newTrace()];
    await store.createTrace(long);
    await store.createTrace(other);
    const reads = cutEvenly(noise(4_000_000), 5000);
    for (let at = 0; at < reads.length; at += 20) {
      store.appendReads(long.id, reads.slice(at, at + 20));
      await store.flush();
    }
    expect(told.at(-1)).toContain(`There was not enough room for all of it. Lost: "${long.title}" from byte `);
    const from = Number(/from byte (\d+) on/.exec(told.at(-1)!)![1]);
    const clear = allClear(store);
    // Reads after those that were lost are lost too, though there is room again: a stored body has no holes.
    remount(dataDir, 'size=32m');
    await store.flush();
    store.appendReads(other.id, cutEvenly(Buffer.from('fits'), 2));
    await store.finishTrace(other.id, COMPLETE);
    await store.finishTrace(long.id, COMPLETE);
    await clear;
    const trace = await store.get(long.id);
    expect(trace.storedBytes).toBe(from);
    expect(trace.ending).toEqual({
      ...COMPLETE.ending,
      advice: `The stored trace is incomplete: ${count(4_000_000 - from)} bytes (${count((4_000_000 - from) / 5000)} reads) from byte ${from} on could not be written and did not fit in memory.`,
    });
    expect(plain(await allReads(store, long.id))).toEqual(plain(reads.slice(0, from / 5000)));
    expect((await store.get(other.id)).ending).toEqual(COMPLETE.ending);
  });

  test('does not keep the store from closing', async () => {
    const dataDir = smallDisk('1m');
    const store = await open(dataDir);
    const trace = newTrace();
    await store.createTrace(trace);
    store.appendReads(trace.id, cutEvenly(noise(2_000_000), 5000));
    await store.finishTrace(trace.id, COMPLETE);
    expect(await store.close()).toMatch(
      /^The disk that holds .*tracelane\.db is full\. What was not written yet is lost \([\d,]+ bytes\)\. Free some space\.$/,
    );
    await expect(store.get(trace.id)).rejects.toMatchObject({ code: 'store-closed' });
    const other = await open(dataFolder());
    expect(await other.close()).toBeUndefined();
  });
});

describe('R1 a file that is taken away', () => {
  test('is told, and written again where nothing is in its place', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir);
    const told = listen(store);
    const trace = newTrace();
    await store.createTrace(trace);
    const reads = cutEvenly(noise(300_000), 1000);
    store.appendReads(trace.id, reads.slice(0, 150));
    await store.flush();
    const clear = allClear(store);
    for (const name of ['tracelane.db', 'tracelane.db-wal', 'tracelane.db-shm']) rmSync(join(dataDir, name));
    store.appendReads(trace.id, reads.slice(150));
    await clear;
    await store.finishTrace(trace.id, COMPLETE);
    expect(told).toEqual([expect.stringMatching(/was moved or deleted while/), undefined]);
    expect(existsSync(join(dataDir, 'tracelane.db'))).toBe(true);
    await store.close();
    const again = await open(dataDir);
    expect(plain(await allReads(again, trace.id))).toEqual(plain(reads));
  });

  test('is not written over what is in its place', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir);
    const file = join(dataDir, 'tracelane.db');
    const trace = newTrace();
    await store.createTrace(trace);
    renameSync(file, `${file}.away`);
    writeFileSync(file, 'somebody else’s');
    store.appendReads(trace.id, cutEvenly(Buffer.from('body'), 2));
    await store.flush();
    await expect(store.star([trace.id], true)).rejects.toMatchObject({ code: 'not-stored' });
    const clear = allClear(store);
    renameSync(`${file}.away`, file);
    await clear;
    await store.finishTrace(trace.id, COMPLETE);
    expect((await store.get(trace.id)).storedBytes).toBe(4);
  });
});

describe('J4 a thread that dies', () => {
  const worker = new URL('dying-worker.ts', import.meta.url);
  test.each(['before it writes', 'after it wrote, before it said so'])(
    '%s: the batch is sent again and nothing is there twice',
    async (when) => {
      const dataDir = dataFolder();
      const store = await open(dataDir, { worker });
      const told = listen(store);
      const trace = newTrace();
      await store.createTrace(trace);
      store.setLive(trace.id, { model: 'live' });
      const reads = cutEvenly(noise(500_000), 1000);
      store.appendReads(trace.id, reads.slice(0, 300));
      await store.flush();
      writeFileSync(join(dataDir, 'die'), when);
      store.appendReads(trace.id, reads.slice(300));
      expect(existsSync(join(dataDir, 'die'))).toBe(true);
      const starred = store.star([trace.id], true);
      await store.flush();
      await starred;
      expect(existsSync(join(dataDir, 'die'))).toBe(false);
      const row = await store.get(trace.id);
      expect(row).toMatchObject({ starred: true, model: 'live' });
      // Still running: the new thread does not take it for one that a crash left.
      expect(row).not.toHaveProperty('ending');
      await store.finishTrace(trace.id, COMPLETE);
      expect(plain(await allReads(store, trace.id))).toEqual(plain(reads));
      expect(store.problem).toBeUndefined();
      expect(told).toEqual([]);
    },
  );

  test('again and again: the store gives up, says so, and answers nothing more', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir, { worker });
    const trace = newTrace();
    await store.createTrace(trace);
    const sentence = next<string | undefined>((listener) => store.onWriteProblem(listener));
    writeFileSync(join(dataDir, 'die'), 'always');
    await expect(store.star([trace.id], true)).rejects.toMatchObject({ code: 'not-stored' });
    expect(await sentence).toMatch(/^The store stopped working .* Restart Tracelane\.$/);
    store.appendReads(trace.id, cutEvenly(Buffer.from('body'), 2));
    await store.finishTrace(trace.id, COMPLETE);
    await expect(store.get(trace.id)).rejects.toMatchObject({ code: 'store-closed' });
    await store.close();
    const again = await start(dataDir);
    expect((await again.get(trace.id)).ending?.state).toBe('truncated');
  });
});

test('G17 a reader in the way of the log does not make it grow without end', async () => {
  const dataDir = dataFolder();
  const store = await open(dataDir);
  const trace = newTrace();
  await store.createTrace(trace);
  const reads = cutEvenly(noise(12_000_000), 4000);
  for (let at = 0; at < reads.length; at += 100) {
    store.appendReads(trace.id, reads.slice(at, at + 100));
    const reader = openReadOnly(dataDir);
    reader.reads(trace.id, Math.max(0, at - 1000));
    await store.flush();
    reader.close();
  }
  // What SQLite brings into the file by itself is 4 MB at a time; a batch may come on top.
  expect(statSync(join(dataDir, 'tracelane.db-wal')).size).toBeLessThan(8 * 2 ** 20);
  await store.finishTrace(trace.id, COMPLETE);
  expect((await store.get(trace.id)).storedReads).toBe(reads.length);
});
