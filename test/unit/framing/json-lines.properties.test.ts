import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { MAX_EVENT_BYTES } from '../../../src/shared/framing/framer.ts';
import { createFramer } from '../../../src/shared/framing/registry.ts';
import type { Framed } from '../../../src/shared/model/stream.ts';
import { bytesOf, frameAll, readsOf, withoutReads } from '../../support/framing.ts';

const framesOf = (body: string | Uint8Array, sizes: readonly number[] = []): readonly Framed[] =>
  frameAll(readsOf(typeof body === 'string' ? bytesOf(body) : body, sizes), 'json-lines');
const dataOf = (framed: readonly Framed[]): string[] =>
  framed.flatMap((item) => (item.type === 'frame' ? [item.frame.data] : []));

const PIECES = '{"a":1}|[]|"ä€😀"|7|{"a":|x|\uFEFF| |\t|\r|\n|\n|\r\n|\n\n';
const piece = fc.constantFrom(...PIECES.split('|'));
const text = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
const anyBytes = fc
  .tuple(text, fc.uint8Array({ maxLength: 6 }), text)
  .map(([a, b, c]) => new Uint8Array([...bytesOf(a), ...b, ...bytesOf(c)]));
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 });

describe('JSON lines', () => {
  test('are the same for any cut of the same bytes', () => {
    fc.assert(
      fc.property(anyBytes, sizes, (bytes, cuts) => {
        const whole = withoutReads(framesOf(bytes));
        expect(withoutReads(framesOf(bytes, cuts))).toEqual(whole);
        expect(withoutReads(framesOf(bytes, [1]))).toEqual(whole);
      }),
      { numRuns: 2_000 },
    );
  });

  test('cover the body but for blank lines, in order', () => {
    fc.assert(
      fc.property(anyBytes, sizes, (bytes, cuts) => {
        let last = 0;
        const blank = (end: number): void =>
          expect(new TextDecoder().decode(bytes.subarray(last, end))).toMatch(/^\s*$/);
        for (const item of framesOf(bytes, cuts)) {
          if (item.type !== 'frame' && item.type !== 'unfinished') continue;
          const { start, end } = item.type === 'frame' ? item.frame : item;
          blank(start);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        blank(bytes.length);
      }),
      { numRuns: 1_000 },
    );
  });

  test('give back the values that were written, whatever ends the lines', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.jsonValue(), fc.constantFrom('\n', '\r\n', '\n\n', '\n \t\r\n')), { maxLength: 20 }),
        fc.boolean(),
        sizes,
        (lines, ended, cuts) => {
          const body = lines.map(([value, lineEnd]) => JSON.stringify(value) + lineEnd).join('');
          const framed = framesOf(ended ? body : body.trimEnd(), cuts);
          expect(framed.map((item) => item.type === 'frame' && item.frame.payload)).toEqual(
            lines.map(([value]) => ({ ok: true, value: JSON.parse(JSON.stringify(value)) as unknown })),
          );
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('name the bytes of each line, its end included', () => {
    expect(framesOf(' {"a":1}\r\n\n7\n').map((item) => item.type === 'frame' && item.frame)).toMatchObject([
      { index: 0, start: 0, end: 10, name: '', data: ' {"a":1}', dispatches: true },
      { index: 1, start: 11, end: 13, data: '7' },
    ]);
  });

  test.each([
    ['{"a":1}', ['frame']],
    ['{"a":1', ['unfinished']],
    ['{"a":1}\n \t\r', ['frame']],
    ['', []],
  ])('end with a last line that has no line end: %j', (body, types) => {
    expect(framesOf(body).map(({ type }) => type)).toEqual(types);
  });

  test('take a line that is no JSON for a frame that says so', () => {
    const [item] = framesOf('<html>\n');
    expect(item).toMatchObject({ type: 'frame', frame: { data: '<html>', payload: { ok: false } } });
  });

  test('lose a byte order mark before the first line, and no other', () => {
    const [first, second] = framesOf('\uFEFF1\n\uFEFF2\n');
    expect(first).toMatchObject({ frame: { data: '1', notes: ['a byte order mark before it was dropped'] } });
    expect(second).toMatchObject({ frame: { data: '\uFEFF2', notes: [] } });
  });

  test('tell bytes that are not UTF-8, and read them as U+FFFD', () => {
    const framed = framesOf(new Uint8Array([...bytesOf('"a'), 0x80, ...bytesOf('"\n"\uFFFD"\n')]));
    expect(framed.map(({ type }) => type)).toEqual(['bad-utf8', 'frame', 'frame']);
    expect(framed[0]).toMatchObject({ start: 0, end: 4 });
    expect(dataOf(framed)).toEqual(['"a\uFFFD"', '"\uFFFD"']);
  });

  test.each([1024 * 1024, 65_537])('end at a line over the limit, once, with reads of %i bytes', (size) => {
    const framer = createFramer('json-lines');
    const items: Framed[] = [...framer.feed({ n: 0, tNs: 0, offset: 0, bytes: bytesOf('1\n') })];
    const part = bytesOf('x'.repeat(size));
    for (let offset = 2; offset < MAX_EVENT_BYTES + 3 * size; offset += size)
      items.push(...framer.feed({ n: 1, tNs: 0, offset, bytes: part }));
    items.push(...framer.end());
    expect(items.map(({ type }) => type)).toEqual(['frame', 'limit']);
    expect(items[1]).toMatchObject({ start: 2, end: 2 + MAX_EVENT_BYTES });
  });
});
