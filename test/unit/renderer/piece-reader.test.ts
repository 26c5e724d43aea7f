import fc from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { PieceReader } from '../../../src/renderer/components/piece-reader.ts';

const text = fc.string({ unit: 'grapheme' });

describe('a text read in stretches', () => {
  it('is the text, whatever its pieces and the stretches are, and no stretch parts a character of a piece', () => {
    fc.assert(
      fc.property(fc.array(text), fc.integer({ min: 1, max: 20 }), (pieces, most) => {
        const reader = new PieceReader(pieces);
        const taken: string[] = [];
        while (!reader.done) taken.push(reader.take(most));
        expect(taken.join('')).toBe(pieces.join(''));
        expect(reader.taken).toBe(pieces.join('').length);
        for (const stretch of taken) {
          expect(stretch.length).toBeLessThanOrEqual(most + 1);
          expect(stretch.isWellFormed()).toBe(true);
        }
      }),
    );
  });
  it('goes on with what comes after its end', () => {
    const pieces = ['one'];
    const reader = new PieceReader(pieces);
    expect(reader.take(10)).toBe('one');
    expect(reader.done).toBe(true);
    pieces.push(' two');
    expect(reader.done).toBe(false);
    expect(reader.take(10)).toBe(' two');
  });
  it('gives nothing where nothing is wanted', () => {
    const reader = new PieceReader(['one']);
    expect(reader.take(0)).toBe('');
    expect(reader.done).toBe(false);
  });
});
