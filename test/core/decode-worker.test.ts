/** What a decode worker may do to the core: nothing. Whatever a task does, the caller is told and the next task is done. */
import { afterEach, describe, expect, test } from 'vitest';
import { DecodeWorker, type DecodeWorkerSetup } from '../../src/main/core/decoding/decode-worker.ts';
import type { TaskName } from '../../src/main/core/decoding/tasks/registry.ts';
import { traceId } from '../../src/shared/model/ids.ts';
import { readsOf } from '../support/framing.ts';
import { wireFixtures } from '../support/fixtures.ts';
import { liveItems, memorySource, memoryTrace } from '../support/trace-source.ts';

describe('a decode worker', () => {
  const opened: DecodeWorker[] = [];
  afterEach(async () => {
    for (const worker of opened.splice(0)) await worker.close();
  });
  const open = (
    module: string,
    { source = memorySource([]), ...limits }: Partial<DecodeWorkerSetup> = {},
  ): DecodeWorker => {
    const worker = new DecodeWorker({ module: new URL(module, import.meta.url), source, version: '0', ...limits });
    opened.push(worker);
    return worker;
  };
  const ask = (worker: DecodeWorker, name: TaskName): Promise<unknown> => worker.run(name, {} as never);

  test('that never answers is ended, one that throws or leaves is noticed, and the next task is done', async () => {
    const worker = open('../fixtures/misbehaving-worker.ts', { timeLimitMs: 2_000 });
    await expect(ask(worker, 'compare.lanes')).rejects.toMatchObject({ name: 'ServiceError', code: 'too-long' });
    expect(await ask(worker, 'traces.event')).toBe('well');
    await expect(ask(worker, 'compare.matrix')).rejects.toMatchObject({
      code: 'worker-failed',
      message: expect.stringContaining('out of order'),
    });
    expect(await ask(worker, 'traces.event')).toBe('well');
    await expect(ask(worker, 'compare.traces')).rejects.toMatchObject({ code: 'worker-failed' });
    expect(await ask(worker, 'traces.event')).toBe('well');
    await expect(ask(worker, 'samples.list')).rejects.toMatchObject({
      name: 'ServiceError',
      code: 'not-found',
      message: 'There is none.',
    });
    await expect(ask(worker, 'exports.make')).rejects.toThrow('could not be cloned');
    expect(await ask(worker, 'traces.event')).toBe('well');
  });

  test('ends a task that is given up, begins none that was given up before, and does the next one', async () => {
    const worker = open('../fixtures/misbehaving-worker.ts');
    const callers = [1, 2].map(() => new AbortController());
    const tasks = callers.map(({ signal }) => worker.run('compare.lanes', {} as never, signal));
    const next = ask(worker, 'traces.event');
    await expect.poll(() => worker.running).toBe(true);
    for (const caller of callers) caller.abort('left');
    for (const task of tasks) await expect(task).rejects.toBe('left');
    expect(await next).toBe('well');
  });

  test('that wants more memory than it may have is ended alone', async () => {
    const worker = open('../fixtures/misbehaving-worker.ts', { memoryLimitMb: 64 });
    await expect(ask(worker, 'compare.html')).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringMatching(/^This needs more than 64 MB of memory and was stopped\. /),
    });
    expect(await ask(worker, 'traces.event')).toBe('well');
  });

  test('that holds much is ended once it has nothing to do, and the next task has another', async () => {
    const { api, bytes } = wireFixtures()[0]!;
    const trace = memoryTrace(api, readsOf(bytes, [100]));
    const worker = open('../fixtures/decode-worker-that-holds-much.ts', { source: memorySource([trace]), restMs: 1 });
    for (let tasks = 0; tasks < 2; tasks++) {
      const both = [1, 2].map(() => worker.run('compare.lanes', { id: trace.trace.id }));
      expect((await Promise.all(both)).map((compared) => compared.bytes)).toEqual([bytes.length, bytes.length]);
      await expect.poll(() => worker.running).toBe(false);
    }
  });

  test('R25 says that a trace is too long to be compared, before it reads it', async () => {
    const { api, bytes } = wireFixtures()[0]!;
    const trace = memoryTrace(api, readsOf(bytes, [100]));
    const source = memorySource([trace]);
    const worker = open('../../src/main/decode-worker.ts', {
      source: { ...source, get: async (id) => ({ ...(await source.get(id)), storedBytes: 2 ** 30 }) },
    });
    const { id } = trace.trace;
    const refused = { code: 'too-large', message: expect.stringContaining('more than 256 MB') as string };
    await expect(worker.run('compare.lanes', { id })).rejects.toMatchObject(refused);
    await expect(worker.run('compare.matrix', { id })).rejects.toMatchObject(refused);
    await expect(worker.run('compare.traces', { a: id, b: id })).rejects.toMatchObject(refused);
  });

  test('takes tasks in order, also after one that failed', async () => {
    const worker = open('../fixtures/misbehaving-worker.ts');
    const outcomes = await Promise.allSettled(
      (
        ['traces.event', 'compare.matrix', 'traces.event', 'compare.traces', 'samples.list', 'traces.event'] as const
      ).map((name) => ask(worker, name)),
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

  test('closes in the middle of a task, which is told', async () => {
    const worker = open('../fixtures/misbehaving-worker.ts');
    const task = ask(worker, 'compare.lanes');
    const told = expect(task).rejects.toMatchObject({ code: 'worker-failed', message: 'The program is closing.' });
    await expect.poll(() => worker.running).toBe(true);
    await worker.close();
    await told;
    await expect(ask(worker, 'traces.event')).rejects.toMatchObject({ code: 'closed' });
  });

  test('asks the core for traces where it has no file, and gets its errors', async () => {
    const { api, bytes } = wireFixtures()[0]!;
    const trace = memoryTrace(api, readsOf(bytes, [100]));
    const worker = open('../../src/main/decode-worker.ts', { source: memorySource([trace]) });
    const { id } = trace.trace;
    const compared = await worker.run('compare.lanes', { id });
    expect(compared.bytes).toBe(bytes.length);
    const emissions = liveItems(trace).flatMap((item) =>
      item.k === 'message' && item.emission.event === 1 ? [item.emission] : [],
    );
    expect((await worker.run('traces.event', { id, index: 1 })).emissions).toEqual(emissions);
    await expect(worker.run('compare.matrix', { id: traceId('nowhere') })).rejects.toMatchObject({
      name: 'ServiceError',
      code: 'not-found',
      message: 'There is no trace nowhere.',
    });
  });
});
