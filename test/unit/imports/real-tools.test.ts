/**
 * Files that real tools wrote of the same few exchanges: curl 7.88, mitmproxy 12, vcrpy 8, openai, anthropic, google-genai and ollama in Python, openai and anthropic in
 * JavaScript, requests and httpx. The server sent one stream of Chat Completions (a text and a call of `weather`) and one of Messages.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ImportError } from '../../../src/main/core/imports/imported.ts';
import { recognize, type RecognizedStream } from '../../../src/main/core/imports/recognize.ts';

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/imports/${name}`, import.meta.url)));
const bodyOf = ({ reads }: RecognizedStream): string => Buffer.concat(reads.map(({ bytes }) => bytes)).toString();
const dataOf = (body: string): readonly unknown[] =>
  [...body.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => JSON.parse(json!) as unknown);

const CHAT = bodyOf(recognize('x', fixture('curl-i.txt')).streams[0]!);
const MESSAGES = bodyOf(recognize('x', fixture('trace.txt')).streams[0]!);

it('is the stream that the server sent', () => {
  expect(CHAT).toMatch(/^data: \{"id":"chatcmpl-1"[^]*"content":"Hé"[^]*data: \[DONE\]\n\n$/);
  expect(MESSAGES).toMatch(/^event: message_start\ndata: [^]*"text":"Héllo"[^]*event: message_stop\n/);
});

describe('the body is what the server sent, to the byte', () => {
  it.each([
    ['curl-i.txt', 'curl-include', [CHAT]],
    ['curl-raw-i.txt', 'curl-include', [CHAT]],
    ['curl-i-gzip.txt', 'curl-include', [CHAT]],
    ['wget-d.txt', 'wget-debug', [CHAT]],
    ['trace.txt', 'curl-trace', [MESSAGES]],
    ['flows.mitm', 'mitmproxy', [CHAT, MESSAGES]],
    ['vcr-httpx.yaml', 'cassette', [CHAT]],
    ['vcr-requests.yaml', 'cassette', [MESSAGES]],
    ['vcr.json', 'cassette', [CHAT]],
    ['iter-lines.txt', 'sse-text', [CHAT]],
    ['iter-bytes.txt', 'sse-text', [MESSAGES]],
  ])('%s', (name, format, bodies) => {
    const { streams, others } = recognize(name, fixture(name));
    expect(streams.map(bodyOf)).toEqual(bodies);
    expect(others).toBe(0);
    for (const stream of streams) expect(stream.format.id).toBe(format);
  });
});

describe('the events are those that the server sent', () => {
  it.each([
    ['mitm.har', 'har', [CHAT, MESSAGES]],
    ['whole-repr.txt', 'sse-text', [CHAT]],
    ['jsonl-js.txt', 'json-events', [CHAT]],
  ])('%s', (name, format, bodies) => {
    const { streams } = recognize(name, fixture(name));
    expect(streams.map((stream) => dataOf(bodyOf(stream)))).toEqual(bodies.map(dataOf));
    for (const stream of streams) expect(stream.format.id).toBe(format);
  });

  /** Printing cannot tell null from a field that is not set, so that nulls are left out on both sides. */
  const withoutNulls = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value), (_name, field: unknown) => field ?? undefined);

  it.each([
    ['model-dump-json.txt', 'json-events', CHAT],
    ['printed-openai.txt', 'printed-events', CHAT],
    ['printed-anthropic.txt', 'printed-events', MESSAGES],
  ])('%s, but for nulls', (name, format, body) => {
    const [stream] = recognize(name, fixture(name)).streams;
    expect(withoutNulls(dataOf(bodyOf(stream!)))).toEqual(withoutNulls(dataOf(body)));
    expect(stream!.format.id).toBe(format);
    expect(stream!.repaired).not.toEqual([]);
  });
});

describe('what print() of Python makes of models whose class it leaves out', () => {
  it.each([
    ['printed-gemini.txt', 'gemini', ['Hé', 'llo', '!'], '"finishReason":"STOP"'],
    ['printed-ollama.txt', 'ollama_chat', ['Hé', 'llo'], '"done_reason":"stop"'],
  ])('%s', (name, api, texts, finish) => {
    const [stream] = recognize(name, fixture(name)).streams;
    expect(stream).toMatchObject({ api, events: 3, format: { id: 'printed-events' } });
    for (const text of [...texts, finish]) expect(bodyOf(stream!)).toContain(text);
    expect(bodyOf(stream!)).not.toMatch(/usage_metadata|sdk_http_response/);
  });
});

it('mitmdump --flow-detail 3 has each exchange with its heads, and the bytes that the server sent', () => {
  const { streams } = recognize('x', fixture('mitmdump-detail3.txt'));
  expect(streams.map(({ api, events, response }) => [api, events, response?.status])).toEqual([
    ['chat_completions', 8, 200],
    ['messages', 8, 200],
    ['responses', 10, 200],
    ['chat_completions', 0, 429],
  ]);
  for (const stream of streams)
    expect(stream).toMatchObject({ format: { id: 'mitmdump' }, request: { body: { stream: true } } });
  expect(bodyOf(streams[1]!)).toMatch(
    /^event: message_start\ndata: [^]*\n\nevent: message_stop\ndata: \{"type":"message_stop"\}\n\n$/,
  );
});

it('a HAR of Chromium, which decodes UTF-8 without a charset as Windows-1252, has the bytes that the server sent', () => {
  const text = 'data: {"type":"ping","text":"Hé, 世界 😀 “…”"}\n\n'.repeat(2);
  const entry = {
    startedDateTime: '2026-11-01T10:00:00.000Z',
    request: { method: 'POST', url: 'https://a.example/v1/messages', headers: [] },
    response: {
      status: 200,
      statusText: 'OK',
      headers: [{ name: 'content-type', value: 'text/event-stream' }],
      content: { mimeType: 'text/event-stream', text: new TextDecoder('windows-1252').decode(Buffer.from(text)) },
    },
  };
  const [stream] = recognize(
    'x.har',
    Buffer.from(JSON.stringify({ log: { version: '1.2', entries: [entry] } })),
  ).streams;
  expect(bodyOf(stream!)).toBe(text);
  expect(stream!.repaired).toHaveLength(1);
});

describe('heads and times', () => {
  it('curl --trace-time has them', () => {
    const [stream] = recognize('trace.txt', fixture('trace.txt')).streams;
    expect(stream).toMatchObject({
      timed: true,
      startUnknown: false,
      request: { head: { method: 'POST', url: 'http://127.0.0.1:4556/v1/messages' }, body: { stream: true } },
      response: { status: 200, statusText: 'OK' },
    });
    const times = stream!.reads.map(({ tNs }) => tNs);
    expect(times).toHaveLength(6);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // The server waited 15 ms between two events.
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(60e6);
    // Without the request their times count from the answer, and not from midnight.
    const whole = Buffer.from(fixture('trace.txt')).toString('latin1');
    const answer = /^[\d:.]+ <= Recv header/m.exec(whole)!.index;
    const [cut] = recognize('trace.txt', Buffer.from(whole.slice(answer), 'latin1')).streams;
    expect(cut).toMatchObject({ timed: true, startUnknown: true, response: { status: 200, tNs: 0 } });
    expect(cut!.reads.at(-1)!.tNs).toBeLessThan(60e9);
  });

  it('wget -d has both heads', () => {
    const [stream] = recognize('wget-d.txt', fixture('wget-d.txt')).streams;
    expect(stream).toMatchObject({
      timed: false,
      request: { head: { method: 'POST', url: 'http://127.0.0.1:4557/v1/chat/completions' }, body: { stream: true } },
      response: { status: 200 },
    });
  });

  it('curl --trace-ascii has them, and says what it cannot tell', () => {
    const [stream] = recognize('ascii', fixture('curl-trace-ascii.txt')).streams;
    expect(stream).toMatchObject({ timed: true, api: 'chat_completions', events: 2 });
    expect(stream!.repaired.join(' ')).toContain('writes a dot for each line feed');
    expect(bodyOf(stream!)).toContain('"content":"H.."');
    expect(bodyOf(stream!)).toMatch(/data: \[DONE\]\n\n$/);
  });

  it('curl -v has heads, and its progress meter is no part of the body', () => {
    const [stream] = recognize('v', fixture('curl-v-with-meter.txt')).streams;
    expect(stream).toMatchObject({
      format: { id: 'curl-verbose' },
      timed: false,
      repaired: [],
      request: { head: { method: 'POST' } },
      response: { status: 200 },
    });
    expect(bodyOf(stream!)).toMatch(/^data: \{[^]*\[DONE\]\n\n$/);
  });

  it.each(['flows.mitm', 'mitm.har', 'vcr-httpx.yaml'])('%s has the request and the status', (name) => {
    for (const stream of recognize(name, fixture(name)).streams)
      expect(stream).toMatchObject({
        request: { head: { method: 'POST' }, body: { stream: true } },
        response: { status: 200 },
      });
  });
});

describe('a debug log of an SDK has the heads of what the program printed between its lines', () => {
  it.each([
    ['anthropic-js-debug-printed.txt', 7, 200, 'text/event-stream'],
    ['anthropic-py-debug-printed.txt', 7, 200, 'text/event-stream'],
    ['openai-js-debug-429.txt', 0, 429, 'application/json'],
  ])('%s', (name, events, status, type) => {
    const [stream] = recognize(name, fixture(name)).streams;
    expect(stream).toMatchObject({ format: { id: 'sdk-log' }, events, response: { status } });
    expect(stream!.response!.headers).toContainEqual(['content-type', type]);
    expect(stream!.request!.head!.url).toMatch(/^http:\/\/127\.0\.0\.1:4600\//);
    expect(bodyOf(stream!)).toMatch(
      events === 0 ? /^$/ : /^event: message_start\n[^]*event: message_stop\n[^\n]+\n\n$/,
    );
  });
});

describe('what holds no stream is refused with the next step', () => {
  it.each([
    ['openai-py-debug.txt', 'no-body', /SDKs never log the bytes of a stream\. Record the response/],
    ['anthropic-js-debug.txt', 'no-body', /SDKs never log/],
    [
      'printed-js.txt',
      'not-whole',
      /4 values were not printed, only what stands for them \(\[Object\], <…>\)\. Print JSON\.stringify/,
    ],
  ])('%s', (name, code, sentence) => {
    const refused = (): unknown => recognize(name, fixture(name));
    expect(refused).toThrow(ImportError);
    expect(refused).toThrow(sentence);
    try {
      refused();
    } catch (error) {
      expect(error).toMatchObject({ code });
    }
  });
});
