/** The key of a request in an answer whose framing is binary: out of the texts in it, which decode as before. */
import fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { KeyMask } from '../../src/main/core/capture/key-mask.ts';
import { objectOf, stringOf } from '../../src/shared/json/json-object.ts';
import type { Framed, Framing } from '../../src/shared/model/stream.ts';
import { unwrap } from '../../src/shared/providers/bedrock/envelope.ts';
import { frameAll, readsOf } from '../support/framing.ts';
import { awsMessage } from '../support/lint-example.ts';

const KEY = 'sk-proj-0123456789_sk/proj+abcdef';
const GONE = '<redacted>'.padEnd(KEY.length, '*');

const delta = (text: string): string =>
  JSON.stringify({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** As programs may write the same envelope. */
const ENVELOPES: readonly ((event: string) => string)[] = [
  (event) => `{"bytes":"${base64(event)}","p":"abcdef"}`,
  (event) => `{ "p" : "bytes" , "bytes" : "${base64(event)}" }`,
  (event) => `{"bytes":"${base64(event).replaceAll('/', '\\/').replaceAll('+', '\\u002B')}"}`,
];

function masked(body: Uint8Array, sizes: readonly number[]): Uint8Array {
  const mask = KeyMask.for([KEY])!;
  return Buffer.concat(readsOf(body, sizes).map(({ bytes }) => mask.masked(bytes)));
}

const frames = (body: Uint8Array, framing: Framing): readonly Framed[] => frameAll(readsOf(body), framing);

/** What the deltas say together; every one of them must be there. */
function textOf(body: Uint8Array, count: number): string {
  const found = frames(body, 'aws-eventstream');
  expect(found.map(({ type }) => type)).toEqual(Array.from({ length: count }, () => 'frame'));
  return found
    .map((one) => {
      const { payload } = unwrap((one as Extract<Framed, { readonly type: 'frame' }>).frame);
      const event = objectOf(payload.ok ? payload.value : null);
      return stringOf(objectOf(event?.['delta'])?.['text']) ?? expect.fail('An event is not as it was.');
    })
    .join('');
}

describe('R17 L3 in the envelopes of Bedrock', () => {
  const bodyOf = (texts: readonly string[], envelope = ENVELOPES[0]!): Uint8Array =>
    Buffer.concat(texts.map((text) => awsMessage('chunk', envelope(delta(text)))));

  test.each([
    ['in one delta', ['My key is ', `“${KEY}”, `, 'as you know.']],
    ['in halves', ['My key is ', KEY.slice(0, 17), KEY.slice(17), '.']],
    ['in tokens', ['The key is sk', '-proj', '-0', '1234', '5678', '9_', 'sk/', 'proj+abc', 'def.']],
    ['character by character', [...KEY]],
    ['with an empty delta between', [KEY.slice(0, 10), '', KEY.slice(10)]],
  ])('a key that comes %s is taken out, and each message is sound', (_how, texts) => {
    const said = texts.join('').replace(KEY, GONE);
    // What was escaped cannot become another character in as many bytes.
    for (const envelope of ENVELOPES.slice(0, 2))
      expect(textOf(masked(bodyOf(texts, envelope), []), texts.length)).toBe(said);
    expect(textOf(masked(bodyOf(texts, ENVELOPES[2]), []), texts.length)).not.toContain(KEY.slice(0, 17));
  });

  test('no more than a short start of it is left, and all else, however the body is cut', () => {
    const text = fc.array(fc.constantFrom(KEY, 'é', ' ', '"', 'sk-proj-', 'data: '), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 20 }),
        fc.constantFrom(...ENVELOPES),
        (texts, sizes, envelope) => {
          const deltas = texts.map((parts) => parts.join(''));
          const body = bodyOf(deltas, envelope);
          const kept = masked(body, [...sizes, body.length]);
          const said = textOf(kept, deltas.length);
          expect(kept.length).toBe(body.length);
          const all = deltas.join('');
          const without = all.replaceAll(KEY, GONE);
          expect(said.length).toBe(all.length);
          expect([...said].every((char, i) => char === without[i] || char === all[i])).toBe(true);
          expect(said).not.toContain(KEY);
          if (envelope !== ENVELOPES[2]) expect(said).not.toContain(KEY.slice(0, 22));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a checksum that is wrong stays so, and messages behind bytes that are of none are read', () => {
    const [first, second] = [bodyOf([`a ${KEY}`]), bodyOf([`b ${KEY.slice(0, 20)}`, KEY.slice(20)])];
    first[first.length - 1]! ^= 1;
    const kept = masked(Buffer.concat([first, Buffer.from('no message'), second]), []);
    expect(frames(kept, 'aws-eventstream').map(({ type }) => type)).toEqual(['damaged', 'frame', 'frame']);
    expect(textOf(kept.subarray(first.length + 10), 2)).toBe(`b ${GONE}`);
    expect(base64Texts(kept)).not.toContain(KEY.slice(0, 16));
  });

  test('a key in an exception, in a header and in bytes that are no base64 is taken out', () => {
    const body = Buffer.concat([
      awsMessage(`of ${KEY}`, JSON.stringify({ message: `The key ${KEY} is not good.` }), 'exception'),
      awsMessage('chunk', JSON.stringify({ bytes: `${KEY} is no base64` })),
      awsMessage('chunk', JSON.stringify({ bytes: base64('{}'), other: KEY })),
    ]);
    const kept = masked(body, []);
    const [before, after] = [body, kept].map((bytes) =>
      JSON.stringify(
        frames(bytes, 'aws-eventstream').map((one) =>
          one.type === 'frame' ? [one.frame.data, [...one.frame.headers!]] : one.type,
        ),
      ),
    );
    expect(before).toContain(KEY);
    expect(after).toBe(before!.replaceAll(KEY, GONE));
  });

  test('a body without the key is not copied', () => {
    const body = bodyOf(['Hello', ' world']);
    expect(KeyMask.for([KEY])!.masked(body)).toBe(body);
  });
});

describe('R17 L3 in the messages of a WebSocket', () => {
  const frame = (text: string): Buffer => {
    const payload = Buffer.from(JSON.stringify({ type: 'response.output_text.delta', delta: text }));
    const { length } = payload;
    return Buffer.concat([
      Buffer.from(length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 0xff]),
      payload,
    ]);
  };

  test('a key over deltas is taken out, whatever bytes of the headers look like', () => {
    // A message of 0x22 bytes has a quote in its header.
    const quote = Buffer.concat([Buffer.from([0x81, 0x22]), Buffer.from('"'.padEnd(0x21, 'a') + '"')]);
    const body = Buffer.concat([quote, frame('My key is '), frame(KEY.slice(0, 12)), frame(KEY.slice(12)), frame('.')]);
    for (const sizes of [[], [3, 50, 7, 1, 2, 100]]) {
      const kept = masked(body, sizes);
      const said = frames(kept, 'websocket').map((one) =>
        one.type === 'frame' && one.frame.payload.ok
          ? (stringOf(objectOf(one.frame.payload.value)?.['delta']) ?? '')
          : '',
      );
      expect(kept.length).toBe(body.length);
      if (sizes.length === 0) expect(said.join('')).toBe(`My key is ${GONE}.`);
      else expect(said.join('')).not.toContain(KEY.slice(0, 24));
    }
  });
});

/** All that stands in base64 in a body. */
const base64Texts = (body: Uint8Array): string =>
  [
    ...Buffer.from(body)
      .toString('latin1')
      .matchAll(/[\w+/]{8,}={0,2}/g),
  ]
    .map(([text]) => Buffer.from(text, 'base64').toString('latin1'))
    .join(' ');
