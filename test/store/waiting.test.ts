/**
 * Nobody waits for ever: where nothing can be written, whoever asked for it is told so within a bound, what was given up is never
 * carried out later, and no core is kept busy with trying.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ReceivedBody } from '../../src/main/core/capture/received-body.ts';
import { openReadOnly } from '../../src/main/core/store/read-only.ts';
import type { Store } from '../../src/main/core/store/store.ts';
import { endpointId, type TraceId } from '../../src/shared/model/ids.ts';
import { madeReads } from './made-reads.ts';
import { canMount, remount, smallDisk } from './small-disk.ts';
import { allReads, cutEvenly, dataFolder, next, noise, open, plain } from './support.ts';
import { COMPLETE, newTrace } from './traces.ts';

/** Counts how often the thread is asked to write, and waits with each write while there is an empty file `hang`. */
const worker = new URL('hanging-worker.ts', import.meta.url);
const tries = (dataDir: string): number => readFileSync(`${dataDir}.tries`).length;

/** Everything that somebody can ask for. */
const requests = (store: Store, id: TraceId): readonly Promise<unknown>[] => [
  store.rename(id, 'Another name'),
  store.star([id], true),
  store.saveSettings({ theme: 'dark' }),
  store.saveEndpoint({
    id: endpointId('an-endpoint'),
    name: 'Lab',
    baseUrl: 'http://127.0.0.1:1',
    type: 'openai',
    provider_name: 'openai',
    limits: { answer: null, silence: null },
  }),
  store.createTrace(newTrace()),
  store.delete([id]),
];

async function expectUnchanged(store: Store, trace: { readonly id: TraceId; readonly title: string }): Promise<void> {
  expect((await store.list({ limit: 9 })).rows).toMatchObject([{ id: trace.id, title: trace.title, starred: false }]);
  expect(await store.settings()).toEqual({});
  expect(await store.endpoints()).toEqual([]);
}

const tmpfs = canMount('R3 a full disk with a backlog is');

test.runIf(tmpfs)('a full disk with a backlog: each is refused, at once and for good', async () => {
  const dataDir = smallDisk('4m');
  const store = await open(dataDir, { worker });
  const trace = newTrace();
  await store.createTrace(trace);
  const reads = cutEvenly(noise(14_000_000), 5000);
  for (let at = 0; at < reads.length; at += 20) {
    store.appendReads(trace.id, reads.slice(at, at + 20));
    await store.flush();
  }
  const stored = (await store.get(trace.id)).storedBytes;
  expect(14_000_000 - stored).toBeGreaterThan(8_000_000);

  const [before, began] = [tries(dataDir), performance.now()];
  const outcomes = await Promise.allSettled([...requests(store, trace.id), ...requests(store, trace.id)]);
  for (const outcome of outcomes)
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: {
        code: 'not-stored',
        message: expect.stringContaining('is full. This was not stored. Free some space.'),
      },
    });
  // One for all that were asked at once, one more for those that came while it was tried, and one each second.
  expect(tries(dataDir) - before).toBeLessThanOrEqual(3 + (performance.now() - began) / 1000);

  const clear = next<string | undefined>(
    (listener) => store.onWriteProblem(listener),
    (sentence) => sentence === undefined,
  );
  remount(dataDir, 'size=64m');
  await clear;
  await store.finishTrace(trace.id, COMPLETE);
  await expectUnchanged(store, trace);
  expect(plain(await allReads(store, trace.id))).toEqual(plain(reads));
  await store.close();
  const reader = openReadOnly(dataDir);
  expect(reader.list({ limit: 9 }).rows).toHaveLength(1);
  reader.close();
});

describe('R3 a disk that does not answer', () => {
  test('is waited for so long and no longer; what was given up is not done when it answers', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir, { worker, waitMs: 300 });
    const trace = newTrace();
    await store.createTrace(trace);
    const hang = join(dataDir, 'hang');
    writeFileSync(hang, '');
    const reads = madeReads(trace.id, 50, 1000);
    store.appendReads(trace.id, reads);
    // Neither an import nor a run waits longer for it.
    await store.flush();
    const outcomes = await Promise.allSettled([...requests(store, trace.id), store.finishTrace(trace.id, COMPLETE)]);
    for (const outcome of outcomes.slice(0, -1))
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: {
          code: expect.stringMatching(/^(not-stored|unknown)$/),
          message: expect.stringMatching(/does not answer|did not answer/),
        },
      });
    const flushed = store.flush();
    writeFileSync(hang, 'go on');
    await flushed;
    await expect.poll(async () => (await store.get(trace.id)).ending).toEqual(COMPLETE.ending);
    await expectUnchanged(store, trace);
    expect(plain(await allReads(store, trace.id))).toEqual(plain(reads));
    await store.rename(trace.id, 'Again');
  });

  test('nor when it had the write already', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir, { worker, waitMs: 300 });
    const trace = newTrace();
    await store.createTrace(trace);
    writeFileSync(join(dataDir, 'hang'), '');
    await expect(store.rename(trace.id, 'Late')).rejects.toMatchObject({ code: 'unknown' });
    writeFileSync(join(dataDir, 'hang'), 'go on');
    await store.star([trace.id], true);
    expect(await store.get(trace.id)).toMatchObject({ title: trace.title, starred: true });
  });
});

describe('D11 a stream that comes faster than it can be stored', () => {
  const PIECE = 64 * 1024;

  /** All of a body that came at once. */
  function received(store: Store, id: TraceId, pieces: number): Promise<void> {
    const body = new ReceivedBody({
      reads: (reads) => store.appendReads(id, reads),
      room: () => store.room(),
      lighter: () => undefined,
      stopped: () => undefined,
    });
    for (let n = 0; n < pieces; n++) body.piece(new Uint8Array(PIECE).fill(n), n);
    return new Promise((told) => body.end(true, told));
  }

  test('waits for the disk, and loses nothing', async () => {
    const store = await open(dataFolder(), { unwrittenBytes: 8 * PIECE });
    const { id } = newTrace();
    await store.createTrace(newTrace({ id }));
    await received(store, id, 200);
    await store.flush();
    const reads = await allReads(store, id);
    expect(reads.map(({ bytes }) => bytes[0])).toEqual(Array.from({ length: 200 }, (_, n) => n));
  });

  test('R3 does not wait for a disk that does not answer', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir, { worker, unwrittenBytes: 8 * PIECE, waitMs: 50 });
    const { id } = newTrace();
    await store.createTrace(newTrace({ id }));
    const hang = join(dataDir, 'hang');
    writeFileSync(hang, '');
    await received(store, id, 200);
    writeFileSync(hang, 'no more');
    await store.finishTrace(id, COMPLETE);
    // What did not fit is said to be lost.
    expect((await store.get(id)).ending?.advice).toMatch(/The stored trace is incomplete: [\d,]+ bytes/);
  });
});
