/** Bodies that no format takes are refused before any of them is in memory. */
import { expect, test } from 'vitest';
import { exportTasks } from '../../../src/main/core/decoding/tasks/exports.ts';
import type { TaskContext } from '../../../src/main/core/decoding/tasks/task.ts';
import { bytesOf, readsOf } from '../../support/framing.ts';
import { memorySource, memoryTrace } from '../../support/trace-source.ts';

test.each([['exports.preview' as const], ['exports.make' as const]])('%s reads none of them', async (name) => {
  let reads = 0;
  const traces = ['first', 'second'].map((id) => memoryTrace('messages', readsOf(bytesOf('data: {}\n\n')), { id }));
  const held = memorySource(traces);
  const source = {
    ...held,
    get: async (id: (typeof traces)[number]['trace']['id']) => ({
      ...(await held.get(id)),
      storedBytes: 65 * 1024 * 1024,
    }),
    reads: () => Promise.resolve((reads++, [])),
  };
  const context = { source, version: '1' } as unknown as TaskContext;
  const asked = exportTasks[name](context, {
    ids: traces.map(({ trace }) => trace.id),
    format: 'body',
    parts: ['bytes'],
    secrets: 'redact',
  });
  await expect(asked).rejects.toMatchObject({
    code: 'refused',
    message: 'The bodies of these traces are larger than 128 MB together. Export fewer of them at once.',
  });
  expect(reads).toBe(0);
});
