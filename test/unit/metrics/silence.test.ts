import fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { Silences, silencesOf } from '../../../src/shared/metrics/silence.ts';

const MS = 1_000_000;
const reads = (...ms: readonly number[]) => ms.map((at) => ({ tNs: at * MS }));
const steady = (gap: number, count = 9) => Array.from({ length: count }, (_, at) => (at + 1) * gap);

test('a silence of exactly a second has a name, one of less has none', () => {
  expect(silencesOf(reads(10, 20, 30, 1_030))).toEqual([{ startNs: 30 * MS, endNs: 1_030 * MS }]);
  expect(silencesOf(reads(10, 20, 30, 1_029.999))).toEqual([]);
});

test('a silence of exactly eight times the usual gap has a name, one of less has none', () => {
  expect(silencesOf(reads(...steady(200), 1_800 + 1_600))).toEqual([{ startNs: 1_800 * MS, endNs: 3_400 * MS }]);
  expect(silencesOf(reads(...steady(200), 1_800 + 1_599))).toEqual([]);
});

test('the wait for the first read is one', () => {
  expect(silencesOf(reads(2_000, 2_010, 2_020, 2_030))).toEqual([{ startNs: 0, endNs: 2_000 * MS }]);
});

test('the silence after the last read is one as it grows, and when it ends with the stream', () => {
  const all = reads(10, 20, 30);
  expect(silencesOf(all, 1_029 * MS)).toEqual([]);
  expect(silencesOf(all, 1_030 * MS)).toEqual([{ startNs: 30 * MS, endNs: 1_030 * MS }]);
  expect(silencesOf(all, 9_230 * MS)).toEqual([{ startNs: 30 * MS, endNs: 9_230 * MS }]);
  expect(silencesOf(reads(...steady(200)), (1_800 + 1_599) * MS)).toEqual([]);
  expect(silencesOf(reads(...steady(200)), (1_800 + 1_600) * MS)).toHaveLength(1);
});

test('a request without any answer is silent from its beginning', () => {
  expect(silencesOf([], 999 * MS)).toEqual([]);
  expect(silencesOf([], 9_000 * MS)).toEqual([{ startNs: 0, endNs: 9_000 * MS }]);
});

test('the silence that has a name goes on until a read ends it', () => {
  const growing = reads(10, 20, 30);
  const silences = new Silences(growing);
  silences.take();
  expect(silences.named(2_030 * MS)).toEqual([{ startNs: 30 * MS, endNs: 2_030 * MS }]);
  growing.push(...reads(2_500));
  silences.take();
  expect(silences.named(2_600 * MS)).toEqual([{ startNs: 30 * MS, endNs: 2_500 * MS }]);
});

test('a stream that is slow all the time has none', () => {
  expect(silencesOf(reads(...steady(1_100)))).toEqual([]);
});

test('taken as the reads come, they are the same', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 }), (gaps) => {
      let at = 0;
      const all = gaps.map((gap) => ({ tNs: (at += gap * MS) }));
      const growing: (typeof all)[number][] = [];
      const silences = new Silences(growing);
      for (const read of all) {
        growing.push(read);
        const now = read.tNs + (read.tNs % 3_000_000_000);
        silences.take();
        expect(silences.named(now)).toEqual(silencesOf(growing, now));
      }
    }),
  );
});
