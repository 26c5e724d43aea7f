/** What a grid of a moment holds: it is the one that folding the items up to there gives, whichever of its rows are looked at. */
import fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import type { BlockRow } from '../../../src/shared/model/block-row.ts';
import { LaneBlocks } from '../../../src/shared/model/blocks.ts';
import { TouchedRows } from '../../../src/shared/model/touched-rows.ts';
import type { TraceItem } from '../../../src/shared/model/items.ts';
import type { WireMessage } from '../../../src/shared/model/messages.ts';
import { call, foldInto, gridOf, itemsOf, text, wireArgs, wireStart, wireStop, wireText } from '../../support/items.ts';

const IDS = ['b0', 'b1', 'b2', 'b3'];
const id = fc.constantFrom(...IDS);
const calls = fc.constantFrom('c0', 'c1', null);
const wire: fc.Arbitrary<WireMessage> = fc.oneof(
  fc
    .tuple(id, calls)
    .map(([block, callId]) => wireStart(block, 'tool', callId === null ? undefined : { name: 'f', id: callId })),
  id.map((block) => wireStart(block, 'text')),
  fc.tuple(id, fc.constantFrom('{', '"a":1', '}', '{}')).map(([block, args]) => wireArgs(block, args)),
  id.map((block) => wireText(block, 'lorem')),
  id.map((block) => wireStop(block, true)),
);
const adapter = fc.oneof(
  calls.map((callId) => call('f', callId, '{}')),
  fc.constant(text('lorem')),
);
const stream: fc.Arbitrary<readonly TraceItem[]> = fc
  .array(
    fc.record({
      block: id,
      wire: fc.array(wire, { maxLength: 6 }),
      legacy: fc.array(adapter, { maxLength: 3 }),
      simple: fc.array(adapter, { maxLength: 2 }),
    }),
    { maxLength: 12 },
  )
  .map((steps) => itemsOf(steps.map((step, ms) => ({ ms, ...step }))));
/** Numbers of items before which a moment is kept. */
const moments = fc.array(fc.nat(60), { minLength: 1, maxLength: 8 });

/** What a row shows, without what its objects are. */
const plain = ({ cells, ...row }: BlockRow) => ({
  ...row,
  cells: Object.entries(cells).map(([lane, blocks]) => [
    lane,
    blocks.map(({ row: own, ...block }) => ({ ...structuredClone(block), own: own.id })),
  ]),
});
const stateOf = (grid: LaneBlocks) => ({
  version: grid.version,
  rows: grid.rows.map(plain),
  last: ['wire', 'legacy', 'simple'].map((lane) => grid.last(lane)?.key),
});

/** The grid of all items, and by the number of a moment how many items there were. */
function keeping(items: readonly TraceItem[], wanted: readonly number[]) {
  const grid = new LaneBlocks({ keepsPast: true });
  const counts: number[] = [];
  for (let at = 0; at <= items.length; at++) {
    if (at === 0 || wanted.includes(at)) {
      grid.keepMoment();
      counts.push(at);
    }
    foldInto(grid, items.slice(at, at + 1));
  }
  return { grid, counts };
}

test('a moment is what folding the items up to it gives, and goes on like them', () => {
  fc.assert(
    fc.property(stream, moments, fc.boolean(), (items, wanted, ended) => {
      const { grid, counts } = keeping(items, wanted);
      if (ended) grid.end();
      const whole = stateOf(grid);
      for (const [number, count] of counts.entries()) {
        expect(stateOf(grid.asOf(number))).toEqual(stateOf(gridOf(items.slice(0, count))));
        const going = grid.asOf(number);
        foldInto(going, items.slice(count));
        if (ended) going.end();
        expect(stateOf(going)).toEqual(whole);
        expect(stateOf(grid)).toEqual(whole);
      }
    }),
  );
});

test('each row of a moment is its own, in whatever order the rows are looked at, and stays the same', () => {
  fc.assert(
    fc.property(stream, moments, fc.array(fc.nat(), { maxLength: 6 }), (items, wanted, looks) => {
      const { grid, counts } = keeping(items, wanted);
      grid.end();
      for (const [number, count] of counts.entries()) {
        const then = grid.asOf(number);
        const { rows } = gridOf(items.slice(0, count));
        expect(then.rowCount).toBe(rows.length);
        for (const look of rows.length > 0 ? looks : []) {
          const at = look % rows.length;
          const { kind, firstEvent, lastEvent } = rows[at]!;
          expect(then.spanOf(at)).toMatchObject({ kind, firstEvent, lastEvent });
          expect(plain(then.rowAt(at))).toEqual(plain(rows[at]!));
          expect(then.row(rows[at]!.id)).toBe(then.rowAt(at));
        }
        expect(IDS.filter((one) => then.row(one))).toEqual(IDS.filter((one) => rows.some((row) => row.id === one)));
      }
    }),
  );
});

test('a moment of a stream that goes on does not change with it', () => {
  fc.assert(
    fc.property(stream, stream, moments, (items, later, wanted) => {
      const { grid, counts } = keeping(items, wanted);
      const standing = counts.map((_, number) => grid.asOf(number));
      for (const then of standing) expect(then.rows.length).toBe(then.rowCount);
      foldInto(grid, later);
      grid.end();
      for (const [number, then] of standing.entries())
        expect(stateOf(then)).toEqual(stateOf(gridOf(items.slice(0, counts[number]))));
    }),
  );
});

test('rows that an event touches are found like by looking through them, before and after a moment', () => {
  const row = fc.record({
    id,
    kind: fc.constantFrom('text', 'tool'),
    cells: fc.record({ wire: fc.array(fc.record({ callId: calls }), { maxLength: 2 }) }),
  });
  // Of one id the row is the same, though its calls may come to be known.
  const adds = fc.array(row, { maxLength: 12 }).map((rows) => {
    const known = new Map(rows.map((one) => [one.id, one]));
    return rows.map((one) => known.get(one.id) as unknown as BlockRow);
  });
  fc.assert(
    fc.property(adds, fc.nat(12), (rows, before) => {
      const start = new TouchedRows();
      for (const one of rows.slice(0, before)) start.add(one);
      const touched = new TouchedRows(start.moment);
      for (const one of rows.slice(before)) {
        start.add(one);
        touched.add(one);
      }
      const seen = [...new Set(rows)];
      expect(touched.first).toBe(seen[0]?.id);
      for (const kind of ['text', 'tool'] as const)
        expect(touched.ofKind(kind)).toBe(seen.find((one) => one.kind === kind)?.id);
      for (const callId of ['c0', 'c1'])
        expect(touched.withCall(callId)).toBe(
          seen.find(({ cells }) => cells.wire.some((block) => block.callId === callId))?.id,
        );
    }),
  );
});
