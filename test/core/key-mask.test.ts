/** The key of a request in the answer to it: out of it however the answer is cut, at the same length, and nothing else changed. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyMask } from '../../src/main/core/capture/key-mask.ts';

const KEY = 'sk-proj-0123456789-sk-proj-abcdef';
const GONE = '<redacted>'.padEnd(KEY.length, '*');

function masked(key: string, pieces: readonly string[]): string[] {
  const mask = KeyMask.for(key)!;
  return pieces.map((piece) => Buffer.from(mask.masked(Buffer.from(piece))).toString());
}

test.each([
  ['whole', [`a ${KEY} b`], `a ${GONE} b`],
  ['twice in a read', [`${KEY}${KEY}`], GONE + GONE],
  ['cut in two', [`a ${KEY.slice(0, 20)}`, `${KEY.slice(20)} b`], `a ${GONE} b`],
  ['byte by byte after its half', [`a ${KEY.slice(0, 16)}`, ...KEY.slice(16), ' b'], `a ${GONE} b`],
  ['half, then other text', [`a ${KEY.slice(0, 20)}`, ' b'], `a ${GONE.slice(0, 20)} b`],
])('is taken out when it comes %s', (_how, pieces, kept) => {
  expect(masked(KEY, pieces).join('')).toBe(kept);
});

test('is told from what only begins like it', () => {
  expect(masked(KEY, ['sk-proj-', 'none of ours'])).toEqual(['sk-proj-', 'none of ours']);
  expect(masked('short-ke', ['my short-ke.'])).toEqual(['my ********.']);
  expect(KeyMask.for('none')).toBeUndefined();
  expect(KeyMask.for(undefined)).toBeUndefined();
});

test('leaves the bytes of a read without it as they are, and those of one with it in their place', () => {
  const mask = KeyMask.for(KEY)!;
  const without = Buffer.from('data: {}\n\n');
  const within = Buffer.from(KEY);
  expect(mask.masked(without)).toBe(without);
  expect(mask.masked(within)).not.toBe(within);
  expect(within.toString()).toBe(KEY);
});

test('leaves no more than a short start of it, and all else, however the answer is cut', () => {
  const parts = fc.array(fc.constantFrom(KEY, KEY.slice(0, 9), 'é', ' ', 'sk-proj-', 'data: '), { maxLength: 12 });
  fc.assert(
    fc.property(parts, fc.array(fc.nat(60), { maxLength: 30 }), (texts, cuts) => {
      const body = Buffer.from(texts.join(''));
      const mask = KeyMask.for(KEY)!;
      const out: Uint8Array[] = [];
      let at = 0;
      for (const length of [...cuts, body.length]) {
        out.push(mask.masked(body.subarray(at, at + length)));
        at += length;
      }
      const kept = Buffer.concat(out);
      const without = Buffer.from(body.toString().replaceAll(KEY, GONE));
      expect(kept.length).toBe(body.length);
      expect([...kept].every((byte, i) => byte === without[i] || byte === body[i])).toBe(true);
      expect([kept.includes(KEY.slice(0, 16)), kept.includes(KEY.slice(16))]).toEqual([false, false]);
    }),
  );
});
