/** Streams survive what people do to them on the way, and no file, however broken, does more than be refused. */
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { Dechunker, looksChunked } from '../../../src/main/core/imports/dechunk.ts';
import { ImportError } from '../../../src/main/core/imports/imported.ts';
import { someLine, untimedLines } from '../../../src/main/core/imports/log-lines.ts';
import { printedObjects } from '../../../src/main/core/imports/printed.ts';
import { recognize, type RecognizedStream } from '../../../src/main/core/imports/recognize.ts';
import { allStreams } from '../../support/fixtures.ts';

const bytesOf = ({ reads }: RecognizedStream): Uint8Array => Buffer.concat(reads.map(({ bytes }) => bytes));
const only = (name: string, bytes: Uint8Array | string): RecognizedStream => {
  const { streams } = recognize(name, typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  expect(streams).toHaveLength(1);
  return streams[0]!;
};
const chunk = (delta: object): string =>
  JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta }] });
const EVENTS = [chunk({ content: 'Hé "quoted" \\ ' }), chunk({ content: '世界\n' }), chunk({ content: '🙂' })];
const STREAM = `${EVENTS.map((event) => `data: ${event}\n\n`).join('')}data: [DONE]\n\n`;
const dataOf = (body: string): readonly unknown[] =>
  [...body.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json!) as unknown);
const SENT = dataOf(STREAM);

describe('a stream that is as it was sent', () => {
  it('is not touched', () => {
    for (const { name, api, bytes } of allStreams()) {
      const stream = only(name, bytes);
      expect({ name, api: stream.api, repaired: stream.repaired }).toEqual({ name, api, repaired: [] });
      expect(Buffer.from(bytesOf(stream)).equals(bytes)).toBe(true);
    }
  });

  it.each([
    ['gzip', 'x', gzipSync(STREAM)],
    ['zstd', 'x', zstdCompressSync(STREAM)],
    ['br', 'x.sse.br', brotliCompressSync(STREAM)],
    ['gzip twice', 'x', gzipSync(gzipSync(STREAM))],
    ['UTF-16 with a mark', 'x', Buffer.from(`\uFEFF${STREAM}`, 'utf16le')],
    ['UTF-16 without a mark', 'x', Buffer.from(STREAM, 'utf16le')],
  ])('is unpacked from %s', (_packing, name, bytes) => {
    const stream = only(name, bytes);
    expect(Buffer.from(bytesOf(stream)).toString()).toBe(STREAM);
    expect(stream.repaired).not.toEqual([]);
  });
});

describe('text that was a stream is one again', () => {
  const lines = STREAM.split('\n');
  const stamp = (n: number): string => String(n % 60).padStart(2, '0');
  it.each<[string, (line: string, n: number) => string]>([
    ['a time', (line, n) => `10:00:${stamp(n)} ${line}`],
    ['a time and a level', (line, n) => `2026-11-01T10:00:${stamp(n)}.${n}Z [INFO] ${line}`],
    ['the level and the logger of Python', (line) => `DEBUG:proxy.stream:${line}`],
    ['a container', (line) => `api-1  | ${line}`],
    ['Kubernetes', (line, n) => `2026-11-01T10:00:${stamp(n)}.123456789Z stdout F ${line}`],
    ['journald', (line, n) => `Nov 01 10:00:${stamp(n)} host api[${4000 + n}]: ${line}`],
    ['a quotation', (line) => `> ${line}`],
    ['indentation', (line) => `    ${line}`],
    ['a tab', (line) => `\t${line}`],
    ['trimmed lines', (line, n) => `10:00:${stamp(n)} ${line}`.trimEnd()],
    ['bytes of Python', (line) => `b'${pythonBytes(line)}'`],
    ['strings of Python', (line) => `'${line.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`],
    ['a list of JSON strings', (line) => `${JSON.stringify(line)},`],
    ['colours', (line, n) => `\x1b[2m10:00:${stamp(n)}\x1b[0m \x1b[32mINFO\x1b[0m ${line}`],
    ['bytes of Python in a log', (line, n) => `10:00:${stamp(n)} DEBUG got b'${pythonBytes(line)}'`],
    ['JSON strings in a log', (line, n) => `time=10:00:${stamp(n)} level=debug line=${JSON.stringify(line)}`],
    ['records of Docker', (line, n) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: `T${n}` })],
    [
      'records of the journal',
      (line, n) => JSON.stringify({ MESSAGE: line, __REALTIME_TIMESTAMP: String(n), _PID: '4' }),
    ],
    ['records of a logger, with words', (line, n) => JSON.stringify({ level: 30, time: n, msg: `[proxy] ${line}` })],
    ['records in which it lies deeper', (line) => JSON.stringify({ ts: 1, fields: { line } })],
  ])('%s before or around each line', (_what, wrap) => {
    const stream = only('x', lines.map(wrap).join('\n'));
    expect(dataOf(Buffer.from(bytesOf(stream)).toString())).toEqual(SENT);
    expect(stream.repaired).not.toEqual([]);
  });

  it.each([
    ['no blank lines', STREAM.replace(/\n\n/g, '\n')],
    ['no blank lines, CRLF', STREAM.replace(/\n\n/g, '\r\n')],
    ['one escaped line', STREAM.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')],
    ['one JSON string', JSON.stringify(STREAM)],
    ['lines that a terminal broke', STREAM.replace(/^(data: .{20})/gm, '$1\n')],
    ['a list', `[${EVENTS.join(',\n')}]`],
    ['lines of JSON', EVENTS.join('\n')],
    ['objects over several lines', EVENTS.map((event) => JSON.stringify(JSON.parse(event), null, 2)).join('\n')],
    ['records that hold them', EVENTS.map((event, n) => `{"ts":${n},"chunk":${event}}`).join('\n')],
    ['records that hold them as text', EVENTS.map((event) => JSON.stringify({ line: `data: ${event}` })).join('\n')],
    [
      'records with pieces in base64',
      EVENTS.map((event) => JSON.stringify({ b64: base64(`data: ${event}\n\n`) })).join('\n'),
    ],
    ['a list of their texts', JSON.stringify(EVENTS)],
    ['a list of their texts in a record', JSON.stringify({ model: 'm', chunks: EVENTS })],
    [
      'records with pieces in a list',
      JSON.stringify(
        EVENTS.map((event, t) => ({ t, chunk: `data: ${event}\n\n` })),
        null,
        1,
      ),
    ],
    [
      'the answer of a log service',
      JSON.stringify({ events: lines.map((message) => ({ message })), nextToken: 'f/1' }),
    ],
    ['strings in a list of an object', JSON.stringify({ chunks: EVENTS.map((event) => `data: ${event}\n\n`) })],
    ['lines of JSON as Python shows bytes', EVENTS.map((event) => `b'${pythonBytes(event)}'`).join('\n')],
    ['lines that containerd cut', criLines(STREAM.split('\n'), 60)],
    ['lines of a log', EVENTS.map((event) => `INFO got ${event}`).join('\n')],
    ['a program’s output', EVENTS.map((event) => `chunk: ${event} done`).join('\n')],
  ])('%s', (_what, text) => {
    const stream = only('x', text);
    expect(dataOf(Buffer.from(bytesOf(stream)).toString())).toEqual(SENT);
    expect(stream.repaired).not.toEqual([]);
  });

  function pythonBytes(line: string): string {
    return [...Buffer.from(line)]
      .map((byte) => {
        const char = String.fromCharCode(byte);
        if (char === '\\' || char === "'") return `\\${char}`;
        return byte < 32 || byte > 126 ? `\\x${byte.toString(16).padStart(2, '0')}` : char;
      })
      .join('');
  }

  function base64(text: string): string {
    return Buffer.from(text).toString('base64');
  }

  /** As containerd writes lines that are longer than its buffer. */
  function criLines(all: readonly string[], size: number): string {
    const stamped = (mark: string, part: string): string => `2026-11-01T10:00:00.123456789Z stdout ${mark} ${part}\n`;
    return all
      .flatMap((line) => {
        const parts = line.match(new RegExp(`.{1,${size}}`, 'gu')) ?? [''];
        return parts.map((part, at) => stamped(at === parts.length - 1 ? 'F' : 'P', part));
      })
      .join('');
  }
});

it('keeps events of records that say nothing of their API where the others stand', () => {
  const events = [
    { type: 'message_start', message: { id: 'm', role: 'assistant' } },
    { type: 'ping' },
    { type: 'message_stop' },
  ];
  const records = [
    { type: 'init' },
    ...events.map((event) => ({ type: 'stream_event', event })),
    { type: 'result', n: 1 },
  ];
  const stream = only('x', records.map((record) => JSON.stringify(record)).join('\n'));
  expect(dataOf(Buffer.from(bytesOf(stream)).toString())).toEqual(events);
  expect(stream.repaired.join(' ')).toContain('2 records that are no event of the API were left out.');
});

it.each([
  ['as Python shows bytes', (line: string) => `b'${line}'`],
  ['in records', (line: string) => JSON.stringify({ log: `${line}\n` })],
])('takes lines of Ollama %s', (_what, wrap) => {
  const lines = ['Hi', ''].map((content, n) =>
    JSON.stringify({
      model: 'm',
      created_at: '2026-11-01T10:00:00Z',
      message: { role: 'assistant', content },
      done: n === 1,
    }),
  );
  const stream = only('x', lines.map(wrap).join('\n'));
  expect([stream.api, Buffer.from(bytesOf(stream)).toString()]).toEqual(['ollama_chat', `${lines.join('\n')}\n`]);
});

it.each([
  ['chat_completions', STREAM.slice(0, STREAM.indexOf('"delta"') + 12)],
  ['messages', 'event: message_start\ndata: {"type":"message_start","message":{"id":"m","role":"assis'],
])('a stream of %s that is cut inside its first event opens as one', (api, cut) => {
  expect(only('x', cut)).toMatchObject({ api, events: 0, format: { id: 'sse' }, repaired: [] });
});

it('closes the last event where blank lines were missing', () => {
  const stream = only('x', STREAM.replace(/\n\n/g, '\n'));
  expect(Buffer.from(bytesOf(stream)).toString()).toBe(STREAM);
});

it.each([
  ['a blank line is missing', `data: ${EVENTS[0]}\n\ndata: ${EVENTS[1]}\ndata: ${EVENTS[2]}\n\ndata: [DONE]\n\n`],
  ['the prefix is doubled', `${EVENTS.map((event) => `data: data: ${event}\n\n`).join('')}data: [DONE]\n\n`],
])('leaves a fault of the server for the trace to show: %s', (_what, broken) => {
  const stream = only('x', broken);
  expect(Buffer.from(bytesOf(stream)).toString()).toBe(broken);
  expect(stream.repaired).toEqual([]);
});

it.each([
  [
    'chat_completions',
    {
      object: 'chat.completion',
      model: 'm',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    },
  ],
  [
    'messages',
    {
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
    },
  ],
  [
    'responses',
    {
      object: 'response',
      status: 'completed',
      model: 'm',
      output: [{ type: 'message', id: 'i', content: [{ type: 'output_text', text: 'Hi' }] }],
    },
  ],
])('an answer of %s that was not streamed opens as what it is', (api, answer) => {
  const stream = only('x.json', JSON.stringify(answer));
  expect(stream).toMatchObject({ api, format: { id: 'json-answer' } });
  expect(Buffer.from(bytesOf(stream)).toString()).toContain('Hi');
});

describe('hostile files', () => {
  const refusedOrRead = (name: string, bytes: Uint8Array): void => {
    try {
      recognize(name, bytes);
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
    }
  };

  it('of any bytes are read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => refusedOrRead('x', bytes)),
      { numRuns: 2000 },
    );
  });

  const STARTS = [
    '{"log":{"entries":[',
    '{"version":1,"interactions":[',
    'interactions:\n- request:\n',
    'HTTP/1.1 200 OK\r\n',
    '> POST / HTTP/1.1\n< HTTP/1.1 200 OK\n',
    '10:00:00.000000 <= Recv data, 5 bytes (0x5)\n0000: ',
    '5:hello,4:type;',
    'ChatCompletionChunk(id=',
    "b'data: {",
    'data: {"id"',
    '5\r\ndata:',
    '[{"a":',
  ];
  const PIECES = [
    '{',
    '}',
    '[',
    ']',
    '(',
    ')',
    '"',
    "'",
    '\\',
    '\n',
    '\r\n',
    ':',
    ',',
    'data: ',
    '12:',
    '- ',
    'x',
    '0000: ',
    '&a *a',
    '😀',
  ];

  it('of the beginnings of formats are read or refused', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STARTS),
        fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }),
        (start, pieces) => refusedOrRead('x', Buffer.from(start + pieces.join(''))),
      ),
      { numRuns: 4000 },
    );
  });

  it.each([
    ['braces that never close', '{'.repeat(200_000)],
    ['braces on many lines', '{\n'.repeat(100_000)],
    ['brackets', '['.repeat(200_000)],
    ['calls', 'A('.repeat(100_000)],
    ['quotation marks', `'`.repeat(200_000)],
    ['spaces', `${' '.repeat(200_000)}x`],
    ['lines of data', 'data: {\n'.repeat(20_000)],
    ['lines of a log without events', 'INFO data: x\n'.repeat(20_000)],
    ['quoted lines', `x "data: \\n" 'y'\n`.repeat(20_000)],
    ['quotation marks on lines of a log', `INFO b'data: ${"\\'".repeat(50_000)}\n`],
    ['fences', '```abc\n'.repeat(60_000)],
    ['records', `${JSON.stringify({ a: { b: 'data: x' }, c: 'data: y' })}\n`.repeat(20_000)],
    ['lists in lists', `{"a":${'[['.repeat(400)}"data: x","data: y"${']]'.repeat(400)}}`],
    ['nested netstrings', '5:'.repeat(100_000)],
    ['digits', '1'.repeat(200_000)],
    ['chunk sizes', '1\r\n'.repeat(50_000)],
    ['statuses', 'HTTP/1.1 200 OK\r\n\r\n'.repeat(20_000)],
  ])('of %s are refused soon', (_what, text) => refusedOrRead('x', Buffer.from(text)));

  it('that unpack to more than the limit are refused', () => {
    const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024));
    expect(() => recognize('x', bomb)).toThrow('It unpacks to more than 256 MB.');
  });
});

it('asks each line of a text once, whichever line ends it has', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n') }), (text) => {
      const asked: string[] = [];
      expect(someLine(text, (line) => asked.push(line) === 0)).toBe(false);
      expect(asked).toEqual(untimedLines(text).map((line) => line.text));
      expect(someLine(text, (line) => line === asked.at(-1))).toBe(true);
    }),
  );
});

it('undoes chunks for any cut of the body and any cut of the chunks', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ minLength: 1, maxLength: 30, unit: 'binary-ascii' }), { maxLength: 8 }),
      fc.array(fc.nat({ max: 400 }), { maxLength: 6 }),
      (parts, cuts) => {
        const text = `${parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`;
        const places = [0, ...cuts.map((cut) => Math.min(cut, text.length)).toSorted((a, b) => a - b), text.length];
        const dechunker = new Dechunker();
        const body = places.slice(1).map((end, at) => dechunker.feed(text.slice(places[at], end)));
        expect(looksChunked(Buffer.from(text))).toBe(true);
        expect(body.join('')).toBe(parts.join(''));
        expect(dechunker.over).toBe(true);
      },
    ),
  );
});

it('reads any value as Python and JavaScript print it', () => {
  const python = (value: unknown): string => {
    if (typeof value === 'string')
      return `'${value.replace(/[\\']/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}'`;
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
    if (typeof value === 'object' && value !== null)
      return `{${Object.entries(value)
        .map(([name, field]) => `${python(name)}: ${python(field)}`)
        .join(', ')}}`;
    return String(value);
  };
  const leaf = fc.oneof(fc.string(), fc.boolean(), fc.integer());
  const { object } = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('value'), { maxLength: 3 }), tie('object')),
    object: fc.dictionary(
      fc.string().filter((name) => name !== '__proto__'),
      tie('value'),
      { maxKeys: 4 },
    ),
  }));
  fc.assert(
    fc.property(object, (value) => {
      expect(printedObjects(python(value)).map((object) => object.value)).toEqual([value]);
    }),
  );
});

it('R25 a stream of more lines than a call takes arguments is read', () => {
  const body = `${'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'.repeat(100_000)}data: [DONE]\n\n`;
  const { streams } = recognize('answer.sse', new TextEncoder().encode(body), 'chat_completions');
  expect(streams).toHaveLength(1);
  expect(streams[0]!.reads.reduce((sum, { bytes }) => sum + bytes.length, 0)).toBe(body.length);
});
