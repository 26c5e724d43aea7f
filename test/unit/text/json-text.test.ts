/** What nests too deep is told from what only looks so, and costs no more than its text. */
import { expect, test } from 'vitest';
import { payloadOf } from '../../../src/shared/framing/frame.ts';
import { NestsTooDeep, parsedJson, textBelow } from '../../../src/shared/text/json-text.ts';

const nested = (levels: number, inside = ''): string => '['.repeat(levels) + inside + ']'.repeat(levels);

test('an event that nests five million levels deep is no JSON, and says so', () => {
  const text = `{"choices":[${nested(5_000_000)}]}`;
  expect(payloadOf(text)).toEqual({
    ok: false,
    error: 'It nests 5,000,002 levels deep, too deep to be decoded',
    levels: 5_000_002,
  });
  // Also where it is cut off.
  expect(payloadOf(text.slice(0, 5_000_000))).toMatchObject({
    ok: false,
    levels: 5_000_000 - '{"choices":['.length + 2,
  });
});

test('up to 10,000 levels are parsed', () => {
  expect(() => parsedJson(nested(10_000))).not.toThrow();
  expect(() => parsedJson(nested(10_001))).toThrow(NestsTooDeep);
});

test.each([
  ['brackets in a text', JSON.stringify(nested(20_000))],
  ['brackets in a text behind quotation marks and backslashes', JSON.stringify(`"\\" \\\\"${'{["\\'.repeat(20_000)}`)],
  ['many brackets side by side', `[${Array.from({ length: 20_000 }, () => '[{}]').join()}]`],
])('%s are no levels', (_what, text) => {
  expect(parsedJson(text)).toEqual(JSON.parse(text));
});

test('what is no JSON throws what JSON.parse does', () => {
  for (const text of ['', '[', `"${nested(20_000)}`, `${nested(5_000)}]`.repeat(3)])
    expect(() => parsedJson(text)).toThrow(SyntaxError);
});

test.each([
  ['{"a":[1,{"b":"]"}],"c":[]}', '{"a":"[1,{\\"b\\":\\"]\\"}]","c":"[]"}'],
  ['[[1],"[[",{"a":{}}]', '["[1]","[[","{\\"a\\":{}}"]'],
  ['[[[', '[[['],
  [']]"', ']]"'],
])('what lies below a level is its text: %s', (text, flat) => {
  expect(textBelow(text, 1)).toBe(flat);
});
