/** A character leads to the delta that brought it, in every lane, and the delta back to its characters. */
import { describe, expect, test } from 'vitest';
import { cellOf } from '../../../src/shared/model/block-row.ts';
import { causeAt, stretchOf } from '../../../src/shared/model/text-causes.ts';
import { call, gridOf, itemsOf, text, wireArgs, wireStart, wireText } from '../../support/items.ts';
import { wireFixtures } from '../../support/fixtures.ts';
import { readsOf } from '../../support/framing.ts';
import { liveItems, memoryTrace } from '../../support/trace-source.ts';

const items = itemsOf([
  { ms: 1, block: 'a', wire: [wireStart('a', 'text'), wireText('a', 'Hel')], legacy: [text('Hel')] },
  { ms: 2, block: 'a', wire: [wireText('a', 'lo')] },
  { ms: 3, kind: 'ping' },
  { ms: 4, block: 'a', wire: [wireText('a', ', you')], legacy: [text('lo, '), text('you')] },
  {
    ms: 5,
    block: 'b',
    wire: [wireStart('b', 'tool', { name: 'f', id: 'c' }), wireArgs('b', '{}')],
    legacy: [call('f', 'c', '{}')],
  },
]);
const { rows } = gridOf(items);

describe('a character', () => {
  test('leads to the event that brought it, in each lane by its own messages', () => {
    const [wire, legacy] = [cellOf(rows[0]!, 'wire'), cellOf(rows[0]!, 'legacy')];
    expect([0, 2, 3, 4, 5, 9].map((at) => causeAt(wire, at))).toEqual([0, 0, 1, 1, 3, 3]);
    expect([0, 2, 3, 4, 9].map((at) => causeAt(legacy, at))).toEqual([0, 0, 3, 3, 3]);
    expect(causeAt(wire, 10)).toBeNull();
    expect(causeAt(cellOf(rows[1]!, 'legacy'), 1)).toBe(4);
  });

  test('is found again by its event, and by a range of events', () => {
    const [wire, legacy] = [cellOf(rows[0]!, 'wire'), cellOf(rows[0]!, 'legacy')];
    expect(stretchOf(wire, 1, 1)).toEqual([3, 5]);
    expect(stretchOf(wire, 1, 3)).toEqual([3, 10]);
    expect(stretchOf(wire, 2, 2)).toBeNull();
    expect(stretchOf(legacy, 3, 3)).toEqual([3, 10]);
  });

  test('of any stream leads to an event whose stretch has it', () => {
    for (const { api, bytes } of wireFixtures())
      for (const row of gridOf(liveItems(memoryTrace(api, readsOf(bytes, [60])))).rows)
        for (const [lane, blocks] of Object.entries(row.cells)) {
          const length = blocks.reduce((sum, { pieces }) => sum + pieces.join('').length, 0);
          for (let at = 0; at < length; at += 7) {
            const event = causeAt(blocks, at);
            if (event === null) continue;
            const [start, end] = stretchOf(blocks, event, event)!;
            expect(at >= start && at < end, `${row.id} of ${lane} at ${at}`).toBe(true);
          }
        }
  });
});
