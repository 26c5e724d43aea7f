/** The messages of a WebSocket as events, for any cut; and the server's and client's bytes as capture reads them. */
import { deflateRawSync, constants } from 'node:zlib';
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import {
  agreedDeflate,
  ClientMessages,
  ServerMessages,
  UnreadableMessage,
} from '../../../src/main/core/proxy/record/socket-messages.ts';
import { frameAll, readsOf } from '../../support/framing.ts';
import { anyText } from '../../support/texts.ts';

interface Made {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly fin?: boolean;
  readonly rsv1?: boolean;
  readonly mask?: Buffer;
}

function frame({ opcode, payload, fin = true, rsv1 = false, mask }: Made): Buffer {
  const { length } = payload;
  const long =
    length < 126 ? Buffer.of(length) : length < 65_536 ? Buffer.of(126, length >> 8, length & 255) : undefined;
  const size =
    long ?? Buffer.concat([Buffer.of(127, 0, 0, 0, 0), Buffer.of(length >>> 24, length >>> 16, length >>> 8, length)]);
  size[0]! |= mask ? 0x80 : 0;
  const masked = mask ? Buffer.from(payload.map((byte, i) => byte ^ mask[i % 4]!)) : payload;
  return Buffer.concat([
    Buffer.of((fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode),
    size,
    mask ?? Buffer.alloc(0),
    masked,
  ]);
}

const text = (data: string): Buffer => frame({ opcode: 1, payload: Buffer.from(data) });
const cutsFor = fc.array(fc.nat(400), { maxLength: 12 });
const message = fc.oneof(anyText({ maxLength: 200 }), fc.constantFrom('', 'x'.repeat(126), 'é'.repeat(40_000)));

describe('the framing', () => {
  test('gives each text message as an event, whatever the cut', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), cutsFor, (messages, cuts) => {
        const body = Buffer.concat(
          messages.flatMap((data) => [text(data), frame({ opcode: 9, payload: Buffer.from('p') })]),
        );
        const framed = frameAll(readsOf(body, cuts), 'websocket');
        expect(framed.flatMap((one) => (one.type === 'frame' ? one.frame.data : []))).toEqual(messages);
        const places = framed.map((one) => (one.type === 'frame' ? one.frame : one));
        expect(places.map(({ start }) => start)).toEqual([0, ...places.map(({ end }) => end)].slice(0, places.length));
        expect(places.at(-1)?.end ?? 0).toBe(body.length);
      }),
      { numRuns: 60 },
    );
  });

  test('says what is no event', () => {
    const notes = (bytes: Buffer): readonly unknown[] =>
      frameAll(readsOf(bytes, []), 'websocket').map((one) => ('text' in one ? [one.type, one.text] : one.type));
    expect(notes(frame({ opcode: 8, payload: Buffer.from('\u0003\u00e8bye', 'latin1') }))).toEqual([
      ['comment', 'Close 1000 bye'],
    ]);
    expect(notes(frame({ opcode: 10, payload: Buffer.alloc(0) }))).toEqual([['comment', 'Pong']]);
    expect(notes(frame({ opcode: 2, payload: Buffer.alloc(3) }))).toEqual([
      ['comment', 'A binary message of 3 bytes.'],
    ]);
    expect(notes(frame({ opcode: 1, payload: Buffer.of(0xff) }))).toEqual(['bad-utf8', 'frame']);
    for (const odd of [{ fin: false }, { rsv1: true }, { mask: Buffer.of(1, 2, 3, 4) }])
      expect(notes(frame({ opcode: 1, payload: Buffer.from('x'), ...odd }))).toEqual([['damaged', expect.any(String)]]);
    expect(notes(text('{"type":"cut"}').subarray(0, 9))).toEqual([['unfinished', '{"type"']]);
    expect(notes(Buffer.of(0x81, 127, 0, 0, 0, 0, 255, 0, 0, 0))).toEqual([['limit', expect.any(String)]]);
  });
});

describe('what a server sent', () => {
  /** As a sender compresses that keeps its window, or not. */
  function compressed(messages: readonly string[], keeps: boolean): readonly Buffer[] {
    let before = Buffer.alloc(0);
    return messages.map((data) => {
      const bytes = deflateRawSync(data, {
        finishFlush: constants.Z_SYNC_FLUSH,
        ...(keeps && before.length > 0 && { dictionary: before.subarray(-32_768) }),
      }).subarray(0, -4);
      before = Buffer.concat([before, Buffer.from(data)]);
      return bytes;
    });
  }

  test('is one plain frame a message, whatever its compression, its frames and its reads were', () => {
    fc.assert(
      fc.property(
        fc.array(
          message.filter((data) => data !== ''),
          { minLength: 1, maxLength: 5 },
        ),
        fc.boolean(),
        fc.integer({ min: 1, max: 60 }),
        cutsFor,
        (messages, keeps, size, cuts) => {
          const parts = compressed(messages, keeps).flatMap((bytes) => {
            const pieces = Array.from({ length: Math.max(1, Math.ceil(bytes.length / (size * 20))) }, (_, i) =>
              bytes.subarray(i * size * 20, (i + 1) * size * 20),
            );
            return pieces.flatMap((payload, i) => [
              frame({ opcode: i === 0 ? 1 : 0, payload, fin: i === pieces.length - 1, rsv1: i === 0 }),
              frame({ opcode: 9, payload: Buffer.from('between') }),
            ]);
          });
          const reader = new ServerMessages(
            agreedDeflate(`permessage-deflate${keeps ? '' : '; server_no_context_takeover'}`),
          );
          const kept = readsOf(Buffer.concat(parts), cuts).map(({ bytes }) => reader.feed(Buffer.from(bytes)));
          const framed = frameAll(readsOf(Buffer.concat(kept), []), 'websocket');
          expect(framed.flatMap((one) => (one.type === 'frame' ? one.frame.data : []))).toEqual(messages);
          expect(reader.end().length).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('passes read by read where nothing is to be undone', () => {
    const reader = new ServerMessages(null);
    const body = Buffer.concat([text('one'), text('x'.repeat(300))]);
    const pieces = readsOf(body, [1, 4, 6, 100]).map(({ bytes }) => Buffer.from(bytes));
    const kept = pieces.map((bytes) => reader.feed(bytes).length);
    expect(kept.reduce((sum, length) => sum + length, 0)).toBe(body.length);
    expect(kept.filter((length) => length > 0).length).toBeGreaterThan(2);
  });

  test('that cannot be read is said', () => {
    const wrong = frame({ opcode: 1, payload: Buffer.of(0xff, 0xff, 0xff), rsv1: true });
    for (const deflate of [null, agreedDeflate('permessage-deflate')])
      expect(() => new ServerMessages(deflate).feed(wrong)).toThrow(UnreadableMessage);
  });
});

test('what a client sent is unmasked', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 4 }),
      fc.uint8Array({ minLength: 4, maxLength: 4 }),
      cutsFor,
      (all, mask, cuts) => {
        const body = Buffer.concat(
          all.map((data) => frame({ opcode: 1, payload: Buffer.from(data), mask: Buffer.from(mask) })),
        );
        const reader = new ClientMessages(null);
        const told = readsOf(body, cuts).flatMap(({ bytes }) => reader.feed(Buffer.from(bytes)));
        expect(told.map(({ payload }) => payload.toString())).toEqual(all);
      },
    ),
    { numRuns: 40 },
  );
});
