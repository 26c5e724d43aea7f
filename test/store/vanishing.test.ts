/**
 * Whatever happens to the file while the program runs, at rest or in the middle of a run: what lies in its place afterwards is a
 * whole database, either with all that was recorded or exactly what somebody put there.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../src/main/core/store/store.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { madeReads } from './made-reads.ts';
import { allReads, dataFolder, next, open, openWithBundledWorker, plain } from './support.ts';
import { COMPLETE, newTrace } from './traces.ts';

await openWithBundledWorker();

const READS = 60;
const fileIn = (dataDir: string): string => join(dataDir, 'tracelane.db');
const logIn = (dataDir: string): string => `${fileIn(dataDir)}-wal`;

/** A store that rests soon, unless what happens is to find its log, and tries again soon. */
const openSoon = (dataDir: string, atRest: boolean): Promise<Store> =>
  open(dataDir, { retryMs: 50, ...(atRest && { restMs: 20 }) });

/** As after some time without a write: the log is in the file, and empty. A reader of the file can do that as well. */
async function rest(store: Store, dataDir: string): Promise<void> {
  await expect.poll(() => readFileSync(logIn(dataDir)).length, { timeout: 30_000 }).toBe(0);
  // What answers this has done with it.
  await store.list({ limit: 1 });
}

/** Records half of a trace, lets something happen to the file, records the other half. */
async function recordAround(
  store: Store,
  dataDir: string,
  happens: () => void,
  atRest: boolean,
): Promise<{ readonly id: TraceId; readonly told: readonly (string | undefined)[] }> {
  const told: (string | undefined)[] = [];
  store.onWriteProblem((sentence) => told.push(sentence));
  const trace = newTrace();
  await store.createTrace(trace);
  const reads = madeReads(trace.id, READS, 3000);
  store.appendReads(trace.id, reads.slice(0, READS / 2));
  await store.flush();
  if (atRest) await rest(store, dataDir);
  happens();
  store.appendReads(trace.id, reads.slice(READS / 2));
  await store.finishTrace(trace.id, COMPLETE);
  return { id: trace.id, told };
}

const allClear = (store: Store): Promise<unknown> =>
  next<string | undefined>(
    (listener) => store.onWriteProblem(listener),
    (sentence) => sentence === undefined,
  );

function expectWhole(dataDir: string): void {
  const db = new Database(fileIn(dataDir), { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  db.close();
}

async function expectRecorded(dataDir: string, ids: readonly TraceId[]): Promise<void> {
  expectWhole(dataDir);
  const again = await open(dataDir);
  expect(again.problem).toBeUndefined();
  for (const id of ids) expect(plain(await allReads(again, id))).toEqual(plain(madeReads(id, READS, 3000)));
  await again.close();
  expectWhole(dataDir);
}

const atRestOrNot = [
  ['at rest', true],
  ['in the middle of writing', false],
] as const;

describe.each(atRestOrNot)('R1 taken away %s', (_when, atRest) => {
  const sides = ['tracelane.db', 'tracelane.db-wal', 'tracelane.db-shm'];
  const ways: Readonly<Record<string, (dataDir: string) => void>> = {
    'the file alone deleted': (dataDir) => rmSync(fileIn(dataDir)),
    'the file alone moved': (dataDir) => renameSync(fileIn(dataDir), join(dataDir, '..', 'elsewhere.db')),
    'the file and all beside it deleted': (dataDir) => sides.forEach((side) => rmSync(join(dataDir, side))),
    'the whole folder deleted': (dataDir) => rmSync(dataDir, { recursive: true }),
    'the whole folder moved': (dataDir) => renameSync(dataDir, `${dataDir}.away`),
    'the log deleted': (dataDir) => rmSync(logIn(dataDir)),
    'the log and the shared memory deleted': (dataDir) => sides.slice(1).forEach((side) => rmSync(join(dataDir, side))),
    'the shared memory deleted': (dataDir) => rmSync(join(dataDir, 'tracelane.db-shm')),
    'another log in place of its own': (dataDir) => {
      writeFileSync(join(dataDir, 'other'), 'of nobody');
      renameSync(join(dataDir, 'other'), logIn(dataDir));
    },
  };

  test.each(Object.keys(ways))('%s: all is in its place again', async (way) => {
    const dataDir = dataFolder();
    const before = await openSoon(dataDir, atRest);
    const first = newTrace();
    await before.createTrace(first);
    before.appendReads(first.id, madeReads(first.id, READS, 3000));
    await before.finishTrace(first.id, COMPLETE);
    const clear = allClear(before);
    const { id, told } = await recordAround(before, dataDir, () => ways[way]!(dataDir), atRest);
    if (told.length > 0) {
      expect(told[0]).toMatch(
        /^The trace file .* was moved or deleted while Tracelane was using it\. New data is kept/,
      );
      await clear;
    }
    // The database that decode workers read is the new one, too.
    expect((await before.get(id)).storedReads).toBe(READS);
    await before.close();
    await expectRecorded(dataDir, [first.id, id]);
    expect(readdirSync(dataDir).filter((name) => name.includes('rewritten'))).toEqual([]);
  });

  test.each(['the file alone deleted', 'the file alone moved', 'the log deleted'])(
    '%s, and the program ended without another write: all is in its place again',
    async (way) => {
      const dataDir = dataFolder();
      const store = await openSoon(dataDir, atRest);
      const { id } = await recordAround(store, dataDir, () => undefined, atRest);
      ways[way]!(dataDir);
      await store.close();
      await expectRecorded(dataDir, [id]);
    },
  );

  test('moved: what was moved is whole as well, with all that was recorded until then', async () => {
    const dataDir = dataFolder();
    const store = await openSoon(dataDir, atRest);
    const away = join(dataDir, '..', 'away.db');
    const { id } = await recordAround(store, dataDir, () => renameSync(fileIn(dataDir), away), atRest);
    await expect.poll(() => existsSync(fileIn(dataDir))).toBe(true);
    await store.close();
    const other = dataFolder();
    mkdirSync(other);
    renameSync(away, fileIn(other));
    expectWhole(other);
    const again = await open(other);
    expect((await again.get(id)).storedReads).toBe(READS / 2);
  });
});

describe.each(atRestOrNot)('R1 another file in its place %s', (_when, atRest) => {
  /** A file of an earlier day, to be put back. */
  async function backup(dataDir: string): Promise<TraceId> {
    const store = await open(dataDir);
    const trace = newTrace();
    await store.createTrace(trace);
    store.appendReads(trace.id, madeReads(trace.id, READS, 3000));
    await store.finishTrace(trace.id, COMPLETE);
    await store.close();
    return trace.id;
  }

  test('moved there: it is left as it is, also when the program ends', async () => {
    const [dataDir, other] = [dataFolder(), dataFolder()];
    const old = await backup(other);
    const bytes = readFileSync(fileIn(other));
    const store = await openSoon(dataDir, atRest);
    const { told } = await recordAround(store, dataDir, () => renameSync(fileIn(other), fileIn(dataDir)), atRest);
    expect(told[0]).toMatch(/was replaced by another file while Tracelane was using it/);
    await expect(store.star([old], true)).rejects.toMatchObject({ code: 'not-stored' });
    await store.close();
    expect(readFileSync(fileIn(dataDir)).equals(bytes)).toBe(true);
    await expectRecorded(dataDir, [old]);
  });

  test('moved there, and the program ended without another write: it is what it was', async () => {
    const [dataDir, other] = [dataFolder(), dataFolder()];
    const old = await backup(other);
    const store = await openSoon(dataDir, atRest);
    await recordAround(store, dataDir, () => undefined, atRest);
    renameSync(fileIn(other), fileIn(dataDir));
    await store.close();
    await expectRecorded(dataDir, [old]);
  });

  test('copied over it: it is what it was, and is used from then on', async () => {
    const [dataDir, other] = [dataFolder(), dataFolder()];
    const old = await backup(other);
    const store = await openSoon(dataDir, atRest);
    await recordAround(store, dataDir, () => undefined, atRest);
    const refused = next<string | undefined>(
      (listener) => store.onWriteProblem(listener),
      (sentence) => sentence?.startsWith('Part of the trace') === true,
    );
    const { id, told } = await recordAround(store, dataDir, () => copyFileSync(fileIn(other), fileIn(dataDir)), atRest);
    expect(told[0]).toMatch(/was overwritten by another program while Tracelane was using it/);
    expect(await refused).toMatch(/was not stored: This trace no longer exists/);
    expect((await store.list({ limit: 9 })).rows.map((row) => row.id)).toEqual([old]);
    await store.star([old], true);
    await expect(store.get(id)).rejects.toMatchObject({ code: 'not-found' });
    await store.close();
    await expectRecorded(dataDir, [old]);
    // What the log held of the one before is there to be looked at.
    if (!atRest) expect(readdirSync(dataDir)).toContain('tracelane.left.db-wal');
  });

  test('copied over it, and the program ended without another write: it is what it was', async () => {
    const [dataDir, other] = [dataFolder(), dataFolder()];
    const old = await backup(other);
    const store = await openSoon(dataDir, atRest);
    await recordAround(store, dataDir, () => undefined, atRest);
    copyFileSync(fileIn(other), fileIn(dataDir));
    await store.close();
    await expectRecorded(dataDir, [old]);
  });

  test.each(['cut to nothing', 'filled with something else'])('%s: said, and not written to', async (how) => {
    const dataDir = dataFolder();
    const store = await openSoon(dataDir, atRest);
    const bytes = how === 'cut to nothing' ? Buffer.alloc(0) : Buffer.from('Dear diary, '.repeat(5000));
    const { told } = await recordAround(
      store,
      dataDir,
      () => {
        truncateSync(fileIn(dataDir));
        writeFileSync(fileIn(dataDir), bytes);
      },
      atRest,
    );
    expect(told[0]).toMatch(/was overwritten by another program/);
    if (how === 'cut to nothing') return;
    const refusal = (): Promise<string> =>
      store.createTrace(newTrace()).then(
        () => 'stored',
        (error: Error) => error.message,
      );
    await expect.poll(refusal).toContain('is not a database');
    await expect(store.list({ limit: 1 })).rejects.toMatchObject({ code: 'store' });
    await store.close();
    expect(readFileSync(fileIn(dataDir)).equals(bytes)).toBe(true);
  });
});

test('a file that was only touched is written on', async () => {
  const dataDir = dataFolder();
  const store = await openSoon(dataDir, true);
  const { id, told } = await recordAround(store, dataDir, () => utimesSync(fileIn(dataDir), 1, 1), true);
  expect(told).toEqual([]);
  await store.close();
  await expectRecorded(dataDir, [id]);
});

test('of another program that took the folder which was made anew, nothing is written over', async () => {
  const dataDir = dataFolder();
  const store = await openSoon(dataDir, false);
  const { told } = await recordAround(
    store,
    dataDir,
    () => {
      renameSync(dataDir, `${dataDir}.away`);
      mkdirSync(dataDir);
    },
    false,
  );
  expect(told[0]).toMatch(/was moved or deleted/);
  await store.close();
});
