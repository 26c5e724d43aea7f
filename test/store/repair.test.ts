/** `tracelane repair`: from broken files of every kind each readable trace comes into a new one, and what does not is said. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isLossy, repair, RepairError, type Repaired } from '../../src/main/core/repair/repair.ts';
import type { Store } from '../../src/main/core/store/store.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { brokenFiles } from './broken-files.ts';
import { change, fileIn, filled, filledReads } from './filled.ts';
import { allReads, dataFolder, open, openWithBundledWorker, plain } from './support.ts';
import { newTrace } from './traces.ts';

await openWithBundledWorker();

function folderWith(bytes: Uint8Array): string {
  const dataDir = dataFolder();
  mkdirSync(dataDir);
  writeFileSync(fileIn(dataDir), bytes);
  return dataDir;
}

/** The traces that come out of a file of `ids` are whole, or what is lost of them is said; nothing else is in the new file. */
async function checkRepaired(dataDir: string, ids: readonly TraceId[], repaired: Repaired): Promise<void> {
  const store = await open(dataDir);
  expect(store.problem).toBeUndefined();
  const { rows } = await store.list({ limit: 100 });
  expect(rows.map(({ id }) => id).toSorted()).toEqual(repaired.traces.map(({ id }) => id).toSorted());
  for (const { id, lost } of repaired.traces) {
    if (lost.length === 0) {
      expect(ids).toContain(id);
      expect(await isWhole(store, id)).toBe(true);
    } else await checkPart(store, id);
  }
  if (!ids.every((id) => rows.some((row) => row.id === id))) expect(isLossy(repaired)).toBe(true);
  await store.close();
}

/** Compared as texts: what differs would fill the screen. */
const isWhole = async (store: Store, id: TraceId): Promise<boolean> =>
  JSON.stringify(plain(await allReads(store, id))) === JSON.stringify(plain(filledReads(id)));

/** What is left of its bytes stands where it stood. */
async function checkPart(store: Store, id: TraceId): Promise<void> {
  const whole = Buffer.concat(filledReads(id).map(({ bytes }) => bytes));
  for (let at = 0; at < whole.length; at += 5000) {
    const found = await store.bytes(id, at, at + 5000).catch((error: unknown) => error);
    if (found instanceof Error) expect(found).toMatchObject({ code: 'damaged' });
    else {
      const { bytes } = found as Awaited<ReturnType<Store['bytes']>>;
      expect(Buffer.compare(bytes, whole.subarray(at, at + bytes.length))).toBe(0);
    }
  }
}

test('a file in which nothing is wrong is left as it is', async () => {
  const dataDir = dataFolder();
  const ids = await filled(dataDir);
  const before = readFileSync(fileIn(dataDir));
  const names = readdirSync(dataDir);
  const repaired = repair(dataDir);
  expect(repaired).toMatchObject({ kept: undefined, broken: 0, lostPages: 0, gone: [] });
  expect(repaired.traces.map(({ id }) => id)).toEqual(ids);
  expect(readFileSync(fileIn(dataDir)).equals(before)).toBe(true);
  expect(readdirSync(dataDir)).toEqual(names);
});

test('G8 G9 broken files of every kind', { timeout: 300_000 }, async () => {
  const healthyDir = dataFolder();
  const ids = await filled(healthyDir, 2);
  const healthy = readFileSync(fileIn(healthyDir));
  let [files, brought] = [0, 0];
  for (const { name, bytes } of brokenFiles(healthy, Number(process.env['TRACELANE_TEST_SEED'] ?? 5))) {
    const dataDir = folderWith(bytes);
    try {
      const repaired = repair(dataDir);
      const { kept } = repaired;
      // A file that is whole is opened, which turns its log on where the header says that it has none.
      if (kept !== undefined) expect(readFileSync(kept).equals(bytes)).toBe(true);
      else expect(readFileSync(fileIn(dataDir)).subarray(100).equals(bytes.subarray(100))).toBe(true);
      await checkRepaired(dataDir, ids, repaired);
      if (kept !== undefined && files++ % 5 === 0) expect(repair(dataDir).kept).toBeUndefined();
      brought += repaired.traces.length;
    } catch (error) {
      if (!(error instanceof RepairError)) throw new Error(name, { cause: error });
      expect(error.message).toMatch(/was changed|Move it away/);
      expect(readFileSync(fileIn(dataDir)).equals(bytes)).toBe(true);
    }
  }
  expect(brought).toBeGreaterThan(files);
});

describe('what is lost is named:', () => {
  test('a segment in the middle of a body', async () => {
    const dataDir = dataFolder();
    const [first, hit, last] = await filled(dataDir);
    change(dataDir, 'DELETE FROM segments WHERE trace = 2 AND start = 0');
    const repaired = repair(dataDir);
    expect(repaired.traces.map(({ lost }) => lost.length)).toEqual([0, 1, 0]);
    expect(repaired.traces[1]).toMatchObject({ id: hit, lost: [expect.stringMatching(/^bytes 0 to \d+$/)] });
    await checkRepaired(dataDir, [first!, hit!, last!], repaired);
    expect(readdirSync(dataDir).filter((name) => name.includes('damaged'))).toHaveLength(1);
  });

  test('the rows of traces: their bytes come back under a name of their own', async () => {
    const dataDir = dataFolder();
    await filled(dataDir);
    change(dataDir, 'DELETE FROM traces');
    const repaired = repair(dataDir);
    expect(repaired.traces).toHaveLength(3);
    for (const { lost, title } of repaired.traces) {
      expect(lost).toContain('its name, numbers and ending');
      expect(title).toMatch(/^Recovered trace \d$/);
    }
    const store = await open(dataDir);
    for (const { id } of repaired.traces) {
      expect(await isWhole(store, id)).toBe(true);
      expect((await store.get(id)).api).toBe('chat_completions');
    }
  });

  test.each(['metrics', 'usage', 'finish', 'endpoint', 'options', 'state', 'framing'])('%s', async (column) => {
    const dataDir = dataFolder();
    await filled(dataDir);
    change(dataDir, `UPDATE traces SET ${column} = ? WHERE nr = 2`, '{"');
    const repaired = repair(dataDir);
    expect(repaired.traces.map(({ lost }) => lost.length > 0)).toEqual([false, true, false]);
    const store = await open(dataDir);
    for (const { id } of repaired.traces) expect((await store.get(id)).damaged).toBeUndefined();
    await store.close();
  });
});

test('a trace that was deleted does not come back', async () => {
  const dataDir = dataFolder();
  const ids = await filled(dataDir, 4);
  const store = await open(dataDir);
  await store.delete([ids[1]!]);
  await store.close();
  change(dataDir, 'DELETE FROM segments WHERE trace = 1');
  const repaired = repair(dataDir);
  expect(repaired.traces.map(({ id }) => id)).toEqual([ids[0], ids[2], ids[3]]);
  expect(repaired.gone).toEqual([]);
});

test('what a killed program left in the log beside a file whose header is gone comes, too', async () => {
  const live = dataFolder();
  const store = await open(live);
  const trace = newTrace();
  await store.createTrace(trace);
  store.appendReads(trace.id, filledReads(trace.id));
  await store.star([trace.id], true);
  const dataDir = dataFolder();
  mkdirSync(dataDir);
  for (const side of ['', '-wal']) copyFileSync(fileIn(live) + side, fileIn(dataDir) + side);
  const bytes = readFileSync(fileIn(dataDir)).fill(0, 0, 100);
  writeFileSync(fileIn(dataDir), bytes);
  const repaired = repair(dataDir);
  expect(repaired.traces.map(({ id }) => id)).toEqual([trace.id]);
  expect(existsSync(`${repaired.kept}-wal`)).toBe(true);
  const again = await open(dataDir);
  expect(await isWhole(again, trace.id)).toBe(true);
});

describe('refused, with the next step, and nothing changed:', () => {
  test('a file that a running program uses', async () => {
    const dataDir = dataFolder();
    await open(dataDir);
    expect(() => repair(dataDir)).toThrow(/is using .*\. Close it, then try again\.$/);
  });

  test.each<readonly [string, (file: string) => unknown]>([
    ['no file', () => {}],
    ['an empty file', (file) => writeFileSync(file, '')],
    ['a folder', (file) => mkdirSync(file)],
    ['a pipe', (file) => execFileSync('mkfifo', [file])],
    ['a link to itself', (file) => symlinkSync(file, file)],
    ['a link to nothing', (file) => symlinkSync(`${file}.none`, file)],
  ])('%s', (_, make) => {
    const dataDir = dataFolder();
    mkdirSync(dataDir);
    make(fileIn(dataDir));
    const before = readdirSync(dataDir);
    expect(() => repair(dataDir)).toThrow(RepairError);
    expect(readdirSync(dataDir).filter((name) => !/lock|pid/.test(name))).toEqual(before);
  });

  test('a text file: nothing in it is a trace', () => {
    const dataDir = folderWith(Buffer.from('Dear diary,\n'.repeat(1000)));
    expect(() => repair(dataDir)).toThrow(/nothing that could be read/);
    expect(readFileSync(join(dataDir, 'tracelane.db'), 'utf8')).toMatch(/^Dear diary/);
  });

  test('no folder', () => {
    expect(() => repair(dataFolder())).toThrow(/There is no folder/);
  });
});
