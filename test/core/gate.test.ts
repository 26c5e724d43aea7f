/** A thread that makes native calls is ended between two of them, wherever it is when that is asked: within one it may take the process with it. */
import { expect, test } from 'vitest';
import { WorkerThread } from '../../src/main/core/worker/worker-thread.ts';
import type { QueryingData } from '../fixtures/worker-in-a-query.ts';

const ROUNDS = 10;

interface Remote {
  readonly [name: string]: () => void;
  readonly 'ask without end': () => void;
  readonly 'ask by turns': () => void;
  readonly close: () => void;
}

test.each([
  ['ask without end', 'terminated'],
  ['ask by turns', 'terminated'],
  ['ask without end', 'closed'],
] as const)('that was told to %s, and is %s', async (what, how) => {
  for (let round = 0; round < ROUNDS; round++) {
    const exited = Promise.withResolvers<void>();
    const marks = new Int32Array(new SharedArrayBuffer(8));
    const thread = new WorkerThread<Remote>({
      name: 'asking',
      module: new URL('../fixtures/worker-in-a-query.ts', import.meta.url),
      data: { marks } satisfies QueryingData,
      gated: true,
      onExit: () => exited.resolve(),
    });
    thread.request(what, []).catch(() => undefined);
    while (Atomics.load(marks, 1) < round || Atomics.load(marks, 0) === 0)
      await new Promise<void>((resolve) => void setImmediate(resolve));
    if (how === 'closed') await thread.close(0);
    else thread.terminate();
    await exited.promise;
    expect(Atomics.load(marks, 0)).toBe(0);
  }
});
