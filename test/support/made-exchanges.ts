/** Exchanges of any shape for property tests: heads, bodies, framings, cuts and ends, each with what it says. */
import fc from 'fast-check';

/** One message as its sender writes it. */
export interface MadeMessage {
  readonly head: string;
  /** The body as it is framed, and the data in it. */
  readonly framed: Buffer;
  readonly data: Buffer;
  /** Where its writes end, over head and body. */
  readonly writes: readonly Buffer[];
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
}

const TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const token = fc.string({ unit: fc.constantFrom(...TOKEN), minLength: 1, maxLength: 20 });
const visible = fc.integer({ min: 0x21, max: 0xff }).filter((code) => code !== 0x7f && (code < 0x80 || code > 0x9f));
const value = fc
  .array(fc.oneof({ weight: 6, arbitrary: visible }, { weight: 1, arbitrary: fc.constantFrom(0x20, 0x09) }), {
    maxLength: 40,
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
const fields = fc.array(field, { maxLength: 8 }).map((lines) => lines.join(''));

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .uint8Array({ minLength: 1, maxLength: 20 })
    .chain((unit) =>
      fc
        .integer({ min: 1, max: 8_000 })
        .map((times) => Uint8Array.from({ length: unit.length * times }, (_, i) => unit[i % unit.length]!)),
    ),
);

const chunkExtension = fc.constantFrom('', '', '', ';a', ';a=b', '; c="d"');
const trailers = fc.oneof({ weight: 3, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fields });

/** The data in chunks of any size. */
const chunked = payload.chain((data) =>
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
      return { framed, data: Buffer.from(data), line: 'Transfer-Encoding: chunked\r\n' };
    }),
);
const sized = payload.map((data) => ({
  framed: Buffer.from(data),
  data: Buffer.from(data),
  line: `Content-Length: ${data.length}\r\n`,
}));
const untilClose = payload.map((data) => ({ framed: Buffer.from(data), data: Buffer.from(data), line: '' }));
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

export const madeExchange: fc.Arbitrary<MadeExchange> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'POST', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'M-SEARCH'),
    path: fc
      .array(fc.string({ unit: fc.constantFrom(...'abc012-_~%:@!$&()*+,;=/'), maxLength: 12 }), { maxLength: 3 })
      .map((parts) => `/${parts.join('/')}`),
    query: fc.string({ unit: fc.constantFrom(...'abc=&%2F?/:+*\'"<>|{}'), maxLength: 20 }),
    requestFields: fields,
    requestBody: fc.oneof(empty, sized, chunked),
    status: fc.constantFrom(200, 200, 200, 200, 201, 204, 206, 304, 400, 401, 429, 500, 503, 529, 299, 799),
    text: fc.constantFrom('OK', '', 'All  good', 'Tr\u00e8s bien', 'Not OK at all'),
    early: fc.array(fc.constantFrom('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n', 'HTTP/1.1 102 \r\n\r\n'), {
      maxLength: 2,
    }),
    answerFields: fields,
    answerBody: fc.oneof(sized, chunked, untilClose),
    ending: fc.constantFrom('stays' as const, 'stays' as const, 'end' as const, 'reset' as const),
    cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 3, nil: null }),
  })
  .chain((made) => {
    const { method, query, requestFields, requestBody, status, text, early, answerFields, answerBody, cut } = made;
    const path = made.path + (query === '' ? '' : `?${query}`);
    const requestHead = `${method} ${HOST}${path} HTTP/1.1\r\nHost: ${HOST}\r\n${requestFields}${requestBody.line}\r\n`;
    const bodiless = method === 'HEAD' || status === 204 || status === 304;
    const body = bodiless ? { ...answerBody, framed: Buffer.alloc(0), data: Buffer.alloc(0) } : answerBody;
    const answerHead = `${early.join('')}HTTP/1.1 ${status} ${text}\r\n${answerFields}${answerBody.line}\r\n`;
    const length = Buffer.byteLength(answerHead, 'latin1') + body.framed.length;
    const closes = body.line === '' && !bodiless;
    const ending = made.ending === 'stays' && closes ? 'end' : made.ending;
    const kept = cut === null || ending === 'stays' ? length : Math.floor(cut * length);
    const headLength = Buffer.byteLength(answerHead, 'latin1');
    // A body that lasts until the end of its connection is whole wherever that is.
    const whole = closes ? ending === 'end' && kept >= headLength : kept === length;
    const all = Buffer.concat([Buffer.from(answerHead, 'latin1'), body.framed]).subarray(0, kept);
    return fc.tuple(cutsOf(requestBody.framed.length), cutsOf(all.length)).map(([requestCuts, answerCuts]) => ({
      method,
      path,
      status,
      ending,
      whole,
      request: { head: requestHead, ...requestBody, writes: cutAt(requestBody.framed, requestCuts) },
      answer: {
        head: answerHead,
        framed: all.subarray(Math.min(kept, headLength)),
        data: closes ? all.subarray(Math.min(kept, headLength)) : body.data,
        writes: cutAt(all, answerCuts).filter(({ length }) => length > 0),
      },
    }));
  });
