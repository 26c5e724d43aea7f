import { describe, expect, it } from 'vitest';
import { cellOf } from '../../../src/shared/model/block-row.ts';
import { textOf } from '../../../src/shared/compare/block-equality.ts';
import {
  approval,
  call,
  gridOf,
  itemsOf,
  parts,
  reasoning,
  stopError,
  text,
  wireArgs,
  wireStart,
  wireStop,
  wireText,
  type Step,
} from '../../support/items.ts';

const gridOfSteps = (...steps: Step[]) => gridOf(itemsOf(steps));

describe('the grid of blocks', () => {
  it('gives each wire block a row, in the order in which they began', () => {
    const grid = gridOfSteps(
      { ms: 1, block: 'b0', wire: [wireStart('b0', 'reasoning')] },
      { ms: 2, block: 'b1', wire: [wireStop('b0'), wireStart('b1', 'text')] },
      { ms: 3, block: 'b1', wire: [wireText('b1', 'Hi')] },
    );
    expect(grid.rows.map(({ id, kind, open }) => ({ id, kind, open }))).toEqual([
      { id: 'b0', kind: 'reasoning', open: false },
      { id: 'b1', kind: 'text', open: true },
    ]);
  });

  it('says of a block that the stream ended in that it is cut, and of one that the provider closed that it is not', () => {
    const steps: Step[] = [
      { ms: 1, block: 'b0', wire: [wireStart('b0', 'text'), wireText('b0', 'whole'), wireStop('b0')] },
      { ms: 2, block: 'b1', wire: [wireStart('b1', 'text'), wireText('b1', 'ha')] },
    ];
    const grid = gridOfSteps(...steps);
    const states = () => grid.rows.map(({ open, cut }) => [open, cut]);
    expect(states()).toEqual([
      [false, false],
      [true, false],
    ]);
    grid.end();
    expect(states()).toEqual([
      [false, false],
      [false, true],
    ]);
  });

  it('puts what a lane emits into the row of the block whose frame caused it, and leaves a hole where it emits nothing', () => {
    const grid = gridOfSteps(
      { ms: 1, block: 'b0', wire: [wireStart('b0', 'text'), wireText('b0', 'Hello ')], simple: [parts('Hello ')] },
      { ms: 2, block: 'b0', wire: [wireText('b0', 'world')], simple: [parts('world')] },
    );
    const row = grid.row('b0')!;
    expect(textOf(row.cells.wire)).toBe('Hello world');
    expect(textOf(cellOf(row, 'simple'))).toBe('Hello world');
    expect(cellOf(row, 'simple')[0]).toMatchObject({ messages: 2, chars: 11, firstEvent: 0, lastEvent: 1 });
    expect(cellOf(row, 'legacy')).toEqual([]);
  });

  it('appends text as pieces and never joins them', () => {
    const steps: Step[] = [{ ms: 1, block: 'b0', wire: [wireStart('b0', 'text'), wireText('b0', 'a')] }];
    const items = itemsOf([...steps, { ms: 2, block: 'b0', wire: [wireText('b0', 'b')] }]);
    const grid = gridOf(items);
    expect(grid.row('b0')!.cells.wire[0]!.pieces).toEqual(['a', 'b']);
  });

  it('counts characters as code points', () => {
    const grid = gridOfSteps({ ms: 1, block: 'b0', wire: [wireStart('b0', 'text'), wireText('b0', 'a😀é')] });
    expect(grid.row('b0')!.cells.wire[0]!.chars).toBe(3);
  });

  it('tells blocks of one frame apart by kind', () => {
    const grid = gridOfSteps({
      ms: 1,
      block: 'c0/text',
      wire: [
        wireStart('c0/text', 'text'),
        wireText('c0/text', 'x'),
        wireStart('c0/tool/0', 'tool', { name: 'f', id: 'call_1' }),
        wireArgs('c0/tool/0', '{'),
      ],
      legacy: [call('f', 'call_1', '{')],
      simple: [text('x'), call('f', 'call_1', '{')],
    });
    expect(textOf(cellOf(grid.row('c0/text')!, 'simple'))).toBe('x');
    expect(textOf(cellOf(grid.row('c0/tool/0')!, 'simple'))).toBe('{');
    expect(cellOf(grid.row('c0/text')!, 'legacy')).toEqual([]);
    expect(textOf(cellOf(grid.row('c0/tool/0')!, 'legacy'))).toBe('{');
  });

  it('tells two calls of one frame apart by id', () => {
    const grid = gridOfSteps({
      ms: 1,
      wire: [
        wireStart('t0', 'tool', { name: 'f', id: 'call_1' }),
        wireStart('t1', 'tool', { name: 'g', id: 'call_2' }),
      ],
      simple: [call('g', 'call_2', '{}')],
    });
    expect(cellOf(grid.row('t0')!, 'simple')).toEqual([]);
    expect(cellOf(grid.row('t1')!, 'simple')[0]).toMatchObject({ name: 'g', callId: 'call_2' });
  });

  it('takes an empty id or name for none', () => {
    const grid = gridOfSteps(
      {
        ms: 1,
        block: 't0',
        wire: [wireStart('t0', 'tool', { name: 'f', id: 'call_1' })],
        simple: [call('f', 'call_1', '')],
      },
      { ms: 2, block: 't0', wire: [wireArgs('t0', '{}')], simple: [call('', '', '{}')] },
    );
    expect(cellOf(grid.row('t0')!, 'simple')).toHaveLength(1);
    expect(cellOf(grid.row('t0')!, 'simple')[0]).toMatchObject({ name: 'f', callId: 'call_1', messages: 2 });
  });

  it('keeps what a lane releases with a frame of no block beside what it goes on with', () => {
    const grid = gridOfSteps(
      {
        ms: 1,
        block: 't0',
        wire: [wireStart('t0', 'tool', { name: 'f', id: 'call_1' })],
        legacy: [call('f', 'call_1', null)],
      },
      { ms: 2, block: 't0', wire: [wireArgs('t0', '{}')] },
      { ms: 3, kind: 'finish', legacy: [call(null, 'call_1', '{}')] },
    );
    expect(grid.rows.map(({ id }) => id)).toEqual(['t0']);
    expect(textOf(cellOf(grid.row('t0')!, 'legacy'))).toBe('{}');
  });

  it('gives a message that belongs to no block a row of its own', () => {
    const grid = gridOfSteps({ ms: 1, kind: 'finish', legacy: [reasoning('late')] });
    expect(grid.rows.map(({ id }) => id)).toEqual(['event:0']);
  });

  it('marks approval and the moment when arguments first were whole', () => {
    const grid = gridOfSteps(
      {
        ms: 1,
        block: 't0',
        wire: [wireStart('t0', 'tool', { name: 'f', id: 'c' }), wireArgs('t0', '{"a":')],
        simple: [approval('f', 'c', '{"a":')],
      },
      { ms: 5, block: 't0', wire: [wireArgs('t0', '1}')], simple: [approval('f', 'c', '1}')] },
      { ms: 9, block: 't0', wire: [wireStop('t0', true)] },
    );
    const row = grid.row('t0')!;
    expect(row.cells.wire[0]).toMatchObject({ valid: true, validNs: 5e6, approval: false, name: 'f' });
    expect(cellOf(row, 'simple')[0]).toMatchObject({ valid: true, validNs: 5e6, approval: true });
  });

  it('takes validity back when two documents run together', () => {
    const grid = gridOfSteps({
      ms: 1,
      block: 't0',
      wire: [wireStart('t0', 'tool', { name: 'f', id: 'c' })],
      legacy: [call('f', 'c', '{"a":1}'), call('f', 'c', '{"b":2}')],
    });
    expect(cellOf(grid.row('t0')!, 'legacy')[0]).toMatchObject({ valid: false, validNs: 1e6 });
  });

  it('says where a lane ended with an error', () => {
    const grid = gridOfSteps({ ms: 1, kind: 'meta' }, { ms: 2, kind: 'meta', legacy: [stopError] });
    expect(grid.errorEvent('legacy')).toBe(1);
    expect(grid.errorEvent('simple')).toBeNull();
    expect(cellOf(grid.row('event:1')!, 'legacy')[0]!.kind).toBe('error');
  });

  it('counts a version up for new blocks and states, and not for text', () => {
    const grid = gridOf([]);
    const items = itemsOf([
      { ms: 1, block: 'b0', wire: [wireStart('b0', 'text')] },
      { ms: 2, block: 'b0', wire: [wireText('b0', 'x')] },
      { ms: 3, block: 'b0', wire: [wireStop('b0')] },
    ]);
    const versions = items.map((item) => {
      if (item.k === 'event') grid.event(item.event);
      if (item.k === 'message') grid.message(item.emission);
      return grid.version;
    });
    const [, , afterStart, , , afterText, , , afterStop] = versions;
    expect(afterText).toBe(afterStart);
    expect(afterStop).toBeGreaterThan(afterText!);
  });
});
