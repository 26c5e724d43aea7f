import { EventStreamCodec, Int64, type MessageHeaders, type MessageHeaderValue } from '@smithy/eventstream-codec';
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { startsWithPrelude } from '../../../src/shared/framing/aws-eventstream.ts';
import { crc32 } from '../../../src/shared/framing/crc32.ts';
import { MAX_EVENT_BYTES } from '../../../src/shared/framing/framer.ts';
import { createFramer } from '../../../src/shared/framing/registry.ts';
import type { EventHeader, Framed } from '../../../src/shared/model/stream.ts';
import { bytesOf, frameAll, readsOf, withoutReads } from '../../support/framing.ts';

/** Amazon's own codec. */
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : new TextDecoder().decode(bytes)),
  (text) => bytesOf(text),
);

const bigEndian = (value: bigint): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, value);
  return bytes;
};

/** A header as the codec takes it, and as we give it. */
interface HeaderPair {
  readonly theirs: MessageHeaderValue;
  readonly ours: EventHeader;
}
const same = <Type extends 'boolean' | 'byte' | 'short' | 'integer' | 'string' | 'uuid' | 'binary'>(
  type: Type,
  value: unknown,
): HeaderPair => ({ theirs: { type, value } as MessageHeaderValue, ours: { type, value } as EventHeader });

const header: fc.Arbitrary<HeaderPair> = fc.oneof(
  fc.boolean().map((value) => same('boolean', value)),
  fc.integer({ min: -128, max: 127 }).map((value) => same('byte', value)),
  fc.integer({ min: -32_768, max: 32_767 }).map((value) => same('short', value)),
  fc.integer().map((value) => same('integer', value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value): HeaderPair => ({
    theirs: { type: 'long', value: new Int64(bigEndian(value)) },
    ours: { type: 'long', value },
  })),
  fc.uint8Array({ maxLength: 40 }).map((value) => same('binary', value)),
  fc.string({ unit: 'grapheme', maxLength: 40 }).map((value) => same('string', value)),
  fc.integer({ min: -8_640_000_000_000, max: 8_640_000_000_000 }).map((value): HeaderPair => ({
    theirs: { type: 'timestamp', value: new Date(value) },
    ours: { type: 'timestamp', value: BigInt(value) },
  })),
  fc.uuid().map((value) => same('uuid', value)),
);

interface Made {
  readonly bytes: Uint8Array;
  readonly headers: ReadonlyMap<string, EventHeader>;
  readonly data: string;
}

const message: fc.Arbitrary<Made> = fc
  .tuple(
    fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), header), {
      maxLength: 5,
      selector: ([name]) => name,
    }),
    fc.oneof(fc.json(), fc.string({ unit: 'grapheme', maxLength: 200 })),
  )
  .map(([headers, data]) => ({
    data,
    headers: new Map(headers.map(([name, { ours }]) => [name, ours])),
    bytes: codec.encode({
      headers: Object.fromEntries(headers.map(([name, { theirs }]) => [name, theirs])),
      body: bytesOf(data),
    }),
  }));
const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 });

const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(parts.flatMap((part) => [...part]));
const framesOf = (bytes: Uint8Array, cuts: readonly number[] = []): readonly Framed[] =>
  frameAll(readsOf(bytes, cuts), 'aws-eventstream');
const dataOf = (framed: readonly Framed[]): string[] =>
  framed.flatMap((item) => (item.type === 'frame' ? [item.frame.data] : []));
const event = (data: string, headers: MessageHeaders = {}): Uint8Array =>
  codec.encode({ headers, body: bytesOf(data) });

/** Frames, damage and what the end cuts off follow each other without a gap, from the first byte to the last. */
function expectNoGap(framed: readonly Framed[], length: number): void {
  let last = 0;
  for (const item of framed) {
    if (item.type === 'bad-utf8') continue;
    const { start, end } = item.type === 'frame' ? item.frame : item;
    expect(start).toBe(last);
    expect(end).toBeGreaterThan(start);
    last = end;
  }
  expect(last).toBe(length);
}

describe("Amazon's event stream", () => {
  test('gives back what its own codec wrote, at any cut', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), sizes, (messages, cuts) => {
        const body = joined(messages.map(({ bytes }) => bytes));
        const framed = framesOf(body, cuts);
        expect(framed.map((item) => item.type === 'frame' && [item.frame.data, item.frame.headers])).toEqual(
          messages.map(({ data, headers }) => [data, headers]),
        );
        expectNoGap(framed, body.length);
      }),
      { numRuns: 1_000 },
    );
  });

  test('is the same for any cut of the same bytes, damaged ones, too, and covers them all', () => {
    const damage = fc.tuple(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat({ max: 20 }),
      fc.uint8Array({ maxLength: 20 }),
    );
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 6 }),
        fc.array(damage, { maxLength: 3 }),
        sizes,
        (messages, damages, cuts) => {
          let body = joined(messages.map(({ bytes }) => bytes));
          for (const [share, lost, inserted] of damages) {
            const at = Math.floor(share * body.length);
            body = joined([body.subarray(0, at), inserted, body.subarray(at + lost)]);
          }
          const framed = framesOf(body);
          const whole = withoutReads(framed);
          expect(withoutReads(framesOf(body, cuts))).toEqual(whole);
          expect(withoutReads(framesOf(body, [1]))).toEqual(whole);
          expectNoGap(framed, body.length);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('loses only the message that is damaged: changed, cut short or with bytes too many', () => {
    const kinds = fc.constantFrom('changed', 'lost', 'inserted');
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        fc.nat(),
        kinds,
        fc.uint8Array({ minLength: 1, maxLength: 30 }),
        sizes,
        (messages, pick, share, kind, other, cuts) => {
          const number = pick % messages.length;
          const { bytes } = messages[number]!;
          const at = share % bytes.length;
          const changed = bytes.slice();
          changed[at]! ^= 1 + (other[0]! % 255);
          const damaged = {
            changed,
            lost: joined([bytes.subarray(0, at), bytes.subarray(at + 1 + (other[0]! % 40))]),
            inserted: joined([bytes.subarray(0, at), other, bytes.subarray(at)]),
          }[kind];
          const body = joined(messages.map((one, n) => (n === number ? damaged : one.bytes)));
          // Bytes inserted before a message leave it whole; of one that lost its last bytes, the next may begin with them.
          const start = messages.slice(0, number).reduce((sum, one) => sum + one.bytes.length, 0);
          const place = body.subarray(start, start + Math.max(bytes.length, damaged.length));
          fc.pre(!Buffer.from(place).includes(Buffer.from(bytes)));
          const framed = framesOf(body, cuts);
          expect(dataOf(framed)).toEqual(messages.filter((_, n) => n !== number).map(({ data }) => data));
          expect(framed.some(({ type }) => type === 'damaged' || type === 'unfinished')).toBe(damaged.length > 0);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['event', { ':message-type': 'event', ':event-type': 'chunk' }, 'chunk'],
    ['exception', { ':message-type': 'exception', ':exception-type': 'throttlingException' }, 'throttlingException'],
    ['error', { ':message-type': 'error', ':error-code': 'internalFailure' }, 'internalFailure'],
    ['none', {}, ''],
  ])('names an %s', (_kind, headers: Readonly<Record<string, string>>, name) => {
    const body = event(
      '{}',
      Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, { type: 'string', value }])),
    );
    expect(framesOf(body)).toMatchObject([{ frame: { name, data: '{}', dispatches: true, payload: { ok: true } } }]);
  });

  test('says at which byte what is wrong, and where reading goes on', () => {
    const [a, b, c] = [event('one'), event('two'), event('three')];
    const wrong = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, n) => (n === at ? byte ^ 1 : byte));
    expect(framesOf(joined([a, wrong(b, 8), c]))).toMatchObject([
      { type: 'frame' },
      {
        type: 'damaged',
        start: 19,
        end: 38,
        text: 'The message at byte 19 is damaged: the checksum of its prelude does not match. Decoding resumes at byte 38.',
      },
      { type: 'frame', frame: { index: 1, start: 38 } },
    ]);
    expect(framesOf(joined([a, wrong(b, 13)]))).toMatchObject([
      { type: 'frame' },
      {
        type: 'damaged',
        start: 19,
        end: 38,
        text: 'The message at byte 19 is damaged: its checksum does not match. No valid message follows. The bytes are kept but not decoded.',
      },
    ]);
    expect(framesOf(joined([a, b.subarray(0, 15)]))).toMatchObject([
      { type: 'frame' },
      { type: 'unfinished', start: 19, end: 34, text: 'The body ends 15 bytes into a message of 19.' },
    ]);
    expect(framesOf(a.subarray(0, 5))).toMatchObject([
      { type: 'unfinished', start: 0, end: 5, text: 'The body ends 5 bytes into a message.' },
    ]);
  });

  /** A message whose checksums hold, with these bytes for headers. */
  function withHeaders(headers: readonly number[], payload = '{}'): Uint8Array {
    const body = bytesOf(payload);
    const bytes = new Uint8Array(16 + headers.length + body.length);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, bytes.length);
    view.setUint32(4, headers.length);
    view.setUint32(8, crc32(bytes, 0, 8));
    bytes.set(headers, 12);
    bytes.set(body, 12 + headers.length);
    view.setUint32(bytes.length - 4, crc32(bytes, 0, bytes.length - 4));
    return bytes;
  }

  test.each([
    [[1, 0x61, 10], 'header "a" has the unknown type 10'],
    [[1, 0x61, 7, 0, 9, 0x62], 'a header extends past the end of the headers'],
    [[9, 0x61], 'a header extends past the end of the headers'],
  ])('passes over a message whose headers cannot be read: %j', (headers, why) => {
    expect(framesOf(joined([withHeaders(headers), event('next')]))).toMatchObject([
      { type: 'damaged', start: 0, text: expect.stringContaining(`${why}. Decoding resumes at byte`) as string },
      { type: 'frame', frame: { data: 'next' } },
    ]);
  });

  test('tells a payload that is not UTF-8', () => {
    const body = codec.encode({ headers: {}, body: Uint8Array.of(0x22, 0x80, 0x22) });
    expect(framesOf(body)).toMatchObject([
      { type: 'bad-utf8', start: 12, end: 15 },
      { type: 'frame', frame: { data: '"\uFFFD"' } },
    ]);
  });

  test('ends at a message over the limit as soon as its prelude says so', () => {
    const prelude = new Uint8Array(12);
    const view = new DataView(prelude.buffer);
    view.setUint32(0, MAX_EVENT_BYTES + 1);
    view.setUint32(8, crc32(prelude, 0, 8));
    const framed = framesOf(joined([event('one'), prelude, event('two')]), [5]);
    expect(framed.map(({ type }) => type)).toEqual(['frame', 'limit']);
    expect(framed[1]).toMatchObject({ start: 19, end: 31 });
  });

  test('takes a message of 16 MB in reads of 1 KB', () => {
    const body = event(JSON.stringify('x'.repeat(16 * 1024 * 1024)));
    const framed = framesOf(body, [1024]);
    expect(framed).toHaveLength(1);
    expectNoGap(framed, body.length);
  });

  test('passes each byte through a bounded number of checksums, however messages pretend to nest', () => {
    // Every 16 bytes a sound prelude of a message that reaches to the end of the body, and whose checksum fails.
    const body = new Uint8Array(2 * 1024 * 1024);
    const view = new DataView(body.buffer);
    for (let at = 0; at + 16 <= body.length; at += 16) {
      view.setUint32(at, body.length - at);
      view.setUint32(at + 8, crc32(body, at, at + 8));
    }
    const framer = createFramer('aws-eventstream');
    expect([...framer.feed({ n: 0, tNs: 0, offset: 0, bytes: body }), ...framer.end()]).toMatchObject([
      { type: 'damaged', start: 0, end: body.length },
    ]);
  });

  test('is told by its first bytes', () => {
    expect(startsWithPrelude(event('{}'))).toBe(true);
    expect(startsWithPrelude(event('{}').subarray(0, 11))).toBe(false);
    expect(startsWithPrelude(bytesOf('data: {"a":1}\n\n'))).toBe(false);
  });
});
