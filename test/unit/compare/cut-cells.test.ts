/** A comparison of megabytes for a screen: a stretch of each long text, what it leaves out in numbers, and all else as it was. */
import fc from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { CELL_MOST, charsOf, cutCells, marked } from '../../../src/shared/compare/cut-cells.ts';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import { compact } from '../../../src/shared/compare/argument-text.ts';
import { chatBody, chunk, laneSetup } from '../../support/wire.ts';

const compared = (text: string) =>
  compareLanes(
    readAll(
      new TextEncoder().encode(chatBody(chunk({ content: text }), chunk({}, { finish_reason: 'stop' }), '[DONE]')),
      laneSetup('chat_completions'),
    ),
  );

describe('a comparison for a screen', () => {
  it('is itself where no text is long', () => {
    const result = compared('short');
    expect(cutCells(result).rows).toEqual(result.rows);
  });

  it('has a stretch of each long text around the first mark, in whole characters, and the numbers of all of it', () => {
    const result = compared('😀'.repeat(CELL_MOST));
    const [row] = result.rows;
    fc.assert(
      fc.property(fc.nat(CELL_MOST - 1), fc.integer({ min: 1, max: 500 }), (at, length) => {
        const mark = { start: at * 2, end: Math.min((at + length) * 2, CELL_MOST * 2), mark: 'lost' as const };
        const cell = { ...row!.cells.wire, marks: [mark] };
        const [cut] = cutCells({ ...result, rows: [{ ...row!, cells: { ...row!.cells, legacy: cell } }] }).rows;
        const got = cut!.cells.legacy!;
        expect(got.text!.length).toBeLessThanOrEqual(CELL_MOST + 1);
        expect(got.text!.isWellFormed()).toBe(true);
        expect(charsOf(got)).toBe(CELL_MOST);
        expect(marked(got, 'lost')).toBe((mark.end - mark.start) / 2);
        const [shown] = got.marks;
        expect(got.cut!.before * 2 + shown!.start).toBe(mark.start);
        expect(cut!.cells.wire.cut!.before).toBe(got.cut!.before);
      }),
      { numRuns: 30 },
    );
  });
});

describe('arguments without blanks', () => {
  const loop = (args: string): string => {
    let [out, inside] = ['', false];
    for (let i = 0; i < args.length; i++) {
      const char = args[i]!;
      if (inside && char === '\\') {
        out += char + (args[++i] ?? '');
        continue;
      }
      if (char === '"') inside = !inside;
      if (inside || !/[ \t\n\r]/.test(char)) out += char;
    }
    return out;
  };
  it('keep their strings, however they are escaped', () => {
    const token = fc.constantFrom('"', '\\', '\\"', '\\\\', ' ', '\n', ',', ':', '{', '}');
    fc.assert(
      fc.property(fc.array(token, { maxLength: 40 }), (tokens) => {
        expect(compact(tokens.join(''))).toBe(loop(tokens.join('')));
      }),
    );
  });
});
