/** Holds the lane map to its shapes: what is late slants, what is lost is cut, what is merged moves, and no density becomes a smear. */
import fc from '../../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import {
  axisOf,
  geometry,
  heldOf,
  isAbove,
  labelsOf,
  lineTop,
  marksOf,
  passagesOf,
  slursOf,
  spanShares,
  threadStart,
  type Span,
} from '../../../../src/renderer/views/compare/lane-map-layout.ts';
import { compareLanes } from '../../../../src/shared/compare/lanes.ts';
import type {
  CompareResult,
  LaneMap,
  LaneMapNote,
  LaneMapSpan,
  LaneName,
} from '../../../../src/shared/compare/result.ts';
import { EXAMPLES } from '../../../fixtures/compare/examples.ts';

const LINES: LaneMap['lines'] = [
  { id: 'meta', label: 'meta', kind: 'meta' },
  { id: 'b0', label: 'text', kind: 'text' },
];

const lanes = (...ids: readonly string[]): readonly LaneName[] => ids.map((id) => ({ id, label: id }));
const THREE = lanes('wire', 'legacy', 'simple');

const note = (ms: number, more: Partial<LaneMapNote> = {}): LaneMapNote => ({
  lane: 'wire',
  line: 'b0',
  event: ms,
  read: 0,
  tNs: ms * 1e6,
  causeNs: ms * 1e6,
  causeEvent: ms,
  kind: 'text',
  chars: 4,
  shape: 'on-time',
  ...more,
});
const laneMapOf = (notes: readonly LaneMapNote[], more: Partial<LaneMap> = {}): LaneMap => ({
  totalNs: 10e9,
  events: 10_000,
  timed: true,
  lines: LINES,
  notes,
  reads: [],
  silences: [],
  spans: [],
  ...more,
});

function marks(laneMap: LaneMap, window = axisOf(laneMap).whole) {
  const shape = geometry(laneMap, THREE);
  return marksOf(
    laneMap,
    shape,
    axisOf(laneMap),
    window,
    new Map(laneMap.spans.map(({ finding, line }) => [finding, line])),
  );
}

function marksOfExample(id: string) {
  const result = compareLanes(EXAMPLES[id]!.shows());
  return { result, marks: marks(result.laneMap) };
}

describe('the staves', () => {
  it.each([
    [lanes('wire'), ['wire']],
    [lanes('wire', 'a'), ['wire', 'a']],
    [THREE, ['legacy', 'wire', 'simple']],
    [lanes('wire', 'a', 'b', 'c'), ['a', 'wire', 'b', 'c']],
    [lanes('wire', 'a', 'b', 'c', 'd'), ['a', 'b', 'wire', 'c', 'd']],
  ])('stand under each other with the reads over the wire, and none over another: %j', (all, order) => {
    const shape = geometry({ lines: LINES }, all);
    const { staves, reads, height, lines } = shape;
    expect(staves).toEqual(order);
    const extents = staves.map((lane) => [lineTop(shape, lane, 0), lineTop(shape, lane, lines.length - 1)]);
    const places = [
      ...extents.slice(0, order.indexOf('wire')),
      [reads],
      ...extents.slice(order.indexOf('wire')),
    ].flat();
    expect([0, ...places, height]).toEqual([0, ...places, height].toSorted((a, b) => a - b));
    expect(new Set(places).size).toBe(places.length);
    expect(staves.map((lane) => isAbove(shape, lane))).toEqual(staves.map((_, at) => at < order.indexOf('wire')));
  });

  it('begin threads at the reads, or at the staff that is next on the way there', () => {
    const shape = geometry({ lines: LINES }, lanes('wire', 'a', 'b', 'c', 'd'));
    const starts = shape.staves.map((lane) => threadStart(shape, lane, 1));
    const line = (lane: string) => lineTop(shape, lane, 1);
    expect(starts).toEqual([line('b'), shape.reads, shape.reads, line('wire'), line('c')]);
  });

  it('join lines of one kind where there are too many, and keep a line for each', () => {
    const many: LaneMap['lines'] = [
      LINES[0]!,
      ...Array.from({ length: 40 }, (_, at) => ({
        id: `b${at}`,
        label: at % 2 ? `call ${at}` : 'text',
        kind: at % 2 ? ('tool' as const) : ('text' as const),
      })),
    ];
    const { lines, indexOf } = geometry({ lines: many }, THREE);
    expect(lines.length).toBeLessThanOrEqual(7);
    expect(lines.map(({ label }) => label).at(-1)).toBe('more calls');
    expect(new Set([0, 2, 38].map((at) => indexOf(`b${at}`))).size).toBe(1);
    expect(many.every(({ id }) => lines[indexOf(id)] !== undefined)).toBe(true);
  });
});

describe('notes', () => {
  it('stand alone where they can be told apart, and are one band where not', () => {
    const apart = marks(laneMapOf([note(0), note(500), note(1000)]));
    expect(apart.map(({ notes }) => notes)).toEqual([1, 1, 1]);
    const dense = marks(laneMapOf(Array.from({ length: 100 }, (_, at) => note(at * 20))));
    expect(dense).toMatchObject([{ notes: 100, chars: 400 }]);
  });

  it('come apart again by zooming in', () => {
    const laneMap = laneMapOf(Array.from({ length: 100 }, (_, at) => note(at * 20)));
    const near = marks(laneMap, { start: 0, end: 200e6 });
    expect(near.every(({ notes }) => notes === 1)).toBe(true);
    expect(near.length).toBeLessThan(15);
  });

  it('are few in number, however many messages there are', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 2_000 }), (times) => {
        const sorted = times.toSorted((a, b) => a - b);
        const drawn = marks(laneMapOf(sorted.map((ms) => note(ms))));
        expect(drawn.length).toBeLessThanOrEqual(2 * 150 + 2);
        expect(drawn.reduce((sum, { notes }) => sum + notes, 0)).toBe(sorted.length);
        expect(drawn.every(({ from, to }) => from <= to)).toBe(true);
      }),
    );
  });

  it('keep the shape of each: one that differs is never hidden in a band of sound ones', () => {
    const notes = Array.from({ length: 60 }, (_, at) =>
      note(at * 10, at === 30 ? { shape: 'altered', finding: 1 } : {}),
    );
    expect(marks(laneMapOf(notes)).filter(({ shape }) => shape === 'altered')).toHaveLength(1);
  });

  it('stand by their order where nothing was timed', () => {
    const laneMap = laneMapOf([note(0, { event: 0 }), note(0, { event: 50, causeEvent: 40 })], {
      timed: false,
      events: 100,
      totalNs: 0,
    });
    const [first, second] = marks(laneMap);
    expect(first!.from).toBe(0);
    expect(second!.from).toBeCloseTo(50 / 105);
    expect(second!.causeFrom).toBeCloseTo(40 / 105);
  });
});

describe('shapes of findings', () => {
  it('late: emitted to the right of its cause', () => {
    const { marks: drawn } = marksOfExample('late');
    const late = drawn.filter(({ shape }) => shape === 'late');
    expect(late.length).toBeGreaterThan(0);
    expect(late.every(({ from, causeFrom }) => from > causeFrom)).toBe(true);
  });

  it('lost: a mark for what the lane never said, which holds no line', () => {
    const { marks: drawn } = marksOfExample('text-lost');
    const lost = drawn.filter(({ shape, lane }) => shape === 'lost' && lane === 'legacy');
    expect(lost.length).toBeGreaterThan(0);
    expect(heldOf(lost)).toEqual([]);
  });

  it('merged: on the line of the call it ran into, under one slur', () => {
    const { marks: drawn, result } = marksOfExample('tool-calls-merged');
    const { indexOf } = geometry(result.laneMap, result.lanes);
    const merged = drawn.filter(({ shape, lane }) => shape === 'merged' && lane === 'simple');
    const [target] = result.laneMap.spans.filter(({ shape, lane }) => shape === 'merged' && lane === 'simple');
    expect(merged.map(({ line }) => line)).toEqual(merged.map(() => indexOf(target!.line)));
    expect(merged.some(({ source, line }) => source !== line)).toBe(true);
    const slur = slursOf(drawn).find(({ lane }) => lane === 'simple')!;
    expect(slur.finding).toBe(target!.finding);
    expect(merged.every(({ to }) => to <= slur.to)).toBe(true);
  });

  it.each(Object.keys(EXAMPLES))('%s has its number in the lane map', (id) => {
    const { result } = marksOfExample(id);
    const labels = labelsOf(
      spanShares(result.laneMap.spans, axisOf(result.laneMap), axisOf(result.laneMap).whole),
      result.lanes.map(({ id: lane }) => lane),
      600,
    );
    expect(labels.map(({ finding }) => finding).toSorted((a, b) => a - b)).toEqual(
      result.laneMap.events === 0 ? [] : result.findings.map(({ number }) => number),
    );
  });
});

describe('labels', () => {
  const span = (finding: number, from: number, label: string): Span => ({
    span: {
      finding,
      lane: 'legacy',
      line: 'b0',
      startNs: 0,
      endNs: 0,
      events: [0, 0],
      shape: 'fact',
      label,
    } satisfies LaneMapSpan,
    from,
    to: from,
  });

  it('never stand over one another while there is room for the numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.string({ maxLength: 40 })), { maxLength: 20 }),
        (all) => {
          const labels = labelsOf(
            all.map(([from, label], at) => span(at + 1, from, label)),
            ['legacy'],
            600,
          );
          expect(labels).toHaveLength(all.length);
          for (const [at, { left }] of labels.entries()) {
            expect(left * 600).toBeGreaterThanOrEqual(-1e-6);
            const before = labels[at - 1];
            if (before)
              expect(left * 600 + 1e-6).toBeGreaterThanOrEqual(before.left * 600 + 22 + before.text.length * 6.2);
          }
        },
      ),
    );
  });

  it('have words where they fit, to the left of their place at the end', () => {
    expect(labelsOf([span(1, 0.1, 'two words')], ['legacy'], 600)).toMatchObject([{ text: 'two words', left: 0.1 }]);
    expect(labelsOf([span(1, 1, 'two words')], ['legacy'], 600)[0]!.left).toBeLessThan(0.9);
  });
});

it('names what the wire says along the axis, silences too', () => {
  const laneMap = laneMapOf([note(1000), note(1200)], { silences: [{ startNs: 1.2e9, endNs: 4e9 }] });
  const rows = [{ id: 'b0', title: 'Text' }] as unknown as CompareResult['rows'];
  const named = passagesOf({ laneMap, rows }, axisOf(laneMap), axisOf(laneMap).whole);
  expect(named.map(({ text }) => text)).toEqual(['Text 8', 'silence 2.80 s']);
  expect(named[0]!.to).toBe(named[1]!.from);
});

it('puts each line of each staff at a place of its own', () => {
  const shape = geometry({ lines: LINES }, THREE);
  const places = shape.staves.flatMap((lane) => LINES.map((_, at) => lineTop(shape, lane, at)));
  expect(new Set(places).size).toBe(places.length);
});
