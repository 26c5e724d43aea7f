import { describe, expect, it } from 'vitest';
import { TraceModel } from '../../../src/renderer/stores/trace-model.ts';
import { TimelineData } from '../../../src/renderer/views/timeline/timeline-data.ts';
import { panned, roundEnd, tickText, ticks, toShare, zoomed } from '../../../src/renderer/parts/time/scale.ts';
import { draw, metaMarks, type Palette } from '../../../src/renderer/views/timeline/draw.ts';
import { flagLabel, labelled, rangeLabel } from '../../../src/renderer/views/timeline/labels.ts';
import { nearestEvent } from '../../../src/renderer/views/timeline/hit.ts';
import { lowerBound } from '../../../src/renderer/stores/lower-bound.ts';
import { itemsOf, wireStart, wireStop, type Step } from '../../support/items.ts';

function dataOf(steps: readonly Step[]) {
  const model = new TraceModel();
  model.apply(itemsOf(steps));
  const data = new TimelineData(model);
  data.take();
  return { model, data };
}

describe('lanes of the timeline', () => {
  it('has one lane for reasoning, one for text and one for each call', () => {
    const { data } = dataOf([
      { ms: 1, kind: 'start' },
      { ms: 2, kind: 'reasoning', block: 'b0', chars: 3, wire: [wireStart('b0', 'reasoning')] },
      { ms: 3, kind: 'text', block: 'b1', chars: 5, wire: [wireStart('b1', 'text')] },
      { ms: 4, kind: 'tool', block: 'b2', wire: [wireStart('b2', 'tool', { name: 'f', id: 'c' })] },
      { ms: 5, kind: 'tool', block: 'b2', chars: 2 },
      { ms: 6, kind: 'text', block: 'b3', chars: 4, wire: [wireStart('b3', 'text')] },
      { ms: 7, kind: 'ping' },
    ]);
    expect(data.lanes.map(({ name, chars, segments }) => [name, chars, segments.length])).toEqual([
      ['Reasoning', 3, 1],
      ['Text', 9, 2],
      ['f', 2, 1],
    ]);
    expect(data.meta).toEqual([0, 6]);
    expect(data.pings).toBe(1);
  });

  it('takes only what is new', () => {
    const items = itemsOf([
      { ms: 1, block: 'b', chars: 1 },
      { ms: 2, block: 'b', chars: 1 },
    ]);
    const model = new TraceModel();
    const data = new TimelineData(model);
    for (const item of items) {
      model.apply([item]);
      data.take();
    }
    expect(data.lanes[0]!.events).toEqual([0, 1]);
  });

  it('names a silence of a second or more, unless the stream is as slow as that anyway', () => {
    const steady = (gap: number) => Array.from({ length: 8 }, (_, at): Step => ({ ms: (at + 1) * gap }));
    expect(dataOf([...steady(50), { ms: 1900 }]).data.silences(1900e6)).toEqual([{ startNs: 400e6, endNs: 1900e6 }]);
    expect(dataOf(steady(1100)).data.silences(8800e6)).toEqual([]);
  });
});

describe('the axis', () => {
  it('has four to ten round numbers', () => {
    for (const end of [3e6, 45e6, 1e9, 6.95e9, 61e9, 3600e9]) {
      const { values, step } = ticks({ start: 0, end });
      expect(values.length).toBeGreaterThanOrEqual(3);
      expect(values.length).toBeLessThanOrEqual(10);
      expect(['1', '2', '5']).toContain(step.toExponential()[0]);
    }
  });
  it('has no place between two events that have no times', () => {
    expect(ticks({ start: 0, end: 2.2 }, { least: 1 }).values).toEqual([0, 1, 2]);
    expect(ticks({ start: 0, end: 40 }, { least: 1 }).values).toEqual([0, 10, 20, 30]);
  });
  it('says units as the step needs', () => {
    expect([tickText(0, 1e9), tickText(2e9, 2e9), tickText(0.5e9, 0.5e9), tickText(20e6, 20e6)]).toEqual([
      '0',
      '2 s',
      '0.5 s',
      '20 ms',
    ]);
  });
  it('ends at a round number at or after what there is', () => {
    expect([roundEnd(6.95e9), roundEnd(8e9), roundEnd(1.1e9)]).toEqual([8e9, 8e9, 1.5e9]);
  });
  it('zooms around a point that keeps its place, and stays inside', () => {
    const whole = { start: 0, end: 100 };
    const near = zoomed(whole, 0.5, 40, whole, 1);
    expect(near.end - near.start).toBeCloseTo(50);
    expect(toShare(near, 40)).toBeCloseTo(0.4);
    expect(zoomed(near, 10, 40, whole, 1)).toEqual(whole);
    expect(panned(near, -1000, whole)).toEqual({ start: 0, end: 50 });
    expect(panned(near, 1000, whole)).toEqual({ start: 50, end: 100 });
  });
});

describe('marks of the stream as a whole', () => {
  const { model, data } = dataOf([
    { ms: 0, kind: 'start' },
    { ms: 0, kind: 'meta' },
    { ms: 50, kind: 'ping' },
    { ms: 100, kind: 'usage' },
    { ms: 100, kind: 'finish' },
    { ms: 100, kind: 'done' },
  ]);
  const window = { start: 0, end: 102e6 };
  const at = (nowNs: number, width: number) =>
    metaMarks({ model, data, window, timed: true, nowNs, width }).map(({ x }) => x);

  it('stand whole at both edges, beside each other, and not right of what has come', () => {
    const places = at(100e6, 408);
    expect(places).toEqual([4.5, 13.5, 200, 382, 391, 400]);
    for (const x of places) expect(x).toBeGreaterThanOrEqual(4.5);
  });
  it('leave out what has not come yet', () => {
    expect(at(60e6, 408)).toEqual([4.5, 13.5, 200]);
    expect(at(0, 408)).toEqual([4.5, 4.5]);
  });
});

describe('labels of the axis', () => {
  it('stand on the other side of their line where they would be cut', () => {
    expect(flagLabel(10, '120 ms', 400, 'left')).toMatchObject({ side: 'right', left: 10 });
    expect(flagLabel(200, '120 ms', 400, 'left')).toMatchObject({ side: 'left', right: 200 });
    expect(flagLabel(390, 'now 1.20 s', 400, 'right')).toMatchObject({ side: 'left', right: 390 });
    expect(flagLabel(-1, 'now', 400, 'right')).toBeNull();
    expect(flagLabel(401, 'now', 400, 'right')).toBeNull();
  });
  it('of a range stand in the middle of what is seen of it', () => {
    expect(rangeLabel(100, 300, '2 s', 400)).toMatchObject({ x: 200 });
    expect(rangeLabel(-600, 200, '2 s', 400)).toMatchObject({ x: 100 });
    expect(rangeLabel(-600, -500, '2 s', 400)).toBeNull();
    expect(rangeLabel(398, 400, '2 s, 1 event', 400)!.right).toBeLessThanOrEqual(400);
  });
  it('of ticks give way to them, and to the edge', () => {
    const ticks = [0, 100, 200, 385].map((x) => ({ x, text: `${x} ms` }));
    expect(labelled(ticks, [], 400)).toEqual(['0 ms', '100 ms', '200 ms', '']);
    expect(labelled(ticks, [flagLabel(110, 'now', 400, 'right'), null], 400)).toEqual(['0 ms', '', '200 ms', '']);
  });
});

describe('drawing', () => {
  it('A10 shows keep-alive where it came: comments as reads, with which no silence of bytes but one of content goes on', () => {
    const { model, data } = dataOf([{ ms: 0 }, { ms: 10 }]);
    // Comments: reads without an event.
    model.apply([1500, 3000].map((ms, at) => ({ k: 'read', n: 2 + at, offset: 20 + at, length: 1, tNs: ms * 1e6 })));
    data.take();
    const drawn: number[] = [];
    const context = new Proxy({} as CanvasRenderingContext2D, {
      get: (_, name) => (name === 'fillRect' ? (x: number) => drawn.push(x) : () => {}),
      set: () => true,
    });
    const rows = [{ type: 'network' as const, top: 0, height: 20 }];
    const nowNs = 4000e6;
    const scene = { model, data, rows, window: { start: 0, end: nowNs }, timed: true, nowNs, goesOn: true };
    draw(context, { ...scene, selected: null, width: 400, height: 20 }, palette);
    expect(drawn).toEqual([0, 1, 150, 300]);
    expect([data.meta, data.lanes.flatMap(({ events }) => events)]).toEqual([[], [0, 1]]);
  });

  const kinds = { reasoning: '', text: '', tool: '', meta: '', error: '', wait: '', warn: '' };
  const palette: Palette = { bg: '', fg3: '', accent: '', tint: 0.2, kinds };
  /** How often a canvas is called to draw. */
  const callsOf = (blocks: number): number => {
    const { model, data } = dataOf(
      Array.from({ length: blocks }, (_, at): Step[] => [
        {
          ms: at,
          kind: 'tool',
          block: `b${at}`,
          chars: 2,
          wire: [wireStart(`b${at}`, 'tool'), wireStop(`b${at}`, true)],
        },
        { ms: at, kind: 'finish' },
      ]).flat(),
    );
    let calls = 0;
    const context = new Proxy({} as CanvasRenderingContext2D, {
      get: (_, name) => (name === 'fillRect' || name === 'fill' || name === 'stroke' ? () => calls++ : () => {}),
      set: () => true,
    });
    const rows = [
      { type: 'network' as const, top: 20, height: 20 },
      { type: 'events' as const, top: 40, height: 20 },
      ...data.lanes.map((lane, at) => ({ type: 'lane' as const, top: 60 + 20 * at, height: 20, lane })),
      { type: 'meta' as const, top: 600, height: 20 },
    ];
    const nowNs = blocks * 1e6;
    const scene = { model, data, rows, window: { start: 0, end: nowNs }, timed: true, nowNs, goesOn: false };
    draw(context, { ...scene, selected: null, width: 100, height: 620 }, palette);
    return calls;
  };

  it('takes what the width takes, not what the stream does', () => {
    expect(callsOf(20_000)).toBeLessThan(2 * callsOf(2_000));
  });
});

describe('pointing', () => {
  const { model, data } = dataOf([
    { ms: 0, kind: 'start' },
    { ms: 50, block: 'b', chars: 1 },
    { ms: 100, kind: 'ping' },
  ]);
  const scene = { model, window: { start: 0, end: 100e6 }, timed: true, width: 1000 };
  const rows = [
    { type: 'events' as const, top: 0, height: 20 },
    { type: 'lane' as const, top: 20, height: 20, lane: data.lanes[0]! },
  ];

  it('finds the nearest event of the row, and none far away', () => {
    expect(nearestEvent(scene, rows, 3, 10)).toBe(0);
    expect(nearestEvent(scene, rows, 505, 10)).toBe(1);
    expect(nearestEvent(scene, rows, 250, 10)).toBeNull();
    expect(nearestEvent(scene, rows, 3, 30)).toBeNull();
    expect(nearestEvent(scene, rows, 497, 30)).toBe(1);
  });
  it('finds bounds', () => expect([0, 3, 9].map((wanted) => lowerBound(9, (at) => at >= wanted))).toEqual([0, 3, 9]));
});
