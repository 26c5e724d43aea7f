/** What screens ask of a comparison, again with each drawing: of one with many rows it must not take long. */
import { expect, it } from 'vitest';
import { cellStandings, differingCells, isEqual } from '../../../src/shared/compare/cell-standing.ts';
import type { AlignedCell, AlignedRow } from '../../../src/shared/compare/result.ts';

it('a comparison is looked through once, however often a screen asks', () => {
  let looks = 0;
  const cell = (equal: boolean): AlignedCell => ({ equal, noted: false, text: '', messages: 1, marks: [] });
  const rows = Array.from({ length: 50 }, (_, at): AlignedRow => {
    const row = { id: `b${at}`, kind: 'tool', title: '', byte: null, events: null, equal: at !== 7, findings: [] };
    return {
      ...row,
      get cells() {
        looks++;
        return { wire: cell(true), legacy: cell(at !== 7) };
      },
    };
  });
  const result = { rows, findings: [], nothing: null };
  const ask = () => [differingCells(rows, 'legacy'), isEqual(result, 'legacy'), isEqual(result, 'wire')];
  expect(ask()).toEqual([1, false, true]);
  looks = 0;
  expect(ask()).toEqual([1, false, true]);
  cellStandings([], 'legacy', result, null);
  expect(looks).toBe(0);
});
