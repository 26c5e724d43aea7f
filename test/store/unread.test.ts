/** A write that the store's thread cannot read, as when there is no memory for it, is given up and said to be; all others are done. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unreadable } from '../support/unreadable.ts';
import { allReads, cutEvenly, dataFolder, noise, open, plain } from './support.ts';
import { COMPLETE, newTrace } from './traces.ts';

const worker = new URL('unreading-worker.ts', import.meta.url);

test('among others that somebody waits for', async () => {
  const store = await open(dataFolder());
  const [one, other] = [newTrace(), newTrace()];
  await Promise.all([store.createTrace(one), store.createTrace(other)]);
  const reads = cutEvenly(noise(50_000), 5000);
  store.appendReads(one.id, reads);
  const outcomes = await Promise.allSettled([
    store.star([one.id], true),
    store.rename(one.id, unreadable() as string),
    store.rename(other.id, 'Its new name'),
    store.finishTrace(one.id, COMPLETE),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(outcomes[1]).toMatchObject({
    reason: {
      code: 'unread',
      message: expect.stringMatching(/^It could not be passed to the thread that writes \(.+\)\.$/),
    },
  });
  expect(await store.get(one.id)).toMatchObject({ title: one.title, starred: true, ending: COMPLETE.ending });
  expect((await store.get(other.id)).title).toBe('Its new name');
  expect(plain(await allReads(store, one.id))).toEqual(plain(reads));
});

test('reads: those and what follows them in their trace, which says so', async () => {
  const dataDir = dataFolder();
  const store = await open(dataDir, { worker });
  const told: (string | undefined)[] = [];
  store.onWriteProblem((sentence) => told.push(sentence));
  const [one, other] = [newTrace(), newTrace()];
  await Promise.all([store.createTrace(one), store.createTrace(other)]);
  const reads = cutEvenly(noise(4_000), 1000);
  store.appendReads(one.id, reads.slice(0, 1));
  await store.flush();
  writeFileSync(join(dataDir, 'unread'), `appendReads ${one.id}`);
  store.appendReads(one.id, reads.slice(1, 2));
  store.appendReads(other.id, reads);
  store.setHead(one.id, { status: 200, statusText: 'OK', headers: [] }, 1);
  store.appendReads(one.id, reads.slice(2, 3));
  await store.flush();
  writeFileSync(join(dataDir, 'unread'), '');
  store.appendReads(one.id, reads.slice(3));
  await Promise.all([store.finishTrace(one.id, COMPLETE), store.finishTrace(other.id, COMPLETE)]);

  expect(plain(await allReads(store, one.id))).toEqual(plain(reads.slice(0, 1)));
  expect(await store.get(one.id)).toMatchObject({
    httpStatus: 200,
    ending: {
      advice:
        'The stored trace is incomplete: 3,000 bytes (3 reads) from byte 1000 on could not be passed to the thread that writes.',
    },
  });
  expect(plain(await allReads(store, other.id))).toEqual(plain(reads));
  expect((await store.get(other.id)).ending).toEqual(COMPLETE.ending);
  expect(told.at(-1)).toBe(
    `Part of the trace "${one.title}" was not stored: It could not be passed to the thread that writes (no memory).`,
  );
  expect(readFileSync(`${dataDir}.unread`).length).toBeLessThan(8);
});
