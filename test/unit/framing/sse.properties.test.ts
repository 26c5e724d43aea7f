import fc from '../../support/properties.ts';
import { createParser } from 'eventsource-parser';
import { describe, expect, test } from 'vitest';
import { bytesOf, frameAll, readsOf, withoutReads } from '../../support/framing.ts';

/** Pieces that make lines which mean something, line ends of all kinds, and characters of every UTF-8 length. */
const piece = fc.constantFrom(
  'data',
  'data:',
  'data: ',
  'event: ',
  'id: ',
  'retry: ',
  ':',
  ': ping',
  'x',
  'ä',
  '€',
  '😀',
  '\uFEFF',
  ' ',
  '7',
  '\0',
  '{"a":1}',
  '\n',
  '\n',
  '\n\n',
  '\r',
  '\r\n',
  '\r\n\r\n',
  '\r\r',
  '\t',
  '',
);
const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
const stream = fc.oneof(
  text,
  text.map((t) => `\uFEFF${t}`),
);
const anyBytes = fc.oneof(
  stream.map(bytesOf),
  fc
    .tuple(stream, fc.uint8Array({ maxLength: 8 }), stream)
    .map(([a, b, c]) => new Uint8Array([...bytesOf(a), ...b, ...bytesOf(c)])),
);

describe('SseFramer', () => {
  test('gives the same items for any cut of the same bytes', () => {
    fc.assert(
      fc.property(
        anyBytes,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 12 }),
        (bytes, sizes) => {
          const whole = withoutReads(frameAll(readsOf(bytes)));
          expect(withoutReads(frameAll(readsOf(bytes, sizes)))).toEqual(whole);
          expect(withoutReads(frameAll(readsOf(bytes, [1])))).toEqual(whole);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('gives the events that eventsource-parser gives', () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 50 }), (body, size) => {
        const expected: { name: string; data: string }[] = [];
        const parser = createParser({
          onEvent: (event) => expected.push({ name: event.event ?? '', data: event.data }),
        });
        // The oracle takes text and waits after a CR for what follows; one more line end settles it.
        parser.feed(body.endsWith('\r') ? `${body} \n` : body);
        const frames = frameAll(readsOf(bytesOf(body), [size])).flatMap((item) =>
          item.type === 'frame' && item.frame.dispatches ? [item.frame] : [],
        );
        expect(frames.map(({ name, data }) => ({ name, data }))).toEqual(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  test('gives ranges that follow each other and lie inside the body', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        let last = 0;
        for (const item of frameAll(readsOf(bytes, [3]))) {
          if (item.type !== 'frame') continue;
          expect(item.frame.start).toBeGreaterThanOrEqual(last);
          expect(item.frame.end).toBeGreaterThan(item.frame.start);
          last = item.frame.end;
        }
        expect(last).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
