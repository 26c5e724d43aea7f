import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { withField, withoutField } from '../../../src/shared/json/json-edit.ts';

describe('a field is put in', () => {
  test.each([
    ['{}', '{"stream": true}'],
    ['{ }', '{"stream": true }'],
    ['{"a":1}', '{"a":1,"stream":true}'],
    ['{"a": 1, "b": 2}', '{"a": 1, "b": 2, "stream": true}'],
    ['{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "stream": true\n}\n'],
    [
      '{\n\t"a" : [1,2] ,\n\t"b" : {"stream": false}\n}',
      '{\n\t"a" : [1,2] ,\n\t"b" : {"stream": false},\n\t"stream" : true\n}',
    ],
    ['{"big": 12345678901234567890, "one": 1.0}', '{"big": 12345678901234567890, "one": 1.0, "stream": true}'],
  ])('at the end, as the others are set: %j', (text, wanted) => {
    expect(withField(text, ['stream'], true)).toBe(wanted);
  });
  test('in an object that is there, and in one that is not', () => {
    const path = ['stream_options', 'include_usage'] as const;
    expect(withField('{"stream_options":{"x":1}}', path, true)).toBe('{"stream_options":{"x":1,"include_usage":true}}');
    expect(withField('{"stream_options": {}, "a": 1}', path, true)).toBe(
      '{"stream_options": {"include_usage": true}, "a": 1}',
    );
    expect(withField('{"a": 1}', path, true)).toBe('{"a": 1,"stream_options": {"include_usage":true}}');
    expect(withField('{"stream_options": null}', path, true)).toBe('{"stream_options": {"include_usage":true}}');
  });
  test('in the place of what the last one of that name said', () => {
    expect(withField('{"a": 1, "b": 2, "a" : 3 }', ['a'], 4)).toBe('{"a": 1, "b": 2, "a" : 4 }');
    expect(withField(String.raw`{"\u0061": 1}`, ['a'], 4)).toBe(String.raw`{"\u0061": 4}`);
  });
});

describe('a field is taken out', () => {
  test.each([
    ['{"model": "m"}', '{}'],
    ['{"model": "m", "b": 2}', '{"b": 2}'],
    ['{"a": 1, "model": "m"}', '{"a": 1}'],
    ['{"a": 1, "model": "m", "b": {"model": 1}}', '{"a": 1, "b": {"model": 1}}'],
    ['{\n  "model": "m",\n  "b": 2\n}', '{\n  "b": 2\n}'],
    ['{\n  "a": 1,\n  "model": "m"\n}', '{\n  "a": 1\n}'],
    ['{"model": 1, "a": 2, "model": 3}', '{"a": 2}'],
    ['{"a": 1}', '{"a": 1}'],
  ])('with its comma: %j', (text, wanted) => {
    expect(withoutField(text, 'model')).toBe(wanted);
  });
});

test('of any object, in any layout, the rest stays as it was written', () => {
  const name = fc.constantFrom('a', 'b', 'stream', 'é"\\', '');
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.jsonValue({ maxDepth: 3 })),
      fc.constantFrom(0, 1, 2, '\t'),
      name,
      fc.jsonValue({ maxDepth: 2 }),
      (object, indent, field, value) => {
        const text = JSON.stringify(object, null, indent);
        const put = withField(text, [field], value);
        expect(JSON.parse(put)).toEqual({
          ...(JSON.parse(text) as object),
          [field]: JSON.parse(JSON.stringify(value)),
        });
        if (!Object.hasOwn(object, field))
          expect(withoutField(put, field)).toBe(Object.keys(object).length === 0 ? '{}' : text);
        expect(JSON.parse(withoutField(text, field))).toEqual(
          Object.fromEntries(Object.entries(JSON.parse(text) as object).filter(([key]) => key !== field)),
        );
      },
    ),
    { numRuns: 500 },
  );
});
