import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { PartialJson, parsePartial, parsePython, PythonJsonError } from '../../../src/shared/json/partial-json.ts';
import { dumps, pythonStr } from '../../../src/shared/json/python-print.ts';
import { pythonStrip } from '../../../src/shared/json/python-text.ts';
import { codePoints } from '../../../src/shared/text/code-points.ts';
import { isDict, toPlain, type PyDict } from '../../../src/shared/json/python-value.ts';

const plain = (text: string): unknown => toPlain(parsePartial(text));

describe('parsePartial', () => {
  test.each([
    ['', {}],
    ['{"a": "b', { a: 'b' }],
    ['{"a": 1, "b": "c\\', { a: 1 }],
    ['{"a": 1, "b": "c\\u12', { a: 1 }],
    ['["\\ud83d\\ude0', []],
    ['[1, 2.', [1]],
    ['[1, tru', [1]],
    ['[1 2]', [1]],
    ['[[1 2], 3', [[1]]],
    ['{"a": {"b": 1 "c": 2}, "d": 3}', { a: { b: 1 } }],
    ['[1-2', [1]],
    ['{"a": 1} and more', { a: 1 }],
  ])('the strict parser reads %j', (text, value) => expect(plain(text)).toEqual(value));

  test.each([
    ['{"a":"x\ny', { a: 'x\ny' }],
    ['{"a": "b \\x c" ', { a: 'b \\x c' }],
    ['{"a":"\t b  ', { a: '\t b' }],
    ['[1,]', [1]],
    ['[01]', [1]],
    ['{"a": 1.}', { a: 1 }],
    ['{"a": -}', { a: '-' }],
    ['{"a": tru, "b"', { a: true, b: null }],
    ['{"a":,"b":1}', { a: null }],
    ['{"x":"\n","a":{"b"},"c":1}', { x: '\n', a: { b: null } }],
    ['nope', null],
  ])('the optimistic parser takes over at %j', (text, value) => expect(plain(text)).toEqual(value));

  test.each([' ', '{a', '{"a" 1}', '[,]', '{"a": h', '{[1]: 2}', '{"a": --5}', '}'])('both refuse %j', (text) =>
    expect(() => parsePartial(text)).toThrow(PythonJsonError),
  );

  test('a value inside 200 containers is read, one deeper goes to the optimistic parser, which decodes nothing', () => {
    const nested = (levels: number): string => `${'['.repeat(levels)}"\\u0041`;
    expect(JSON.stringify(plain(nested(200)))).toContain('"A"');
    expect(JSON.stringify(plain(nested(201)))).toContain('\\\\u0041');
  });

  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    ' ',
    '\n',
    '\\',
    '\\n',
    '\\u00',
    '\\ud83d',
    '\\ude00',
    'a',
    '"thinking": ',
    '"message": "',
    '1',
    '-',
    '.5',
    'e',
    'true',
    'n',
    '😀',
    '\u00a0',
  );

  test('piece by piece gives what parsing everything gives, after each piece', () => {
    fc.assert(fc.property(fc.array(piece, { maxLength: 25 }), growsLikeTheWhole), { numRuns: 3_000 });
  });

  test('piece by piece takes keys that are equal in Python for one', () => {
    const key = fc.constantFrom('1', '1.0', 'true', '0', '-0', 'false', 'null', '"1"', '"a"');
    const member = fc.tuple(key, fc.constantFrom(':', ':true,', ':1,', ',')).map((parts) => parts.join(''));
    fc.assert(fc.property(fc.array(member, { maxLength: 6 }), growsLikeTheWhole), { numRuns: 1_000 });
  });

  test('is whole where json.loads takes all of it, and then the same', () => {
    const document = fc.json().map((text) => [`{"a": ${text}`, '}']);
    const broken = fc.array(piece, { maxLength: 12 }).map((pieces) => ['{', ...pieces, '}']);
    const kept = fc.constantFrom(' ', '\n', ',', '1', '}');
    fc.assert(
      fc.property(fc.oneof(document, broken), fc.option(kept, { nil: '' }), (pieces, after) => {
        const growing = new PartialJson();
        for (const next of [...pieces, after]) growing.push(next);
        const whole = growing.whole();
        if (whole !== undefined) expect(whole).toEqual(parsePython(growing.text()));
        else if (pieces.length === 2 && after.trim() === '') expect(growing.text()).toMatch(/\\ud[89a-f]/i);
      }),
      { numRuns: 3_000 },
    );
  });
});

function growsLikeTheWhole(pieces: readonly string[]): void {
  const growing = new PartialJson();
  let text = '{';
  growing.push(text);
  for (const next of pieces) {
    growing.push(next);
    text += next;
    const whole = valueOf(text);
    expect(growing.isObject()).toBe(whole !== undefined);
    if (whole === undefined) return;
    expect(growing.size()).toBe(whole.size);
    for (const key of ['thinking', 'message', 'a']) expect(fieldOf(growing, key)).toEqual(expectedField(whole, key));
  }
}

function valueOf(text: string): PyDict | undefined {
  try {
    const value = parsePartial(text);
    return isDict(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function fieldOf(json: PartialJson, key: string): unknown {
  const field = json.field(key);
  return field && { kind: field.kind, length: field.length, text: field.beyond(0), tail: field.beyond(1) };
}

function expectedField(object: PyDict, key: string): unknown {
  const value = object.get(key);
  if (value === undefined) return undefined;
  if (typeof value === 'string')
    return { kind: 'text', length: codePoints(value), text: value, tail: [...value].slice(1).join('') };
  return {
    kind: Array.isArray(value) ? 'list' : 'other',
    length: Array.isArray(value) ? value.length : 0,
    text: '',
    tail: '',
  };
}

describe('Python’s printing', () => {
  test.each([
    [
      '{"b": 1.0, "2": 1e5, "1": 12345678901234567890123, "b": 1e400}',
      '{\n  "b": Infinity,\n  "2": 100000.0,\n  "1": 12345678901234567890123\n}',
    ],
    [
      '[NaN, -0.0, 1e16, 1e-5, 0.0001, 123456789.125]',
      '[\n  NaN,\n  -0.0,\n  1e+16,\n  1e-05,\n  0.0001,\n  123456789.125\n]',
    ],
    ['["\\u00fc\\n\\u007f/\\ud83d\\ude00\\ud800"]', '[\n  "\\u00fc\\n\\u007f/\\ud83d\\ude00\\ud800"\n]'],
    ['{"a": [], "b": {}}', '{\n  "a": [],\n  "b": {}\n}'],
  ])('json.dumps of %s', (text, printed) => expect(dumps(parsePython(text))).toBe(printed));

  test('str() of a value', () =>
    expect(pythonStr(parsePython('["x", null, true, 1.5, {"a": "it\'s"}]'))).toBe(
      "['x', None, True, 1.5, {'a': \"it's\"}]",
    ));
});

test('strip takes Python’s blanks and nothing else', () => {
  expect(pythonStrip('\u001c\u0085\u3000 a \u2028')).toBe('a');
  expect(pythonStrip('\uFEFFa\u200b')).toBe('\uFEFFa\u200b');
});
