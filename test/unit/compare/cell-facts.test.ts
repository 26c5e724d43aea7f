import { describe, expect, it } from 'vitest';
import { cellFact } from '../../../src/shared/compare/cell-facts.ts';
import {
  call,
  gridOf,
  itemsOf,
  stopError,
  text,
  wireArgs,
  wireStart,
  wireStop,
  wireText,
  type Step,
} from '../../support/items.ts';

function factOf(legacy: Step['legacy'], { closed = true } = {}) {
  const grid = gridOf(
    itemsOf([
      { ms: 1, block: 'b0', wire: [wireStart('b0', 'text'), wireText('b0', 'Hello world')], ...(legacy && { legacy }) },
      ...(closed ? [{ ms: 2, block: 'b0', wire: [wireStop('b0')] }] : []),
    ]),
  );
  return cellFact(grid.row('b0')!, 'legacy');
}

describe('what a cell differs in', () => {
  it('says nothing of equal text', () => expect(factOf([text('Hello world')])).toBeNull());
  it('says at once what a lane has nothing for', () =>
    expect(factOf(undefined, { closed: false })).toEqual({ type: 'nothing', chars: 11, events: 1 }));
  it('waits with a comparison until the block is closed', () =>
    expect(factOf([text('Hel')], { closed: false })).toBeNull());
  it('names a lost end', () => expect(factOf([text('Hello')])).toEqual({ type: 'cut-end', chars: 6 }));
  it('names a lost start', () => expect(factOf([text('world')])).toEqual({ type: 'cut-start', chars: 6 }));
  it('names text in front', () => expect(factOf([text('>> Hello world')])).toEqual({ type: 'before', chars: 3 }));
  it('names text behind', () => expect(factOf([text('Hello world!')])).toEqual({ type: 'behind', chars: 1 }));
  it('names the first place that is other', () =>
    expect(factOf([text('Hellå world')])).toEqual({ type: 'altered', at: 4 }));

  it('sees arguments that became an answer', () => {
    const grid = gridOf(
      itemsOf([
        {
          ms: 1,
          block: 't0',
          wire: [wireStart('t0', 'tool', { name: 'send_message', id: 'c' }), wireArgs('t0', '{}')],
          legacy: [text('hi')],
        },
        { ms: 2, block: 't0', wire: [wireStop('t0', true)] },
      ]),
    );
    expect(cellFact(grid.row('t0')!, 'legacy')).toEqual({ type: 'kind', kind: 'text' });
  });

  it('tells of arguments of megabytes only what one has more of at an end, and looks again when more comes', () => {
    const args = JSON.stringify({ text: 'x'.repeat(300_000) });
    const grid = gridOf(
      itemsOf([
        { ms: 1, block: 't0', wire: [wireStart('t0', 'tool', { name: 'f', id: 'c' }), wireArgs('t0', args)] },
        { ms: 2, block: 't0', wire: [wireStop('t0', true)], legacy: [call('f', 'c', args.slice(0, -2))] },
      ]),
    );
    const row = grid.row('t0')!;
    expect(cellFact(row, 'legacy')).toEqual({ type: 'cut-end', chars: 2 });
    const [block] = row.cells['legacy']!;
    block!.pieces.push('"}');
    block!.chars += 2;
    expect(cellFact(row, 'legacy')).toBeNull();
    block!.pieces.splice(0, 2, args.replace('x', 'y'));
    block!.messages++;
    expect(cellFact(row, 'legacy')).toBeNull();
  });

  it('sees what is not on the wire, an error included', () => {
    const grid = gridOf(
      itemsOf([
        { ms: 1, kind: 'finish', legacy: [call('f', 'c', '{}')] },
        { ms: 2, kind: 'error', legacy: [stopError] },
      ]),
    );
    expect(cellFact(grid.row('event:0')!, 'legacy')).toEqual({ type: 'extra', chars: 2 });
    expect(cellFact(grid.row('event:1')!, 'legacy')).toEqual({ type: 'error-extra' });
  });
});
