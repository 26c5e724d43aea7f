/** Streams that were shown, printed or quoted byte by byte come back whole; what only looks so is left alone. */
import { gzipSync } from 'node:zlib';
import fc from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { undumped } from '../../../src/main/core/imports/dumped.ts';
import { recognize, type RecognizedStream } from '../../../src/main/core/imports/recognize.ts';

const EVENTS = ['Hé "x" \\', "it's", '世界 <b>&amp;</b>', '🙂 ^M $'].map((content) =>
  JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta: { content } }] }),
);
const STREAM = `${EVENTS.map((event) => `data: ${event}\n\n`).join('')}data: [DONE]\n\n`;
const eventsOf = (stream: string): readonly string[] => stream.match(/.+\n\n/g)!;
/** As the first argument of printf, in single quotes. */
const inShell = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll("'", "'\\''");
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n';

const bodyOf = ({ reads }: RecognizedStream): string => Buffer.concat(reads.map(({ bytes }) => bytes)).toString();
const only = (text: string): RecognizedStream => {
  const { streams } = recognize('x', Buffer.from(text));
  expect(streams).toHaveLength(1);
  return streams[0]!;
};

const pairs = (bytes: Uint8Array): readonly string[] => [...bytes].map((byte) => byte.toString(16).padStart(2, '0'));
const shown = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');

function lines<Line>(bytes: Uint8Array, size: number, write: (part: Uint8Array, at: number) => Line): readonly Line[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    write(bytes.subarray(n * size, n * size + size), n * size),
  );
}

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
const OD_ESCAPES = '\\0\\a\\b\\t\\n\\v\\f\\r'.match(/\\./g)!;
function odChar(byte: number): string {
  if (byte >= 0x20 && byte < 0x7f) return `   ${String.fromCharCode(byte)}`;
  const at = [0, 7, 8, 9, 10, 11, 12, 13].indexOf(byte);
  return at < 0 ? ` ${octal(byte, 3)}` : `  ${OD_ESCAPES[at]}`;
}

const SHOWN_AS: Readonly<Record<string, (bytes: Uint8Array) => string>> = {
  xxd: (bytes) =>
    lines(bytes, 16, (part, at) => {
      const words = lines(part, 2, (two) => pairs(two).join('')).join(' ');
      return `${at.toString(16).padStart(8, '0')}: ${words.padEnd(39)}  ${shown(part)}`;
    }).join('\n'),
  'xxd -p': (bytes) => lines(bytes, 30, (part) => pairs(part).join('')).join('\n'),
  'hexdump -C': (bytes) =>
    [
      ...lines(bytes, 16, (part, at) => {
        const [left, right] = [pairs(part.subarray(0, 8)), pairs(part.subarray(8))].map((half) => half.join(' '));
        return `${at.toString(16).padStart(8, '0')}  ${`${left}  ${right}`.padEnd(48)}  |${shown(part)}|`;
      }),
      bytes.length.toString(16).padStart(8, '0'),
    ].join('\n'),
  'od -c': (bytes) =>
    [
      ...lines(bytes, 16, (part, at) => `${octal(at, 7)}${[...part].map(odChar).join('')}`),
      octal(bytes.length, 7),
    ].join('\n'),
  base64: (bytes) => Buffer.from(bytes).toString('base64'),
  'base64, broken into lines': (bytes) => Buffer.from(bytes).toString('base64').replaceAll(/.{76}/g, '$&\n'),
  'the buffers of Node': (bytes) => lines(bytes, 40, (part) => `<Buffer ${pairs(part).join(' ')}>`).join('\n'),
};
const catA = (bytes: Uint8Array): string =>
  [...bytes]
    .map((byte): string => {
      if (byte === 10) return '$\n';
      if (byte > 127) return `M-${catA(new Uint8Array([byte - 128]))}`;
      if (byte < 32 || byte === 127) return `^${String.fromCharCode(byte ^ 64)}`;
      return String.fromCharCode(byte);
    })
    .join('');

describe('the bytes come back', () => {
  it.each(Object.keys(SHOWN_AS))('from %s', (name) => {
    const stream = only(SHOWN_AS[name]!(Buffer.from(STREAM)));
    expect(bodyOf(stream)).toBe(STREAM);
    expect(stream.repaired).toHaveLength(1);
    const whole = only(SHOWN_AS[name]!(Buffer.from(HEAD + STREAM)));
    expect([whole.response?.status, whole.format.id, bodyOf(whole)]).toEqual([200, 'curl-include', STREAM]);
    expect(bodyOf(only(SHOWN_AS[name]!(gzipSync(STREAM))))).toBe(STREAM);
  });

  it('from a hex dump, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 200 }), (bytes) => {
        for (const name of ['xxd', 'hexdump -C', 'od -c'])
          expect(Buffer.from(undumped(SHOWN_AS[name]!(bytes))?.bytes ?? []).equals(bytes)).toBe(true);
      }),
    );
  });

  it('from cat -A', () => {
    const plain = STREAM.replace('^M $', '');
    expect(bodyOf(only(catA(Buffer.from(plain))))).toBe(plain);
    expect(bodyOf(only(catA(Buffer.from(plain)).replaceAll('$\n', '\n')))).toBe(plain);
    expect(only(catA(Buffer.from(HEAD + plain))).response?.status).toBe(200);
  });

  it.each([
    ['an HTML page', `<!doctype html><title>x</title><pre>${escaped(STREAM)}</pre>`],
    ['lines of an HTML page', `<html><body>${escaped(STREAM).replaceAll('\n', '<br>\n')}</body></html>`],
    ['a Markdown document', `# It stops\n\nHere:\n\n\`\`\`sse\n${STREAM}\`\`\`\n\nWhy?\n`],
    ['a block of a chat', `Bot  12:01 PM\n\`\`\`${STREAM}\`\`\`\n2 replies\n`],
    ['a block of a chat without line ends of its own', `Bot  12:01 PM\n\`\`\`${STREAM.trimEnd()}\`\`\`\n2 replies\n`],
    ['a quoted Markdown document', `> Look:\n> ~~~\n${STREAM.replaceAll(/^/gm, '> ')}\n> ~~~\n`],
    [
      'a literal of Python',
      `import x\n\nSTREAM = """${STREAM.replaceAll('\\', '\\\\')}"""\n\n\ndef test_stream():\n    assert "data: x"\n`,
    ],
    ['a raw literal of Python', `    body = rb'''\n${STREAM}    '''\n    return body\n`],
    ['a template of JavaScript', `const body = \`${STREAM.replaceAll(/[\\`$]/g, '\\$&')}\`;\nserve(body);\n`],
    ['a raw literal of Rust', `const BODY: &str = r#"${STREAM}"#;\n`],
    ['a verbatim literal of C#', `        var body = @"${STREAM.replaceAll('"', '""')}";\n        Serve(body);\n`],
    [
      'a verbatim literal of C# with a dollar sign',
      `const string Body = $@"\n${STREAM.replaceAll('"', '""').replaceAll(/[{}]/g, '$&$&')}    ";\n`,
    ],
    ['printf in a shell', `printf '${inShell(STREAM)}'\n`],
    [
      'a script that prints event after event',
      `#!/bin/sh\n${eventsOf(STREAM)
        .map((event) => `printf -- '${inShell(event).replaceAll('%', '%%')}'\nsleep 0.1\n`)
        .join('')}`,
    ],
    [
      'echo in a script',
      eventsOf(STREAM)
        .map((event) => `echo -e '${inShell(event.slice(0, -1))}'; sleep 1\n`)
        .join(''),
    ],
    ['a raw literal of Go', `\tbody := \`${STREAM.replaceAll('`', '')}\`\n\tserve(body)\n`],
    [
      'code in a Markdown document',
      `It fails:\n\n\`\`\`py\nSTREAM = """${STREAM.replaceAll('\\', '\\\\')}"""\n\`\`\`\n`,
    ],
  ])('from %s', (_what, text) => {
    expect(bodyOf(only(text)).trim()).toBe(STREAM.trim());
  });

  it('from lines that a tool broke at a width', () => {
    const folded = STREAM.replaceAll(/^.{60}(?=.)|(?<=\n.{60})$/gm, '$&\n').replaceAll(/^(?!data).{60}(?=.)/gm, '$&\n');
    expect(bodyOf(only(folded))).toBe(STREAM);
  });

  it('from a program that printed the stream between the lines of its logger', () => {
    const logged = `DEBUG:httpcore.http11:receive_response_body.started request=<Request [b'POST']>\n${STREAM}DEBUG:httpcore.connection:close.started\n`;
    const stream = only(logged);
    expect([bodyOf(stream).trim(), stream.repaired]).toEqual([
      STREAM.trim(),
      ['2 lines that are no part of the stream were left out.'],
    ]);
  });

  it('from a table, with its times', () => {
    const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    const rows = STREAM.split('\n').map(
      (line, n) => `${cell(new Date(1_795_000_000_000 + n * 10).toISOString())},app,${cell(line)}`,
    );
    const stream = only(['"@timestamp",service,message', ...rows].join('\r\n'));
    expect([stream.timed, bodyOf(stream).trim()]).toEqual([true, STREAM.trim()]);
  });
});

it.each([
  ['a stream whose lines end in a dollar sign', STREAM.replaceAll('"}}]}', '$"}}]}')],
  ['a stream that quotes a page', `data: ${JSON.stringify({ type: 'ping', html: '<html><pre>data: {}</pre>' })}\n\n`],
  ['a stream that quotes Markdown', `data: ${JSON.stringify({ type: 'ping', text: '```\ndata: {}\n```' })}\n\n`],
  ['code with two streams', `a = """${STREAM}"""\nb = """${STREAM}"""\n`],
  ['code with a stream that is not closed', `a = """${STREAM}`],
  ['a stream before code', `${STREAM}a = \`${STREAM}\`\n`],
  [
    'a stream that quotes code',
    `data: ${JSON.stringify({ type: 'ping', text: 'a = `data: {}`' })}\n\n: a = \`data: {}\n\n`,
  ],
  ['a script that prints its arguments', `printf '%s\\n\\n' '${eventsOf(STREAM)[0]!.trim()}'\n`],
  ['a script that prints something else', "printf 'data: none\\n\\n'\n"],
  ['a stream beside a script', `${STREAM}printf '${inShell(STREAM)}'\n`],
  ['a script that is cut', `printf '${inShell(STREAM)}`],
  ['a stream that quotes a script', `data: ${JSON.stringify({ type: 'ping', text: "printf 'data: {}\\n\\n'" })}\n\n`],
  ['words', 'Deadbeef Cafe Deadbeef Cafe Deadbeef Cafe'],
  ['a page of an error', '<html><body><h1>502 Bad Gateway</h1></body></html>'],
])('%s is left alone', (_what, text) => {
  expect(undumped(text)).toBe(null);
});

describe('what holds no stream is called by its name', () => {
  it.each([
    ['{"resourceSpans":[]}', 'This is an export of OpenTelemetry spans.'],
    ['[{"traceId":"a","attributes":{"gen_ai.request.model":"m"}}]', 'This is an export of OpenTelemetry spans.'],
    ['{"generations":[[{"text":"Hi"}]],"llm_output":{}}', 'This is what LangChain made of a stream.'],
    ["content='Hi' additional_kwargs={} response_metadata={}\n", 'This is what LangChain made of a stream.'],
    ['{"_type":"export","__export_format":4,"resources":[]}', 'This is an export of Insomnia.'],
    ['name,amount\na,1\nb,2\n', 'This is a table.'],
    ['PK\u0003\u0004....raw/01_s.txt....data: {}\n', 'This is an archive of Fiddler (.saz).'],
    ['{"custom_id":"a","url":"/v1/responses","body":{"model":"m"}}\n', 'This is the input of a batch job.'],
    ['{"traceEvents":[{"ph":"X"}]}', 'This is a performance trace (Trace Event JSON).'],
    ['DEBUG:httpcore.http11:receive_response_body.complete\n', 'This is a log of httpx, httpcore or urllib3.'],
    ['<Buffer 64 61 74 61 ... 840 more bytes>\n', 'This is a print of bytes by Node.'],
    ['::1 - - [27/Nov/2026:13:36:39 +0000] "POST /v1 HTTP/1.1" 200 1580\n', 'This is an access log of a server.'],
    ["ChoiceDelta(content='Hi', role=None)\n", 'This is a print of parts of events.'],
  ])('%j', (text, what) => {
    expect(() => recognize('x', Buffer.from(text, 'latin1'))).toThrow(what);
  });
});

it('a log that is of a known kind and holds a stream is read', () => {
  const log = STREAM.split('\n').map((line) => `2026-11-01 10:00:00,100 INFO app: ${line}`);
  const noise = '2026-11-01 10:00:00,000 DEBUG httpcore.http11: receive_response_body.started';
  expect(bodyOf(only([noise, ...log].join('\n'))).trim()).toBe(STREAM.trim());
});

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
