/** Batches of reads that nobody waits for: the program is not told of each commit, and does whatever depends on one as if it were. */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { CommitFlag } from '../../src/main/core/store/commit-flag.ts';
import { packReads } from '../../src/main/core/store/parts.ts';
import { serveStore } from '../../src/main/core/store/serve.ts';
import type { Store } from '../../src/main/core/store/store.ts';
import type { ChannelMessage } from '../../src/main/core/worker/channel.ts';
import { afterwards, allReads, cutEvenly, dataFolder, noise, open, plain, start } from './support.ts';
import { COMPLETE, newTrace } from './traces.ts';

const READ_BYTES = 100;

/** Resolves once another program finds so many bytes of reads in the file. */
async function inFile(dataDir: string, bytes: number): Promise<void> {
  const db = new Database(join(dataDir, 'tracelane.db'), { readonly: true });
  const found = db.prepare('SELECT coalesce(sum(length), 0) FROM open_reads').pluck();
  await expect.poll(() => found.get(), { timeout: 60_000 }).toBe(bytes);
  db.close();
}

async function recording(more: Parameters<typeof open>[1] = {}) {
  const dataDir = dataFolder();
  const store = await open(dataDir, more);
  const { id } = newTrace();
  await store.createTrace({ ...newTrace(), id });
  const reads = cutEvenly(noise(10 * READ_BYTES), READ_BYTES);
  return { dataDir, store, id, reads };
}

test('are in the file without another call', async () => {
  const { dataDir, store, id, reads } = await recording();
  for (const [i, read] of reads.entries()) {
    store.appendReads(id, [read]);
    await inFile(dataDir, (i + 1) * READ_BYTES);
  }
  await store.finishTrace(id, COMPLETE);
  expect(plain(await allReads(store, id))).toEqual(plain(reads));
});

test('make room for those that follow', async () => {
  const { dataDir, store, id, reads } = await recording({ unwrittenBytes: READ_BYTES });
  const told: (string | undefined)[] = [];
  store.onWriteProblem((sentence) => told.push(sentence));
  for (const [i, read] of reads.entries()) {
    store.appendReads(id, [read]);
    await inFile(dataDir, (i + 1) * READ_BYTES);
    await store.room();
  }
  expect(told).toEqual([]);
  expect(plain(await allReads(store, id))).toEqual(plain(reads));
});

test.each<readonly [string, (store: Store) => Promise<unknown>]>([
  ['a flush', (store) => store.flush()],
  ['a change', (store) => store.saveSettings({ theme: 'contrast' })],
  ['closing', (store) => store.close()],
])('keep nobody waiting: %s', async (what, waited) => {
  const { dataDir, store, id, reads } = await recording();
  store.appendReads(id, reads);
  await inFile(dataDir, reads.length * READ_BYTES);
  await waited(store);
  store.appendReads(id, reads);
  await waited(store);
  const other = what === 'closing' ? await start(dataDir) : store;
  expect(plain(await allReads(other, id))).toEqual(plain(reads));
});

test('are told of by the flag alone where all was done, and by a response where it was not, or where the program waits', async () => {
  const { dataDir, store, id, reads } = await recording();
  await store.close();
  const flag = new CommitFlag();
  const responses: ChannelMessage[] = [];
  let tell: (message: ChannelMessage) => void = () => {};
  const port = {
    postMessage: (message: unknown) => void responses.push(message as ChannelMessage),
    on: (event: string, listener: (message: never) => void) =>
      void (event === 'message' && (tell = listener as typeof tell)),
    close: () => {},
  };
  serveStore(port, { dataDir, undoMs: 0, restMs: 1000, commitFlag: flag.shared });
  afterwards(() => tell({ type: 'notification', name: 'close', args: [] }));
  const append = async (trace: string, n: number, unawaited: boolean): Promise<number> => {
    const op = { name: 'appendReads', params: [trace, packReads(reads.slice(n, n + 1))] };
    const before = responses.length;
    tell({ type: 'request', id: n, name: 'write', args: [[op], unawaited] });
    await nextTurn();
    return responses.length - before;
  };
  flag.lower();
  expect(await append(id, 0, true)).toBe(0);
  expect(flag.look()).toBe(true);
  flag.lower();
  expect(await append('no such trace', 1, true)).toBe(1);
  expect(flag.look()).toBe(false);
  expect(await append(id, 1, true)).toBe(1);
  flag.lower();
  expect(await append(id, 2, false)).toBe(1);
  expect(flag.look()).toBe(false);
});
