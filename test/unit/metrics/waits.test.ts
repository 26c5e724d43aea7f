/** The waits of a stream, the figures of a stretch of it, and when it looks held back. */
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { buffering, longestWaits, rangeFigures } from '../../../src/shared/metrics/waits.ts';

const MS = 1e6;
const readsAt = (...ms: readonly number[]) => ms.map((at) => ({ tNs: at * MS, length: 10 }));
const eventsIn = (reads: readonly { readonly tNs: number }[], each: readonly number[]) =>
  reads.flatMap(({ tNs }, read) => Array.from({ length: each[read] ?? 1 }, () => ({ read, tNs })));

test('the longest waits are before the first read, between two, or after the last, in order of their length', () => {
  const waits = longestWaits(readsAt(300, 310, 500, 500, 520), 1_500 * MS, 3);
  expect(waits.map(({ startNs, endNs }) => [startNs / MS, endNs / MS])).toEqual([
    [520, 1_500],
    [0, 300],
    [310, 500],
  ]);
  fc.assert(
    fc.property(fc.array(fc.nat(1_000)), fc.integer({ min: 1, max: 5 }), (gaps, most) => {
      let at = 0;
      const reads = readsAt(...gaps.map((gap) => (at += gap)));
      const lengths = longestWaits(reads, at * MS, most).map(({ startNs, endNs }) => (endNs - startNs) / MS);
      expect(lengths).toEqual(
        gaps
          .filter((gap) => gap > 0)
          .toSorted((a, b) => b - a)
          .slice(0, most),
      );
    }),
  );
});

describe('the figures of a range', () => {
  const reads = readsAt(100, 110, 130, 230, 900);
  const events = eventsIn(reads, [2, 0, 1, 3, 1]);

  test('count what lies in it, its ends included', () => {
    expect(rangeFigures({ reads, events }, [100 * MS, 230 * MS])).toEqual({
      durationNs: 130 * MS,
      events: 6,
      reads: 4,
      bytes: 40,
      eventsPerSecond: 6 / 0.13,
      bytesPerSecond: 40 / 0.13,
      gaps: { longestNs: 100 * MS, p50: 20 * MS, p90: 100 * MS, p99: 100 * MS },
    });
  });

  test('have no gap where fewer than two reads are, and no rate without duration', () => {
    expect(rangeFigures({ reads, events }, [240 * MS, 950 * MS]).gaps).toBeNull();
    expect(rangeFigures({ reads, events }, [100 * MS, 100 * MS])).toMatchObject({ events: 2, eventsPerSecond: null });
    expect(rangeFigures({ reads, events }, [240 * MS, 250 * MS])).toMatchObject({ events: 0, reads: 0, bytes: 0 });
  });
});

describe('buffering', () => {
  const at = (firstTextMs: number | null, totalMs: number) => ({
    firstTextNs: firstTextMs === null ? null : firstTextMs * MS,
    totalNs: totalMs * MS,
  });
  const held = readsAt(3_000);

  test('is told where most events came in one late read', () => {
    expect(buffering({ reads: held, events: eventsIn(held, [60]) }, at(3_000, 3_010))).toEqual({
      together: 60,
      events: 60,
      tNs: 3_000 * MS,
      totalNs: 3_010 * MS,
    });
    const head = readsAt(200, 3_000);
    expect(buffering({ reads: head, events: eventsIn(head, [1, 59]) }, at(3_000, 3_010))?.together).toBe(59);
    const halves = readsAt(2_900, 3_000);
    expect(buffering({ reads: halves, events: eventsIn(halves, [20, 40]) }, at(2_900, 3_010))?.together).toBe(40);
  });

  test('is not told of a stream that flows, is short, has few events, or came quickly as a whole', () => {
    const flowing = readsAt(...Array.from({ length: 60 }, (_, n) => 500 + n * 40));
    expect(buffering({ reads: flowing, events: eventsIn(flowing, []) }, at(500, 3_000))).toBeNull();
    expect(buffering({ reads: held, events: eventsIn(held, [5]) }, at(3_000, 3_010))).toBeNull();
    const quick = readsAt(300);
    expect(buffering({ reads: quick, events: eventsIn(quick, [60]) }, at(300, 310))).toBeNull();
    // The answer was quick; only its end was late.
    expect(buffering({ reads: quick, events: eventsIn(quick, [60]) }, at(300, 5_000))).toBeNull();
    // A long thought, and then an answer that flows.
    const thought = readsAt(9_000, ...Array.from({ length: 59 }, (_, n) => 9_010 + n * 10));
    expect(buffering({ reads: thought, events: eventsIn(thought, []) }, at(9_000, 9_700))).toBeNull();
  });
});
