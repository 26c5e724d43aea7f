import fc from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { ArgumentScanner } from '../../../src/shared/model/argument-scanner.ts';

/** What the scanner says after each of the pieces. */
function feed(pieces: readonly string[]): boolean[] {
  const scanner = new ArgumentScanner();
  return pieces.map((piece) => scanner.feed(piece));
}

function isObjectOrList(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

/** What JSON is made of, and what is nearly that. */
const PARTS = fc.constantFrom(
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"a"',
  '"',
  '"\\n"',
  '"\\q"',
  '"\\u12aF"',
  '"\\u12"',
  '"\n"',
  '"\\',
  'u',
  ' ',
  '\t\r\n',
  '\f',
  '\u00a0',
  '0',
  '-0',
  '12',
  '-',
  '01',
  '1.5',
  '1.',
  '.5',
  '2e3',
  '2E-3',
  '2e',
  'true',
  'false',
  'null',
  'nul',
  'NaN',
  '"a":1',
  '"b":[]',
  '{}',
  '[1,2]',
);

describe('the argument scanner', () => {
  it('says when the document is whole', () => expect(feed(['{"a":', '[1,2]', '}'])).toEqual([false, false, true]));
  it('is not misled by brackets and quotes in strings', () =>
    expect(feed(['{"a":"}', '\\"]"', '}'])).toEqual([false, false, true]));
  it('lets blanks follow', () => expect(feed(['{}', '  \n'])).toEqual([true, true]));
  it('refuses a second document', () => expect(feed(['{}', '{}'])).toEqual([true, false]));
  it('refuses what balances and is no JSON', () => expect(feed(['{a}'])).toEqual([false]));

  it('refuses what nests deeper than JSON is parsed, and only that', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(feed([nested(10_000)])).toEqual([true]);
    expect(feed([nested(10_001)])).toEqual([false]);
    const text = nested(10_001);
    expect(feed([text.slice(0, 9_000), text.slice(9_000)])).toEqual([false, false]);
    expect(feed([`["${'['.repeat(20_000)}"]`])).toEqual([true]);
  });

  it.each([
    '{"a":1,}',
    '[1,]',
    '[,1]',
    '{"a"}',
    '{"a":}',
    '{1:2}',
    '[1 2]',
    '[01]',
    '[1.]',
    '[+1]',
    '["\\x"]',
    '["\t"]',
    '{]',
    '[}',
    '}',
    '"a"',
    '1',
    'null',
  ])('refuses %s', (text) => expect(feed([text])).toEqual([false]));

  it('agrees with JSON.parse on what is nearly JSON, however it is cut', () => {
    const lists = fc.array(PARTS, { maxLength: 12 }).map((parts) => parts.join(''));
    const texts = fc.oneof(
      lists,
      lists.map((list) => `[${list}]`),
      lists.map((list) => `{"a":${list}}`),
    );
    fc.assert(
      fc.property(texts, fc.nat(60), (text, cut) => {
        const whole = isObjectOrList(text);
        expect(feed([text.slice(0, cut), text.slice(cut)]).at(-1)).toBe(whole);
        expect(feed([...text]).at(-1) ?? false).toBe(whole);
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with JSON.parse on any object, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(fc.nat(40), { maxLength: 12 }),
        (value, cuts) => {
          const text = JSON.stringify(value);
          const pieces: string[] = [];
          let at = 0;
          for (const cut of cuts) pieces.push(text.slice(at, (at += cut)));
          pieces.push(text.slice(at));
          expect(feed(pieces).at(-1)).toBe(true);
        },
      ),
    );
  });
});
