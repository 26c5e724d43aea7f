/** The bytes that are marked as a value are that value: in any frame of any framing, for any path of its JSON. */
import { EventStreamCodec } from '@smithy/eventstream-codec';
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { framePlaces } from '../../../src/shared/providers/frame-places.ts';
import { framerOf } from '../../../src/shared/providers/framer-of.ts';
import { PROVIDERS } from '../../../src/shared/providers/registry.ts';
import type { JsonPath, JsonPlaces } from '../../../src/shared/json/json-places.ts';
import type { Api, Frame, Framing } from '../../../src/shared/model/stream.ts';
import { base64Of, bytesOf as base64Bytes } from '../../../src/shared/text/base64.ts';
import type { ByteRange } from '../../../src/shared/text/byte-range.ts';
import { allStreams } from '../../support/fixtures.ts';
import { bytesOf } from '../../support/framing.ts';
import { anyText } from '../../support/texts.ts';

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A frame of a body. */
interface Framed {
  readonly api: Api;
  readonly framing: Framing;
  readonly body: Uint8Array;
  readonly frame: Frame;
}

function framesOf(api: Api, framing: Framing, body: Uint8Array): readonly Framed[] {
  const framer = framerOf(api, framing);
  return [...framer.feed({ n: 0, tNs: 0, offset: 0, bytes: body }), ...framer.end()].flatMap((one) =>
    one.type === 'frame' ? [{ api, framing, body, frame: one.frame }] : [],
  );
}

const placesOf = ({ api, framing, body, frame: { start, end } }: Framed): JsonPlaces =>
  framePlaces(api, framing, body.subarray(start, end), start);

/** All paths of a value, each with what stands there. */
function* valuesIn(value: unknown, path: JsonPath = []): Generator<readonly [path: JsonPath, value: unknown]> {
  yield [path, value];
  if (Array.isArray(value)) for (const [at, part] of value.entries()) yield* valuesIn(part, [...path, at]);
  else if (typeof value === 'object' && value !== null)
    for (const [key, part] of Object.entries(value)) yield* valuesIn(part, [...path, key]);
}

/** The text of the ranges; what stands between pieces is a line end. */
const textOf = (body: Uint8Array, ranges: readonly ByteRange[]): string =>
  ranges.map(([from, to]) => utf8.decode(body.subarray(from, to))).join('\n');

/** Whether ranges of base64 hold a text; their groups of four characters hold up to two bytes more at each side. */
function holdsInBase64(body: Uint8Array, ranges: readonly ByteRange[], fits: (text: string) => boolean): boolean {
  const bytes = base64Bytes(JSON.parse(`"${textOf(body, ranges)}"`) as string);
  const sides = [0, 1, 2];
  return sides.some((from) => sides.some((to) => fits(utf8.decode(bytes.subarray(from, bytes.length - to)))));
}

const isWrapped = ({ api }: Framed): boolean => PROVIDERS.get(api)?.unwrapPlaces !== undefined;

function isJsonOf(text: string, value: unknown): boolean {
  try {
    expect(JSON.parse(text)).toEqual(value);
    return true;
  } catch {
    return false;
  }
}

/** Every value of a frame's JSON has its bytes; how many they are. */
function expectEveryValue(framed: Framed): number {
  const places = placesOf(framed);
  const { body, frame } = framed;
  if (!frame.payload.ok) throw new Error(`The frame is not JSON: ${frame.data}`);
  const all = [...valuesIn(frame.payload.value)];
  for (const [path, value] of all) {
    const ranges = places.valueAt(path) ?? [];
    if (isWrapped(framed)) expect(holdsInBase64(body, ranges, (text) => isJsonOf(text, value))).toBe(true);
    else expect(JSON.parse(textOf(body, ranges))).toEqual(value);
  }
  return all.length;
}

test('every value of every event of our streams, and of the corpus where it is there', () => {
  let values = 0;
  for (const { api, bytes } of allStreams())
    for (const framed of framesOf(api, PROVIDERS.get(api)!.framing, bytes))
      if (framed.frame.payload.ok) values += expectEveryValue(framed);
  expect(values).toBeGreaterThan(500);
});

/** JSON as no serializer writes it: blanks anywhere, escapes for any character, keys that stand twice. */
function written(value: unknown, choose: fc.GeneratorValue, blanks: readonly string[]): string {
  const blank = (): string => choose(fc.constantFrom, ...blanks);
  const between = (parts: readonly string[], [open, close]: string): string =>
    `${open}${blank()}${parts.join(`${blank()},${blank()}`)}${blank()}${close}`;
  const text = (raw: string): string => `"${raw.split('').map(unit).join('')}"`;
  const unit = (char: string): string => {
    const plain = JSON.stringify(char).slice(1, -1);
    return choose(fc.nat, { max: 5 }) > 0 ? plain : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  };
  const any = (part: unknown): string => {
    if (typeof part === 'string') return text(part);
    if (Array.isArray(part)) return between(part.map(any), '[]');
    if (typeof part !== 'object' || part === null) return JSON.stringify(part);
    const members = Object.entries(part).flatMap(([key, own]) => {
      const twice = choose(fc.nat, { max: 8 }) === 0 ? [`${text(key)}:${text('an earlier one')}`] : [];
      return [...twice, `${text(key)}${blank()}:${blank()}${any(own)}`];
    });
    return between(members, '{}');
  };
  return `${blank()}${any(value)}${blank()}`;
}

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : utf8.decode(bytes)),
  (text) => bytesOf(text),
);
const message = (name: string, body: string): Uint8Array =>
  codec.encode({ headers: { ':event-type': { type: 'string', value: name } }, body: bytesOf(body) });

/** A body with one frame that carries the text, by framing. */
const BODIES: Readonly<Record<string, (value: unknown, choose: fc.GeneratorValue) => Omit<Framed, 'frame'>>> = {
  sse(value, choose) {
    const eol = choose(fc.constantFrom, '\n', '\r\n', '\r');
    const other = (): readonly string[] =>
      choose(fc.constantFrom, [], [], ['event: x'], [': data: no'], ['datum: 1'], ['dat']);
    const lines = written(value, choose, ['', '', ' ', '\n', '\n\n', '\t'])
      .split('\n')
      .flatMap((line) => [
        ...other(),
        `data:${line.startsWith(' ') || choose(fc.boolean) ? ' ' : ''}${line}`,
        ...other(),
      ]);
    const before = choose(fc.constantFrom, '', '\uFEFF', `data: 1${eol}${eol}`, `: hello${eol}`, eol);
    return { api: 'chat_completions', framing: 'sse', body: bytesOf(`${before}${[...lines, '', ''].join(eol)}`) };
  },
  'json-lines'(value, choose) {
    const line = written(value, choose, ['', ' ', '\t', '\r']);
    const before = choose(fc.constantFrom, '', '\uFEFF', '1\n', '\r\n');
    const after = choose(fc.constantFrom, '', '\n', '\r\n');
    return { api: 'ollama_chat', framing: 'json-lines', body: bytesOf(`${before}${line}${after}`) };
  },
  'aws-eventstream': (value, choose) => ({
    api: 'messages',
    framing: 'aws-eventstream',
    body: message('event', written(value, choose, ['', ' ', '\n', '\r'])),
  }),
  'envelopes of Bedrock'(value, choose) {
    const bytes = base64Of(bytesOf(written(value, choose, ['', ' ', '\n'])));
    return {
      api: 'bedrock',
      framing: 'aws-eventstream',
      body: message('chunk', written({ p: 'abc', bytes, q: bytes }, choose, ['', ' '])),
    };
  },
};

const json = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 });

describe.each(Object.entries(BODIES))('in %s', (_name, bodyOf) => {
  const last = (value: unknown, choose: fc.GeneratorValue): Framed => {
    const { api, framing, body } = bodyOf(value, choose);
    return framesOf(api, framing, body).at(-1)!;
  };

  test('every value of any JSON has its bytes', () => {
    fc.assert(
      fc.property(json, fc.gen(), (value, choose) => void expectEveryValue(last(value, choose))),
      { numRuns: 500 },
    );
  });

  test('so has every stretch of any text, with whole characters', () => {
    const key = anyText();
    fc.assert(
      fc.property(key, anyText({ minLength: 1 }), fc.nat(), fc.nat(), fc.gen(), (key, text, a, b, choose) => {
        const [from, to] = [a % text.length, (a % text.length) + 1 + (b % (text.length - (a % text.length)))];
        const framed = last({ other: text, [key]: [0, text] }, choose);
        const ranges = placesOf(framed).charactersAt([key, 1], from, to)!;
        // Half of a pair comes with its other half.
        const inText = (found: string): boolean =>
          [from, from - 1].some((start) => [to, to + 1].some((end) => text.slice(Math.max(0, start), end) === found));
        const fits = (source: string): boolean => isText(source, inText);
        expect(isWrapped(framed) ? holdsInBase64(framed.body, ranges, fits) : fits(textOf(framed.body, ranges))).toBe(
          true,
        );
      }),
      { numRuns: 500 },
    );
  });

  test('a path that leads nowhere has none', () => {
    const places = placesOf(last({ a: [1, { b: 2 }], c: 'text' }, fc.sample(fc.gen(), 1)[0]!));
    for (const path of [['b'], ['a', 2], ['a', '0'], ['c', 0], ['a', 1, 'b', 0]])
      expect(places.valueAt(path)).toBeNull();
    expect(places.charactersAt(['a', 0], 0, 1)).toBeNull();
  });
});

function isText(source: string, fits: (text: string) => boolean): boolean {
  try {
    return fits(JSON.parse(`"${source}"`) as string);
  } catch {
    return false;
  }
}

test('bad bytes count as the characters that stand for them', () => {
  const bad = fc.array(
    fc.constantFrom(
      [0x41],
      [0xff],
      [0xc3],
      [0xc3, 0xa9],
      [0xe2, 0x82],
      [0xe2, 0x82, 0xac],
      [0xf0, 0x9f, 0x98],
      [0xf0, 0x9f, 0x98, 0x80],
      [0xed, 0xa0, 0x80],
      [0x80],
      [0xf5, 0x80],
    ),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(bad, (pieces) => {
      const body = new Uint8Array([...bytesOf('data: {"a":"'), ...pieces.flat(), ...bytesOf('end"}\n\n')]);
      const framed = framesOf('chat_completions', 'sse', body)[0]!;
      const places = placesOf(framed);
      const text = (framed.frame.payload as { readonly value: { readonly a: string } }).value.a;
      const ranges = places.charactersAt(['a'], text.length - 3, text.length)!;
      expect(textOf(body, ranges)).toBe('end');
      expect(textOf(body, places.charactersAt(['a'], 0, text.length)!)).toBe(text);
    }),
    { numRuns: 500 },
  );
});
