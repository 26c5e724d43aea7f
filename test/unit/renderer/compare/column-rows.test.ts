/** Holds the columns to what they fold, keep and leave out, and the minimap to showing every difference. */
import fc from '../../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import {
  columnRows,
  entryOf,
  mapColumn,
  partsOf,
  piecesOf,
} from '../../../../src/renderer/views/compare/column-rows.ts';
import { compareLanes } from '../../../../src/shared/compare/lanes.ts';
import type { AlignedCell, AlignedRow } from '../../../../src/shared/compare/result.ts';
import { EXAMPLES } from '../../../fixtures/compare/examples.ts';

const cell = (equal: boolean): AlignedCell => ({ text: 'x', messages: 1, equal, noted: false, marks: [] });
const row = (id: string, equal: boolean, findings: readonly number[] = [], byte = 0): AlignedRow => ({
  id,
  kind: 'text',
  title: id,
  byte,
  events: [0, 1],
  cells: { wire: cell(true), legacy: cell(equal), simple: cell(true) },
  equal,
  findings,
});
const NONE: ReadonlySet<string> = new Set();

describe('folding', () => {
  const rows = [
    row('a', true),
    row('b', true),
    row('c', false, [1]),
    row('d', true),
    row('e', true, [2]),
    row('f', true),
  ];
  const shown = (open = NONE) =>
    columnRows(rows, open).map((entry) => (entry.type === 'row' ? entry.id : entry.rows.map(({ id }) => id).join('')));

  it('makes one line of equal neighbours, and gives a late one its own', () =>
    expect(shown()).toEqual(['ab', 'c', 'd', 'e', 'f']));
  it('opens', () => expect(shown(new Set(['fold a']))).toEqual(['a', 'b', 'c', 'd', 'e', 'f']));
  it('knows where a row went', () =>
    expect(['b', 'c', 'f', 'x'].map((id) => entryOf(columnRows(rows, NONE), id))).toEqual([0, 1, 4, -1]));

  it.each(Object.keys(EXAMPLES))('never hides a row that differs: %s', (id) => {
    const { rows: all } = compareLanes(EXAMPLES[id]!.shows());
    const hidden = columnRows(all, NONE).flatMap((entry) => (entry.type === 'fold' ? entry.rows : []));
    expect(hidden.filter(({ equal }) => !equal)).toEqual([]);
  });
});

describe('pieces of a text', () => {
  const texts = fc.array(
    fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 900 }), fc.constantFrom(null, 'lost', 'added')),
    { maxLength: 6 },
  );

  it('are the whole text when asked for it, and say how much is left out when not', () => {
    fc.assert(
      fc.property(texts, (parts) => {
        let text = '';
        const marks: AlignedCell['marks'][number][] = [];
        for (const [part, mark] of parts) {
          if (mark !== null) marks.push({ start: text.length, end: text.length + part.length, mark });
          text += part;
        }
        const all = piecesOf({ text, marks }, true);
        expect(all.map((piece) => (piece.type === 'text' ? piece.text : '?')).join('')).toBe(text);
        const short = piecesOf({ text, marks }, false);
        expect(short.reduce((sum, piece) => sum + (piece.type === 'text' ? piece.text.length : piece.chars), 0)).toBe(
          text.length,
        );
        for (const piece of short) if (piece.type === 'text') expect(piece.text.isWellFormed()).toBe(true);
        // Each marked stretch is there, at least in part.
        for (const mark of ['lost', 'added'] as const)
          expect(short.some((piece) => piece.mark === mark)).toBe(marks.some((one) => one.mark === mark));
      }),
    );
  });

  it('keep what stands around a difference', () => {
    const text = `${'a'.repeat(2000)}NEAR${'X'}NEXT${'b'.repeat(2000)}`;
    const pieces = piecesOf({ text, marks: [{ start: 2004, end: 2005, mark: 'added' }] }, false);
    const at = pieces.findIndex((piece) => piece.mark === 'added');
    expect(pieces[at - 1]).toMatchObject({ text: expect.stringMatching(/a+NEAR$/) });
    expect(pieces[at + 1]).toMatchObject({ text: expect.stringMatching(/^NEXTb+$/) });
    expect(pieces.filter(({ type }) => type === 'gap')).toHaveLength(2);
  });

  it('of a long text are parts that follow each other and have a few thousand characters each', () => {
    const text = 'a😀'.repeat(20_000);
    const pieces = piecesOf({ text, marks: [{ start: 100, end: 30_001, mark: 'lost' }] }, true);
    const parts = partsOf(pieces).map(([from, to]) => pieces.slice(from, to));
    expect(parts.flat()).toEqual(pieces);
    for (const part of parts) {
      const said = part.map((piece) => (piece.type === 'text' ? piece.text : '')).join('');
      expect(said.isWellFormed()).toBe(true);
      expect(said.length).toBeLessThanOrEqual(2 * 4096);
    }
  });

  it('are none where there is no text', () => expect(piecesOf({ text: null, marks: [] }, false)).toEqual([]));
});

describe('the minimap', () => {
  it('shows each lane’s differences and no others', () => {
    const rows = [row('a', true, [], 0), row('b', false, [1], 500), row('c', true, [], 700)];
    expect(mapColumn(rows, 'legacy', 1000).map(({ differs }) => differs)).toEqual([false, true, false]);
    expect(mapColumn(rows, 'simple', 1000).some(({ differs }) => differs)).toBe(false);
  });

  it('is bounded, and a difference among ten thousand rows still shows', () => {
    const rows = Array.from({ length: 10_000 }, (_, at) => row(`r${at}`, at !== 5_000, [], at * 10));
    const column = mapColumn(rows, 'legacy', 100_000);
    expect(column.length).toBeLessThan(700);
    const [differing, ...more] = column.filter(({ differs }) => differs);
    expect(more).toEqual([]);
    expect(differing!.from).toBeCloseTo(0.5, 2);
  });
});
