/** When the thread of the capture proxy tells the program of exchanges: seldom while nobody watches, since each batch wakes the program. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { TapEvent } from '../../../src/main/core/proxy/forward/tap.ts';
import { TapSender } from '../../../src/main/core/proxy/thread/tap-sender.ts';
import { unpacked } from '../../../src/main/core/worker/batch.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

const read = (tNs: number): TapEvent => ({ id: 1, tNs, type: 'read', bytes: new Uint8Array(10) });
const end = (tNs: number): TapEvent => ({ id: 2, tNs, type: 'end', end: { how: 'end' }, trailers: [] });

/** A sender that has just told of read 0. `told`: the times of the events of each batch since it was asked last. */
function started() {
  const batches: number[][] = [];
  const sender = new TapSender(async (batch) => batches.push([...unpacked(batch)].map(({ tNs }) => tNs)));
  sender.event(read(0));
  vi.advanceTimersByTime(4);
  const told = (): readonly number[][] => batches.splice(0);
  expect(told()).toEqual([[0]]);
  return { sender, told };
}

test('while nobody watches, bytes are told many at a time, and after a pause the first soon', () => {
  const { sender, told } = started();
  for (let n = 1; n <= 10; n++) {
    sender.event(read(n));
    vi.advanceTimersByTime(10);
  }
  expect(told()).toEqual([]);
  vi.advanceTimersByTime(100);
  expect(told()).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]]);
  vi.advanceTimersByTime(1000);
  sender.event(read(11));
  vi.advanceTimersByTime(4);
  expect(told()).toEqual([[11]]);
});

test('what is no bytes is told soon, with the bytes that wait', () => {
  const { sender, told } = started();
  sender.event(read(1));
  sender.event(end(2));
  sender.event(read(3));
  vi.advanceTimersByTime(4);
  expect(told()).toEqual([[1, 2, 3]]);
  vi.advanceTimersByTime(1000);
  expect(told()).toEqual([]);
});

test('who begins to watch has at once what waits, and soon what follows, until he has gone', () => {
  const { sender, told } = started();
  sender.event(read(1));
  sender.watch(true);
  expect(told()).toEqual([[1]]);
  sender.event(read(2));
  vi.advanceTimersByTime(4);
  expect(told()).toEqual([[2]]);
  sender.watch(false);
  sender.event(read(3));
  vi.advanceTimersByTime(4);
  expect(told()).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(told()).toEqual([[3]]);
});
