/** What is held of the items of a recording is bounded by their number, and by how long they are. */
import { expect, test } from 'vitest';
import { RecordedItems } from '../../src/main/core/recording/recorded-items.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';

const MB = 1024 ** 2;
const note = (at: number): TraceItem => ({
  k: 'note',
  start: at,
  end: at,
  tNs: at,
  type: 'comment',
  text: `${at}`.padEnd(MB),
});
const NEVER = new AbortController().signal;

async function given(items: RecordedItems, from: number): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const batch of items.watch(from, NEVER))
    for (const one of batch) if (one.k === 'note') found.push(one.tNs);
  return found;
}

test('long items are held up to 32 MB, and who is behind them is let go', async () => {
  const items = new RecordedItems();
  for (let at = 0; at < 40; at++) items.add([note(at)]);
  items.end();
  expect(items.length).toBe(40);
  expect(await given(items, 0)).toEqual([]);
  expect(await given(items, 8)).toEqual([]);
  expect(await given(items, 9)).toEqual(Array.from({ length: 31 }, (_, at) => 9 + at));
});

test('the latest is held, however long it is', async () => {
  const items = new RecordedItems();
  items.add([{ ...note(0), text: 'x'.repeat(40 * MB) } as TraceItem]);
  items.end();
  expect(await given(items, 0)).toEqual([0]);
});
