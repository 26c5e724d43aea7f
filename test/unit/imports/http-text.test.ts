/** Exchanges as tools print them in text: one or several answers, with the request, with lines of the tool's own between. */
import { describe, expect, it } from 'vitest';
import { recognize, type RecognizedStream } from '../../../src/main/core/imports/recognize.ts';

const EVENT = JSON.stringify({
  object: 'chat.completion.chunk',
  model: 'm',
  choices: [{ index: 0, delta: { content: 'Hé' } }],
});
const STREAM = `data: ${EVENT}\n\ndata: [DONE]\n\n`;
const ANSWER = JSON.stringify({
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
});
const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-request-id: r\r\n\r\n';
const streamsOf = (text: string): readonly RecognizedStream[] => recognize('x', Buffer.from(text)).streams;
const bodyOf = ({ reads }: RecognizedStream): string => Buffer.concat(reads.map(({ bytes }) => bytes)).toString();

describe('several answers in one file', () => {
  it.each([
    ['streams', HEAD + STREAM + HEAD + STREAM, [STREAM, STREAM]],
    [
      'a body without a line end, by its length',
      `${HEAD.replace('\r\n\r\n', `\r\ncontent-length: ${ANSWER.length}\r\n\r\n`)}${ANSWER}${HEAD}${STREAM}`,
      [null, STREAM],
    ],
    ['a body without a line end or a length', `${HEAD}${ANSWER}${HEAD}${STREAM}`, [null, STREAM]],
    ['a redirect and its answer', `HTTP/1.1 307 Temporary Redirect\r\nlocation: /x\r\n\r\n${HEAD}${STREAM}`, [STREAM]],
  ])('%s', (_what, text, bodies) => {
    const streams = streamsOf(text);
    expect(streams).toHaveLength(bodies.length);
    for (const [at, stream] of streams.entries()) {
      expect(stream.response).toMatchObject({ status: 200 });
      if (bodies[at] !== null) expect(bodyOf(stream)).toBe(bodies[at]);
    }
  });
});

describe('a request with its answer', () => {
  const body = '{"model":"m","stream":true}';
  it.each([
    [
      'HTTPie, an analyser',
      `POST /v1/chat/completions HTTP/1.1\r\nHost: a.example\r\n\r\n${body}\r\n\r\n${HEAD}${STREAM}`,
      'http://a.example/v1/chat/completions',
      true,
    ],
    [
      'an IDE',
      `POST https://a.example/v1/chat/completions\n\n${HEAD.replaceAll('\r', '')}${STREAM}\nResponse code: 200 (OK); Time: 2132ms (2 s 132 ms); Content length: 1032 bytes (1.03 kB)\n`,
      'https://a.example/v1/chat/completions',
      false,
    ],
  ])('%s', (_what, text, url, withBody) => {
    const [stream] = streamsOf(text);
    expect(stream).toMatchObject({ request: { head: { method: 'POST', url } }, response: { status: 200 } });
    expect(stream!.request!.body).toEqual(withBody ? JSON.parse(body) : undefined);
    expect(bodyOf(stream!).trim()).toBe(STREAM.trim());
  });
});

describe('curl -v with times or ids before its lines', () => {
  const verbose = (clock: string): string =>
    [
      ['* ', 'Connected to a.example (127.0.0.1) port 443 (#0)'],
      ['* ', 'ALPN: server accepted h2'],
      ['> ', 'POST /v1/chat/completions HTTP/2'],
      ['> ', 'Host: a.example'],
      ['> ', ''],
      ['} ', '[27 bytes data]'],
      ['< ', 'HTTP/2 200 '],
      ['< ', 'content-type: text/event-stream'],
      ['< ', ''],
      ['{ ', '[190 bytes data]'],
    ]
      .map((line) => `${clock}${line.join('')}\n`)
      .join('');

  it.each(['', '10:00:00.123456 ', '[0-0] ', '10:00:00.123456 [0-0] ', '2026-11-01 10:00:00.123456 [1-x] '])(
    '%j',
    (clock) => {
      const [stream] = streamsOf(`${verbose(clock)}${STREAM}${clock}* Connection #0 to host a.example left intact\n`);
      expect(stream).toMatchObject({
        format: { id: 'curl-verbose' },
        request: { head: { method: 'POST', url: 'https://a.example/v1/chat/completions' } },
        response: { status: 200, headers: [['content-type', 'text/event-stream']] },
      });
      expect(bodyOf(stream!)).toBe(STREAM);
    },
  );

  it('takes a line of the tool out of a line of the body', () => {
    const [first, last] = [STREAM.slice(0, 40), STREAM.slice(40)];
    const [stream] = streamsOf(`${verbose('10:00:00.123456 ')}${first}10:00:00.200000 { [80 bytes data]\n${last}`);
    expect(bodyOf(stream!)).toBe(STREAM);
  });
});
