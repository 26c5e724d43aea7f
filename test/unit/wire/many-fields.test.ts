/** Fields that this version does not expect cost no more than they weigh, however many there are. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { chatBody, chunk, runWire } from '../../support/wire.ts';

const fieldsOf = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`field-${at}`, `${at}`]));

const kept = (count: number): readonly object[] =>
  runWire('chat_completions', chatBody(chunk({ content: 'Hi', ...fieldsOf(count) }))).messages.filter(
    ({ message_type }) => message_type === 'event',
  );

test('up to a thousand fields of an object are kept one by one', () => {
  expect(kept(1_000)).toHaveLength(1_000);
  expect(kept(1_000)[999]).toMatchObject({ type: 'delta.field-999', value: '999' });
});

test('more are kept as one object, without those that were read', () => {
  expect(kept(1_001)).toMatchObject([{ type: 'delta.*', known: false, value: fieldsOf(1_001) }]);
  expect(kept(1_001)).not.toMatchObject([{ value: { content: 'Hi' } }]);
});

test('a field is told once where each event has it, and again where its value changes', () => {
  const bodies = ['a', 'a', 'b', 'b', 'a'].map((region) => chunk({ content: 'Hi' }, { region }));
  const { messages } = runWire('chat_completions', chatBody(...bodies));
  expect(messages.flatMap((one) => (one.message_type === 'event' ? [one.value] : []))).toEqual(['a', 'b', 'a']);
});

test('new fields in each event are told, and not held', async () => {
  const [events, chars] = [3_000, 64 * 1024];
  const worker = new Worker(new URL('kept-values-worker.ts', import.meta.url), {
    workerData: { events, chars },
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  expect(await once(worker, 'message')).toEqual([events]);
});
