/** Exchanges of any shape for the fuzzer of the capture proxy: heads, bodies, encodings, cuts, pauses, aborts and ends. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from './properties.ts';

/** One message as its sender writes it. */
export interface MadeMessage {
  readonly head: string;
  /** The body as it is framed. */
  readonly framed: Buffer;
  /** The data in it; null where nobody can say what they are. */
  readonly data: Buffer | null;
  /** Where its writes end, over head and body. */
  readonly writes: readonly Buffer[];
  readonly pace: Pace;
}

/** How writes follow each other: each once the one before has arrived, all at once, or with turns or milliseconds between. */
export type Pace = 'arrived' | 'at once' | 'turns' | 'pauses';

/** The client leaves: behind so many writes of the request or, when that is whole, of the answer. */
export interface Abort {
  readonly how: 'end' | 'reset';
  readonly within: 'request' | 'answer';
  readonly after: number;
}

export interface MadeExchange {
  readonly method: string;
  readonly path: string;
  readonly request: MadeMessage;
  readonly answer: MadeMessage;
  readonly status: number;
  /** How the provider ends: the message is whole and the connection stays, or the connection ends or breaks behind the writes. */
  readonly ending: 'stays' | 'end' | 'reset';
  /** The answer is whole, by its own framing or by the end of its connection. */
  readonly whole: boolean;
  /** The answer comes while the request is still being sent. */
  readonly together: boolean;
  readonly abort: Abort | null;
}

/** Exchanges over one connection, one after the other. */
export interface MadeConnection {
  readonly exchanges: readonly MadeExchange[];
  /** All requests are sent before the first answer, in pieces that end at these shares of them. */
  readonly ahead: readonly number[] | null;
}

const TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const token = fc.string({ unit: fc.constantFrom(...TOKEN), minLength: 1, maxLength: 12 });
const visible = fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x7f && (code < 0x80 || code > 0x9f));
const value = fc
  .array(fc.oneof({ weight: 6, arbitrary: visible }, { weight: 1, arbitrary: fc.constantFrom(0x20, 0x09) }), {
    maxLength: 16,
  })
  .map((codes) => String.fromCharCode(...codes).trim());
/** Names that mean something to a proxy are said by the test where they belong. */
const RESERVED = /^(?:host|connection|content-length|transfer-encoding|upgrade|expect|origin|sec-fetch-.*|proxy-.*)$/i;
const field = fc
  .tuple(
    token.filter((name) => !RESERVED.test(name)),
    fc.constantFrom(':', ': ', ':  ', ':\t'),
    value,
    fc.constantFrom('', ' '),
  )
  .map(([name, colon, text, blank]) => `${name}${colon}${text}${blank}\r\n`);
const fields = fc.array(field, { maxLength: 5 }).map((lines) => lines.join(''));

const plain = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .uint8Array({ minLength: 1, maxLength: 20 })
    .chain((unit) =>
      fc
        .integer({ min: 1, max: 8_000 })
        .map((times) => Uint8Array.from({ length: unit.length * times }, (_, i) => unit[i % unit.length]!)),
    ),
);

const ENCODINGS: readonly (readonly [name: string, encode: (data: Uint8Array) => Uint8Array])[] = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
];
const NO_ENCODING = ['', (data: Uint8Array): Uint8Array => data] as const;

/** The data of a body, and the line of a head that says how they are encoded. */
const payload = fc
  .tuple(plain, fc.constantFrom(NO_ENCODING, NO_ENCODING, NO_ENCODING, NO_ENCODING, ...ENCODINGS))
  .map(([data, [name, encode]]) => ({
    data: Buffer.from(encode(data)),
    encoding: name === '' ? '' : `Content-Encoding: ${name}\r\n`,
  }));

const chunkExtension = fc.constantFrom('', '', '', ';a', ';a=b', '; c="d"');
const trailers = fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fields });

/** The data in chunks of any size. */
const chunked = payload.chain(({ data, encoding }) =>
  fc
    .tuple(
      fc.array(fc.integer({ min: 1, max: Math.max(1, data.length) }), { maxLength: 6 }),
      fc.array(chunkExtension, { minLength: 8, maxLength: 8 }),
      trailers,
      fc.boolean(),
    )
    .map(([cuts, extensions, last, upper]) => {
      const pieces = cutAt(data, cuts).filter(({ length }) => length > 0);
      const size = (n: number): string => (upper ? n.toString(16).toUpperCase() : n.toString(16));
      const framed = Buffer.concat([
        ...pieces.flatMap((piece, i) => [
          Buffer.from(`${size(piece.length)}${extensions[i % 8]!}\r\n`),
          piece,
          Buffer.from('\r\n'),
        ]),
        Buffer.from(`0${extensions[7]!}\r\n${last}\r\n`, 'latin1'),
      ]);
      return { framed, data, line: `${encoding}Transfer-Encoding: chunked\r\n` };
    }),
);
const sized = payload.map(({ data, encoding }) => ({
  framed: data,
  data,
  line: `${encoding}Content-Length: ${data.length}\r\n`,
}));
const untilClose = payload.map(({ data, encoding }) => ({ framed: data, data, line: encoding, closes: true }));
/** Chunks that are none from some byte on: nobody knows where it ends, and what of it is data. */
const broken = chunked.map(({ framed, line }) => ({
  framed: Buffer.concat([framed.subarray(0, framed.length - 5), Buffer.from('\r\nno size\r\n')]),
  data: null,
  line,
}));
const empty = fc.constant({ framed: Buffer.alloc(0), data: Buffer.alloc(0), line: '' });

/** The bytes cut at these places, in any order. */
function cutAt(bytes: Uint8Array, cuts: readonly number[]): readonly Buffer[] {
  const places = [0, ...cuts.filter((cut) => cut <= bytes.length).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, i) => Buffer.from(bytes.subarray(places[i], to)));
}

const cutsOf = (length: number): fc.Arbitrary<readonly number[]> =>
  fc.array(fc.integer({ min: 0, max: length }), { maxLength: 6 });

/** `host` stands in the request for the proxy's own, whose length is not known here. */
export const HOST = '<host>';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const rarely = <T>(made: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: made });
const pace = fc.constantFrom<Pace>('arrived', 'arrived', 'arrived', 'at once', 'at once', 'turns', 'turns', 'pauses');
/** Lines of an answer's head that are no fields, and yet are sent: they pass. */
const odd = fc.constantFrom(
  '',
  '',
  '',
  'no field at all\r\n',
  'X-Folded: a\r\n  b\r\n',
  'X-Bare: 1\n',
  'X-Nul: \0\r\n',
);
const stays = fc.constantFrom('', '', '', 'Connection: keep-alive\r\n', 'Connection: Close\r\n', 'connection: TE\r\n');

const madeExchange: fc.Arbitrary<MadeExchange> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'POST', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'M-SEARCH'),
    path: fc
      .array(fc.string({ unit: fc.constantFrom(...'abc012-_~%:@!$&()*+,;=/'), maxLength: 12 }), { maxLength: 3 })
      .map((parts) => `/${parts.join('/')}`),
    query: fc.string({ unit: fc.constantFrom(...'abc=&%2F?/:+*\'"<>|{}'), maxLength: 20 }),
    requestFields: fc.tuple(stays, fields).map((parts) => parts.join('')),
    requestBody: fc.oneof(empty, sized, chunked),
    status: fc.constantFrom(200, 200, 200, 200, 201, 204, 206, 304, 400, 401, 429, 500, 503, 529, 299, 799),
    text: fc.constantFrom('OK', '', 'All  good', 'Tr\u00e8s bien', 'Not OK at all'),
    version: fc.constantFrom('1.1', '1.1', '1.1', '1.0'),
    early: fc.array(fc.constantFrom('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n', 'HTTP/1.1 102 \r\n\r\n'), {
      maxLength: 2,
    }),
    answerFields: fc.tuple(stays, fields, odd).map((parts) => parts.join('')),
    answerBody: fc.oneof(
      { weight: 6, arbitrary: sized },
      { weight: 6, arbitrary: chunked },
      { weight: 1, arbitrary: untilClose },
      { weight: 1, arbitrary: broken },
    ),
    ending: fc.oneof(
      { weight: 6, arbitrary: fc.constant('stays' as const) },
      { weight: 1, arbitrary: fc.constantFrom('end' as const, 'reset' as const) },
    ),
    cut: fc.option(share, { freq: 3, nil: null }),
    requestPace: pace,
    answerPace: pace,
    together: fc.boolean(),
    abort: rarely(
      fc.record({
        how: fc.constantFrom('end' as const, 'reset' as const),
        within: fc.constantFrom('request' as const, 'answer' as const),
        behind: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      }),
    ),
  })
  .chain((made) => {
    const { method, query, requestFields, requestBody, status, text, early, answerFields, answerBody, cut } = made;
    const path = made.path + (query === '' ? '' : `?${query}`);
    const requestHead = `${method} ${HOST}${path} HTTP/1.1\r\nHost: ${HOST}\r\n${requestFields}${requestBody.line}\r\n`;
    const bodiless = method === 'HEAD' || status === 204 || status === 304;
    const body = bodiless ? { ...answerBody, framed: Buffer.alloc(0), data: Buffer.alloc(0) } : answerBody;
    const answerHead = `${early.join('')}HTTP/${made.version} ${status} ${text}\r\n${answerFields}${answerBody.line}\r\n`;
    const headLength = Buffer.byteLength(answerHead, 'latin1');
    const length = headLength + body.framed.length;
    const closes = 'closes' in body && !bodiless;
    const endless = closes || body.data === null;
    const ending = made.ending === 'stays' && endless ? 'end' : made.ending;
    const kept = cut === null || ending === 'stays' ? length : Math.floor(cut * length);
    // A body that lasts until the end of its connection is whole wherever that is.
    const whole = closes ? ending === 'end' && kept >= headLength : kept === length && body.data !== null;
    const all = Buffer.concat([Buffer.from(answerHead, 'latin1'), body.framed]).subarray(0, kept);
    return fc.tuple(cutsOf(requestBody.framed.length), cutsOf(all.length)).map(([requestCuts, answerCuts]) => {
      const requestWrites = cutAt(requestBody.framed, requestCuts).filter((piece) => piece.length > 0);
      const answerWrites = cutAt(all, answerCuts).filter((piece) => piece.length > 0);
      const writes = made.abort?.within === 'request' ? requestWrites : answerWrites;
      const abort = made.abort && { ...made.abort, after: Math.floor(made.abort.behind * writes.length) };
      const framed = all.subarray(Math.min(kept, headLength));
      return {
        method,
        path,
        status,
        ending,
        whole,
        abort,
        together: made.together && ending === 'stays' && abort === null,
        request: { head: requestHead, ...requestBody, writes: requestWrites, pace: made.requestPace },
        answer: {
          head: answerHead,
          framed,
          data: closes ? framed : body.data,
          writes: answerWrites,
          pace: made.answerPace,
        },
      };
    });
  });

/** Up to the first exchange after which there is no connection any more. */
export const madeConnection: fc.Arbitrary<MadeConnection> = fc
  .tuple(fc.array(madeExchange, { minLength: 1, maxLength: 8 }), rarely(fc.array(share, { maxLength: 8 })))
  .map(([all, ahead]) => {
    const last = all.findIndex(({ ending, abort }) => ending !== 'stays' || abort !== null);
    const exchanges = last < 0 ? all : all.slice(0, last + 1);
    // What is sent ahead is sent whole.
    const isWhole = exchanges.every(({ abort }) => abort === null || abort.within === 'answer');
    return { exchanges, ahead: isWhole && exchanges.length > 1 ? ahead : null };
  });
