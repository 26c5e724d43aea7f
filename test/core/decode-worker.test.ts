/** What the reading thread may do to the core: nothing. Whatever a job does, the caller is told and the next job is done. */
import { afterEach, describe, expect, test } from 'vitest';
import type { TaskName, TaskTypes } from '../../src/main/core/decoding/tasks.ts';
import { DecodeWorker, type DecodeWorkerSetup } from '../../src/main/core/decoding/decode-worker.ts';
import { LruCache } from '../../src/main/core/decoding/lru.ts';
import { traceId } from '../../src/shared/model/ids.ts';
import { readsOf } from '../support/framing.ts';
import { wireFixtures } from '../support/fixtures.ts';
import { liveItems, memorySource, memoryTrace } from '../support/trace-source.ts';

describe('a reading thread', () => {
  const opened: DecodeWorker[] = [];
  afterEach(async () => {
    for (const reader of opened.splice(0)) await reader.close();
  });
  const open = (
    module: string,
    { source = memorySource([]), ...limits }: Partial<DecodeWorkerSetup> = {},
  ): DecodeWorker => {
    const reader = new DecodeWorker({ module: new URL(module, import.meta.url), source, ...limits });
    opened.push(reader);
    return reader;
  };
  const ask = (reader: DecodeWorker, name: TaskName): Promise<unknown> =>
    reader.run(name, {} as TaskTypes[TaskName]['params'] as never);

  test('that never answers is ended, one that throws or leaves is noticed, and the next job is done', async () => {
    const reader = open('../fixtures/decode-worker.mjs', { timeLimitMs: 2_000 });
    await expect(ask(reader, 'lanes')).rejects.toMatchObject({ name: 'ServiceError', code: 'too-long' });
    expect(await ask(reader, 'event')).toBe('well');
    await expect(ask(reader, 'matrix')).rejects.toMatchObject({
      code: 'worker-failed',
      message: expect.stringContaining('out of order'),
    });
    expect(await ask(reader, 'event')).toBe('well');
    await expect(ask(reader, 'traces')).rejects.toMatchObject({ code: 'worker-failed' });
    expect(await ask(reader, 'event')).toBe('well');
    await expect(ask(reader, 'samples')).rejects.toMatchObject({
      name: 'ServiceError',
      code: 'not-found',
      message: 'There is none.',
    });
  });

  test('that wants more memory than it may have is ended alone', async () => {
    const reader = open('../fixtures/decode-worker.mjs', { memoryLimitMb: 64 });
    await expect(ask(reader, 'html')).rejects.toMatchObject({ code: 'worker-failed' });
    expect(await ask(reader, 'event')).toBe('well');
  });

  test('takes jobs in order, also after one that failed', async () => {
    const reader = open('../fixtures/decode-worker.mjs');
    const outcomes = await Promise.allSettled(
      (['event', 'matrix', 'event', 'traces', 'samples', 'event'] as const).map((name) => ask(reader, name)),
    );
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ]);
  });

  test('closes in the middle of a job, which is told', async () => {
    const reader = open('../fixtures/decode-worker.mjs');
    const job = ask(reader, 'lanes');
    const told = expect(job).rejects.toMatchObject({ code: 'worker-failed', message: 'The program is closing.' });
    await expect.poll(() => reader.running).toBe(true);
    await reader.close();
    await told;
    await expect(ask(reader, 'event')).rejects.toMatchObject({ code: 'closed' });
  });

  test('asks the core for traces where it has no file, and gets its errors', async () => {
    const { api, bytes } = wireFixtures()[0]!;
    const trace = memoryTrace(api, readsOf(bytes, [100]));
    const reader = open('../../src/main/decode-worker.ts', { source: memorySource([trace]) });
    const { id } = trace.trace;
    const compared = await reader.run('lanes', { id });
    expect(compared.bytes).toBe(bytes.length);
    const emissions = liveItems(trace).flatMap((item) =>
      item.k === 'message' && item.emission.event === 1 ? [item.emission] : [],
    );
    expect((await reader.run('event', { id, index: 1 })).emissions).toEqual(emissions);
    await expect(reader.run('matrix', { id: traceId('nowhere') })).rejects.toMatchObject({
      name: 'ServiceError',
      code: 'not-found',
      message: 'There is no trace nowhere.',
    });
  });
});

describe('LruCache', () => {
  test('keeps what was used last, up to its weight, and always the newest', () => {
    const recent = new LruCache<number>(10, (value) => value);
    recent.set('a', 4);
    recent.set('b', 4);
    expect(recent.get('a')).toBe(4);
    recent.set('c', 4);
    expect(['a', 'b', 'c'].map((key) => recent.get(key))).toEqual([4, undefined, 4]);
    recent.set('d', 100);
    expect(['a', 'c', 'd'].map((key) => recent.get(key))).toEqual([undefined, undefined, 100]);
    recent.set('d', 1);
    recent.set('e', 9);
    expect(['d', 'e'].map((key) => recent.get(key))).toEqual([1, 9]);
  });
});
