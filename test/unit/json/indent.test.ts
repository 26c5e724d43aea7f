/** Indented JSON is the same JSON, token for token, as it came. */
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { indentJson } from '../../../src/shared/json/indent.ts';

describe('indentJson', () => {
  test('prints as JSON.stringify does, whatever blanks it came with', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, blanks) => {
        expect(indentJson(JSON.stringify(value, null, blanks))).toBe(JSON.stringify(value, null, 2));
      }),
    );
  });

  test('keeps digits, escapes, repeated keys and their order', () => {
    expect(indentJson('{"2":1.50,"1":12345678901234567890,"a":"\\u0041\\"}","2":-0E+1}')).toBe(
      '{\n  "2": 1.50,\n  "1": 12345678901234567890,\n  "a": "\\u0041\\"}",\n  "2": -0E+1\n}',
    );
  });

  test('leaves what is empty on its line', () => {
    expect(indentJson(' { "a" : [ ] , "b":{\n}, "c":[{}] } ')).toBe(
      '{\n  "a": [],\n  "b": {},\n  "c": [\n    {}\n  ]\n}',
    );
  });

  test('has nothing to print for what is no JSON', () => {
    for (const text of ['', '[DONE]', '{"a":}', '{"a":1}}', 'NaN']) expect(indentJson(text)).toBeNull();
  });

  test('costs no more than its length, however deep it nests', () => {
    const depth = 10_000;
    const printed = indentJson('['.repeat(depth) + ']'.repeat(depth))!;
    expect(printed.length).toBeLessThan(2 * depth * 150);
    expect(printed.replaceAll(/\s/g, '')).toBe('['.repeat(depth) + ']'.repeat(depth));
  });

  test('leaves what nests too deep to be parsed as it came', () => {
    expect(indentJson('['.repeat(100_000) + ']'.repeat(100_000))).toBeNull();
  });
});
