/** Whole numbers as the platform writes them in English. */
import { expect, test } from 'vitest';
import fc from '../../support/properties.ts';
import { count } from '../../../src/shared/text/count.ts';

test('a count is what the formatter of the platform makes of it', () => {
  const format = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
  for (const value of [0, 1, 999, 1000, 1204, 99.6, 999_999, 1_000_000, -1, -1204, Number.MAX_SAFE_INTEGER])
    expect(count(value)).toBe(format.format(value));
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(count(value)).toBe(format.format(value));
    }),
  );
});
