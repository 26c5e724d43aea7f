/** Values in pieces: put together they are the same, and no frame is much longer than a frame may be. */
import fc from '../support/properties.ts';
import { expect, test } from 'vitest';
import { FRAME_SIZE, type ServerFrame } from '../../src/shared/rpc/frames.ts';
import { frameText, pieceFrames, Pieces } from '../../src/shared/rpc/pieces.ts';

/** What is in a frame beside the value of a piece, at most. */
const AROUND = 100;

interface Crossed {
  readonly value: unknown;
  readonly longest: number;
  readonly frames: number;
  /** Of all frames. */
  readonly size: number;
}

function crossed(value: unknown): Crossed {
  const texts = [...pieceFrames(7, value)];
  const pieces = new Pieces();
  let whole: unknown;
  for (const text of texts) {
    const frame = JSON.parse(text) as ServerFrame;
    if (frame.t === 'piece') pieces.add(frame);
    else if (frame.t === 'whole') whole = pieces.whole(frame.places);
  }
  const sizes = texts.map(({ length }) => length);
  return {
    value: whole,
    longest: Math.max(...sizes),
    frames: texts.length,
    size: sizes.reduce((sum, size) => sum + size, 0),
  };
}

const LONG: Readonly<Record<string, unknown>> = {
  'a text': 'lorem '.repeat(FRAME_SIZE),
  'a text of control characters': '\u0001'.repeat(FRAME_SIZE),
  'a text of surrogate pairs': `x${'\u{1f600}'.repeat(FRAME_SIZE)}`,
  'a list of many': Array.from({ length: 100_000 }, (_, n) => ({ n, text: 'row' })),
  'a list of long texts': Array.from({ length: 30 }, (_, n) => String(n).repeat(FRAME_SIZE / 10)),
  'an object of many': Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`key ${n}`, n])),
  'an object of long texts': Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`k${n}`, 'y'.repeat(60_000)])),
  'lists in a list': [1, [2, ['z'.repeat(3 * FRAME_SIZE)], Array.from({ length: 200_000 }, (_, n) => n)], null],
};

test.each(Object.entries(LONG))('%s crosses whole', (_, long) => {
  const { value, longest, frames } = crossed(long);
  expect(JSON.stringify(value) === JSON.stringify(long)).toBe(true);
  expect(longest).toBeLessThanOrEqual(FRAME_SIZE + AROUND);
  expect(frames).toBeGreaterThan(2);
});

test('any value around a long one is as JSON has it', () => {
  const long = 'q'.repeat(FRAME_SIZE);
  fc.assert(
    fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (before, key) => {
      const value = { before, [key]: { [key]: long, ['__proto__']: [before, long] }, after: before };
      const expected: unknown = JSON.parse(JSON.stringify(value));
      const { value: got, longest } = crossed(value);
      expect(JSON.stringify(got) === JSON.stringify(expected)).toBe(true);
      expect(longest).toBeLessThanOrEqual(FRAME_SIZE + AROUND);
    }),
    { numRuns: 15 },
  );
});

test('a long text that stands in several places crosses once', () => {
  const long = 'same '.repeat(FRAME_SIZE);
  const outcome = { blocks: [{ text: long }], accumulated: { content: [{ text: long }, { text: `${long}!` }] } };
  const { value, size } = crossed(outcome);
  expect(JSON.stringify(value) === JSON.stringify(outcome)).toBe(true);
  expect(size).toBeLessThan(2.1 * long.length);
});

test('a key that is named __proto__ changes no prototype', () => {
  const value = JSON.parse(`{"a":1,"__proto__":{"text":${JSON.stringify('p'.repeat(FRAME_SIZE))}}}`) as object;
  const got = crossed(value).value as object;
  expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
  expect(Object.keys(got)).toEqual(['a', '__proto__']);
});

test('what nests deeply is cut as well', () => {
  let value: unknown = ['d'.repeat(FRAME_SIZE), 1];
  for (let depth = 0; depth < 200; depth++) value = { before: 'b'.repeat(9_000), [`level ${depth}`]: value };
  const { value: got, longest } = crossed(value);
  expect(JSON.stringify(got) === JSON.stringify(value)).toBe(true);
  expect(longest).toBeLessThanOrEqual(FRAME_SIZE + AROUND);
});

test('what nests deeply costs no more than its levels that are cut', () => {
  let value: unknown = 'd'.repeat(FRAME_SIZE);
  for (let depth = 0; depth < 500; depth++) value = [value];
  expect(JSON.stringify(crossed(value).value) === JSON.stringify(value)).toBe(true);
});

test('what fits a frame needs no pieces', () => {
  expect(frameText({ a: undefined, b: 1 })).toBe('{"b":1}');
  expect(frameText(undefined)).toBe('null');
  expect(frameText('x'.repeat(FRAME_SIZE - 2))).toHaveLength(FRAME_SIZE);
  expect(frameText('x'.repeat(FRAME_SIZE))).toBeUndefined();
});
