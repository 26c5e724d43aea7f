/** JSON in stretches: the text is that of JSON.stringify, and no stretch is long. */
import fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { jsonStretches } from '../../../src/shared/json/json-stretches.ts';

const skips = (key: string, value: unknown): boolean => key === 'id' || value === null;
/** As JSON.stringify leaves out members. */
const wanted = (key: string, value: unknown): unknown => (skips(key, value) ? undefined : value);

const word = fc.constantFrom('a', '"', '\\', '\n', '😀', '\ud83d', '\ude00', 'é', '\u2028');
/** Up to megabytes, with pairs and halves of them at the cuts. */
const text = fc
  .tuple(fc.array(word, { minLength: 1, maxLength: 5 }), fc.constantFrom(1, 5, 20_000))
  .map(([words, times]) => words.join('').repeat(times));
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.jsonValue(),
    text,
    fc.dictionary(fc.constantFrom('id', 'a', '__proto__', ''), tie('any')),
    fc.array(tie('any'), { maxLength: 4 }),
  ),
})).any;

test('they are the text that JSON.stringify makes', () => {
  fc.assert(
    fc.property(value, (one) => {
      expect([...jsonStretches(one, () => false)].join('') === JSON.stringify(one)).toBe(true);
    }),
  );
});

test('they leave out what is skipped, wherever it stands', () => {
  fc.assert(
    fc.property(
      value.filter((one) => one !== null),
      (one) => {
        expect([...jsonStretches({ one }, skips)].join('') === JSON.stringify({ one }, wanted)).toBe(true);
      },
    ),
  );
});

test('none of them is long, of a long text, a long list or many levels', () => {
  let deep: unknown = [];
  for (let level = 0; level < 100_000; level++) deep = [deep];
  const values = ['\u0000'.repeat(1e6), Array.from({ length: 1e5 }, (_, at) => ({ at })), deep];
  for (const one of values) {
    const stretches = [...jsonStretches(one, () => false)];
    expect(stretches.length).toBeGreaterThan(10);
    expect(Math.max(...stretches.map(({ length }) => length))).toBeLessThan(120_000);
  }
});
