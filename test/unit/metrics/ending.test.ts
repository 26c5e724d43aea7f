/** One terminal state for every way a stream can end: rows B16, C1 to C10 and D1 to D8 of the reliability list. */
import { describe, expect, test } from 'vitest';
import { decideEnding, type BodyEnd, type TransportFacts } from '../../../src/shared/metrics/ending.ts';
import { retryAfter } from '../../../src/shared/metrics/http-wording.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import type { Ending, HttpHead } from '../../../src/shared/model/trace.ts';
import { bytesOf } from '../../support/framing.ts';
import { sampleBody } from '../../support/sample-bytes.ts';
import { chatBody, chunk, namedBody, runWire } from '../../support/wire.ts';

const head = (
  status = 200,
  headers: Record<string, string> = { 'content-type': 'text/event-stream' },
  statusText = '',
): HttpHead => ({ status, statusText, headers: Object.entries(headers) });

function endingOf(body: string, facts: Partial<TransportFacts> = {}, api: Api = 'chat_completions'): Ending {
  const run = runWire(api, body);
  return decideEnding(
    api,
    {
      framing: 'sse',
      head: head(),
      end: { how: 'end' },
      bytes: body.length,
      events: run.frames.length,
      bodyStart: bytesOf(body.slice(0, 500)),
      unfinished: run.unfinished,
      faults: run.faults,
      ...facts,
    },
    run.outcome,
  );
}

/** The start of a message, whose checksum is no UTF-8. */
const prelude = sampleBody('bedrock', 'plain-text').bytes.subarray(0, 40);
const bedrockEnding = (bodyStart: Uint8Array, facts: Partial<TransportFacts> = {}): Ending =>
  endingOf(
    'x',
    {
      framing: 'aws-eventstream',
      head: null,
      unfinished: false,
      events: 0,
      bytes: bodyStart.length,
      bodyStart,
      ...facts,
    },
    'bedrock',
  );

const answer = [chunk({ role: 'assistant', content: 'a' }), chunk({}, {}, { finish_reason: 'stop' })];
const whole = chatBody(...answer, '[DONE]');
const cut = chatBody(...answer);
const error = { error: { message: 'Overloaded', type: 'overloaded_error' } };
const reset: BodyEnd = { how: 'reset', reason: 'ECONNRESET' };
const json = { 'content-type': 'application/json' };
/** Of a request that did not ask for a stream. */
const whole200 = (body: string, facts: Partial<TransportFacts> = {}): Ending =>
  endingOf(body, { framing: 'bytes', events: 0, unfinished: false, head: head(200, json), ...facts });

test('D1 a name server that does not answer is no misspelt name', () => {
  const unanswered = { how: 'failed', phase: 'dns', target: 'api.example', reason: 'EAI_AGAIN' } as const;
  expect(endingOf('', { head: null, end: unanswered })).toMatchObject({
    state: 'http-error',
    advice: expect.stringMatching(/^No name server answered\. Run it again in a moment/),
  });
});

describe('the state, and the fact its sentence names', () => {
  test.each<readonly [string, Ending, Ending['state'], RegExp]>([
    ['complete: the terminator arrived', endingOf(whole), 'complete', /data: \[DONE\]/],
    [
      'C1 200 with a JSON error body',
      endingOf('{"error":{"message":"No such model"}}', { head: head(200, json) }),
      'not-a-stream',
      /JSON error.*application\/json.*No such model/,
    ],
    [
      'C1 200 with a JSON answer that is no stream',
      endingOf('{"id":"x","choices":[]}', { head: head(200, json) }),
      'not-a-stream',
      /a JSON object/,
    ],
    [
      'C2 200 with an HTML page',
      endingOf('<!doctype html>\n<html>\n\n<p>Sign in</p>', { head: head(200, { 'content-type': 'text/html' }) }),
      'not-a-stream',
      /an HTML page/,
    ],
    ['no stream was asked for', whole200('{"id":"x"}'), 'complete', /is no stream. Its body has 10 bytes/],
    ['and there is no body', whole200('', { head: head(204, {}) }), 'complete', /It has no body/],
    ['but an error', whole200('{"error":"No."}', { head: head(404, json) }), 'http-error', /HTTP 404: No\./],
    ['but it is cut', whole200('{"id', { end: reset }), 'reset', /ECONNRESET/],
    [
      'events of an API that nobody knows',
      endingOf('data: {"a":1}\n\n', { events: 1, unfinished: false }, 'other'),
      'complete',
      /after 1 event\. Tracelane does not know this API/,
    ],
    [
      'a client that left',
      endingOf(cut, { end: { how: 'cancelled', by: 'client' } }),
      'cancelled',
      /^The client closed the connection/,
    ],
    ['C3 no content type', endingOf(whole, { head: head(200, {}) }), 'complete', /no content-type/],
    [
      'C3 text/plain',
      endingOf(whole, { head: head(200, { 'Content-Type': 'text/plain' }) }),
      'complete',
      /says text\/plain/,
    ],
    [
      'C3 TEXT/EVENT-STREAM',
      endingOf(whole, { head: head(200, { 'content-type': 'TEXT/EVENT-STREAM; charset=UTF-8' }) }),
      'complete',
      /arrived\.$/,
    ],
    [
      'C3 another charset',
      endingOf(whole, { head: head(200, { 'content-type': 'text/event-stream; charset=latin1' }) }),
      'complete',
      /charset latin1/,
    ],
    ['C4 an empty body', endingOf(''), 'truncated', /empty: zero events/],
    ['C4 only comments', endingOf(': ping\n\n: ping\n\n'), 'truncated', /only comments/],
    ...[204, 205, 206, 304].map(
      (status) =>
        [
          `C5 ${status}`,
          endingOf('', { head: head(status, {}) }),
          'not-a-stream',
          new RegExp(`HTTP ${status}`),
        ] as const,
    ),
    [
      'C6 a redirect is not followed',
      endingOf('', { head: head(307, { location: 'https://elsewhere.invalid/' }) }),
      'http-error',
      /HTTP 307/,
    ],
    ...[400, 401, 403, 404, 413, 422].map(
      (status) =>
        [
          `C7 ${status}`,
          endingOf('{"error":{"message":"No."}}', { head: head(status, json) }),
          'http-error',
          new RegExp(`HTTP ${status}: No\\.$`),
        ] as const,
    ),
    [
      'C8 429',
      endingOf('', { head: head(429, { 'retry-after': '3600' }, 'Too Many Requests') }),
      'http-error',
      /HTTP 429 Too Many Requests\.$/,
    ],
    ...[500, 502, 503, 504, 529].map(
      (status) =>
        [
          `C9 ${status} with HTML`,
          endingOf('<html><body>Bad</body></html>', { head: head(status, { 'content-type': 'text/html' }) }),
          'http-error',
          /with an HTML page/,
        ] as const,
    ),
    [
      'C10 200, then an error before the first event',
      endingOf(chatBody(error)),
      'provider-error',
      /event 0: Overloaded \(overloaded_error\)/,
    ],
    [
      'B16 an error, then more data and the terminator',
      endingOf(chatBody(answer[0], error, answer[1], '[DONE]')),
      'provider-error',
      /event 1/,
    ],
    [
      'B16 an error, then a reset',
      endingOf(chatBody(answer[0], error), { end: reset }),
      'provider-error',
      /Overloaded/,
    ],
    [
      'D1 a name that is not found',
      endingOf('', { head: null, end: { how: 'failed', phase: 'dns', target: 'api.invalid', reason: 'ENOTFOUND' } }),
      'http-error',
      /api\.invalid could not be resolved \(ENOTFOUND\)/,
    ],
    [
      'D1 refused',
      endingOf('', {
        head: null,
        end: { how: 'failed', phase: 'connect', target: '127.0.0.1:9', reason: 'ECONNREFUSED' },
      }),
      'http-error',
      /refused the connection/,
    ],
    [
      'D1 connect timeout',
      endingOf('', { head: null, end: { how: 'failed', phase: 'connect', target: 'x', reason: 'ETIMEDOUT' } }),
      'http-error',
      /in time \(ETIMEDOUT\)/,
    ],
    [
      'D1 TLS',
      endingOf('', { head: null, end: { how: 'failed', phase: 'tls', target: 'x', reason: 'CERT_HAS_EXPIRED' } }),
      'http-error',
      /secure connection.*CERT_HAS_EXPIRED/,
    ],
    [
      'C16 a whole stream without a head of HTTP',
      endingOf(whole, {
        head: null,
        end: { how: 'failed', phase: 'request', target: 'x', reason: 'no HTTP' },
      }),
      'http-error',
      /^The request to x failed \(no HTTP\)\. What came, [\d,]+ bytes, is kept\.$/,
    ],
    [
      'D2 no head in time',
      endingOf('', {
        head: null,
        end: { how: 'failed', phase: 'headers', target: 'x', reason: 'UND_ERR_HEADERS_TIMEOUT' },
      }),
      'http-error',
      /no response in time/,
    ],
    [
      'D3 a head, then nothing',
      endingOf('', { end: { how: 'stalled', seconds: 60, silence: 'byte' } }),
      'stalled',
      /No byte came for 60 seconds/,
    ],
    [
      'D4 some events, then nothing',
      endingOf(cut, { end: { how: 'stalled', seconds: 300, silence: 'byte' } }),
      'stalled',
      /5 minutes/,
    ],
    [
      'D5 only keep-alive',
      endingOf(cut, { end: { how: 'stalled', seconds: 60, silence: 'content' } }),
      'stalled',
      /Nothing but keep-alive/,
    ],
    [
      'D6 reset before the head',
      endingOf('', { head: null, end: reset }),
      'reset',
      /before the answer began \(ECONNRESET\).*No byte/,
    ],
    [
      'D6 reset inside an event',
      endingOf(`${chatBody(answer[0])}data: {"id`, { end: reset }),
      'reset',
      /inside a content block/,
    ],
    ['D6 reset after the last event, without a terminator', endingOf(cut, { end: reset }), 'reset', /in mid-stream/],
    [
      'D7 a clean end without the terminator',
      endingOf(cut),
      'truncated',
      /without the provider's terminator.*finish reason/,
    ],
    ['A14 D7 a clean end inside a line', endingOf(`${cut}data: {"id`), 'truncated', /last event was cut/],
    [
      'A13 a terminator that no blank line closes',
      endingOf(`${cut}data: [DONE]\n`),
      'truncated',
      /terminator \(data: \[DONE\]\) stands in the body, but no blank line closes it/,
    ],
    [
      'A13 an event whose blank line has not come',
      endingOf(`${cut}data: {"choices":[{"index":0,"delta":{"content":"b"}}]}\n`),
      'truncated',
      /The last event was cut: no blank line/,
    ],
    ['D7 a clean end inside the first event', endingOf('data: {"id'), 'truncated', /inside its first event/],
    ['D8 the terminator, then the connection breaks', endingOf(whole, { end: reset }), 'complete', /changes nothing/],
    [
      'D8 the terminator, then silence',
      endingOf(whole, { end: { how: 'stalled', seconds: 60, silence: 'byte' } }),
      'complete',
      /changes nothing/,
    ],
    ['D9 cancelled', endingOf(cut, { end: { how: 'cancelled' } }), 'cancelled', /before the provider's terminator/],
    ...['b', 'B'].map(
      (member) =>
        [
          `C1 a JSON array that is cut, with a member ${member}, which Python does not print as bytes`,
          endingOf(`[{"${member}": 123, "text": "${'x'.repeat(300)}`),
          'not-a-stream',
          /a JSON array/,
        ] as const,
    ),
    ['A25 JSON lines', endingOf('{"a":1}\n{"b":2}\n'), 'not-a-stream', /JSON lines/],
    [
      'A25 a cut first line of JSON lines',
      endingOf('{"model":"m","mess', { framing: 'json-lines', events: 0, unfinished: true }, 'ollama_chat'),
      'truncated',
      /inside its first event: its line is not a complete JSON value/,
    ],
    [
      'A25 JSON lines of which none is JSON',
      endingOf('{"model": oops}\n{"model": oops}\n', { framing: 'json-lines', events: 0 }, 'ollama_chat'),
      'truncated',
      /held only lines that are blank or not JSON/,
    ],
    [
      'A25 a JSON error over several lines where JSON lines were expected',
      endingOf('{\n  "error": "no such model"\n}', { framing: 'json-lines', events: 0 }, 'ollama_chat'),
      'not-a-stream',
      /is a JSON error, not JSON lines.*no such model/,
    ],
    [
      'A25 a first message of Amazon’s event stream that is cut',
      bedrockEnding(prelude, { unfinished: true }),
      'truncated',
      /inside its first event: the message is longer than the body/,
    ],
    [
      'A25 a first message that is cut in its prelude',
      bedrockEnding(prelude.subarray(0, 7), { unfinished: true }),
      'truncated',
      /inside its first event: the message is longer than the body/,
    ],
    ['A25 damaged messages alone', bedrockEnding(prelude), 'truncated', /held only damaged messages/],
    [
      'A25 binary where Amazon’s event stream was expected',
      bedrockEnding(new Uint8Array(64)),
      'not-a-stream',
      /is binary data, not Amazon's binary event stream/,
    ],
    [
      'A25 Amazon’s event stream where events were expected',
      endingOf('x', { bodyStart: prelude, events: 0 }),
      'not-a-stream',
      /is Amazon's binary event stream, not a stream of events/,
    ],
    ['A25 a JSON array', endingOf('[{"a":1}]'), 'not-a-stream', /JSON array/],
    [
      'A25 binary of a content type that we know',
      endingOf('\u0000\u0000\u0001', { head: head(200, { 'content-type': 'application/vnd.amazon.eventstream' }) }),
      'not-a-stream',
      /is Amazon's binary event stream, not a stream of events/,
    ],
    [
      'A25 events where JSON lines were expected',
      endingOf(': ping\n\n', { framing: 'json-lines' }),
      'not-a-stream',
      /is a stream of events, not JSON lines/,
    ],
    [
      'A13 a cut line of JSON lines',
      endingOf('{"a":', { framing: 'json-lines', unfinished: true, events: 3 }),
      'truncated',
      /its line is not a complete JSON value.*text\/event-stream, not application\/x-ndjson/,
    ],
    ...(
      [
        [{ 'content-encoding': 'gzip, br' }, /says gzip, br, which is not undone here; Brotli has no signature/],
        [
          { 'content-encoding': 'br' },
          /Its content-encoding, Brotli, was undone, so that it was probably encoded twice/,
        ],
        [{ 'content-type': 'text/event-stream' }, /may be compressed with Brotli.*no content-encoding header says so/],
      ] as const
    ).map(
      ([headers, says]) =>
        [
          `C11 binary data with ${JSON.stringify(headers)}`,
          endingOf('x', {
            head: head(200, headers),
            events: 0,
            bodyStart: Uint8Array.of(0x8b, 0x05, 0x80, 0x01, 0x02),
          }),
          'not-a-stream',
          says,
        ] as const,
    ),
    [
      'C12 gzip in gzip',
      endingOf('x', {
        head: head(200, { 'content-encoding': 'gzip' }),
        events: 0,
        bodyStart: Uint8Array.of(0x1f, 0x8b, 0x08, 0x00),
      }),
      'not-a-stream',
      /gzip-compressed data.*compressed twice/,
    ],
    ['A25 binary', endingOf('\u0000\u0000\u0001'), 'not-a-stream', /binary data/],
    ['a limit of the capture', endingOf(cut, { end: { how: 'limit', limit: 'More than 1 GiB.' } }), 'limit', /1 GiB/],
  ])('%s', (_row, ending, state, rule) => {
    expect(ending.state).toBe(state);
    expect(ending.rule).toMatch(rule);
    expect(ending.advice === undefined).toBe(state === 'complete');
  });

  test('a stream of another framing is advised on by the APIs that send it', () => {
    expect(endingOf('{"a":1}\n{"b":2}\n').advice).toMatch(
      /JSON lines is what these send: Ollama chat\. Choose the API/,
    );
    expect(endingOf('x', { bodyStart: prelude, events: 0 }).advice).toContain('Bedrock, Anthropic models');
    expect(bedrockEnding(bytesOf('data: {}\n\n')).advice).toMatch(/Chat Completions; Responses.*; Gemini/);
  });

  test('a streaming flag is spoken of where the request has one', () => {
    expect(endingOf('{}').advice).toContain('("stream": true)');
    expect(bedrockEnding(bytesOf('{}')).advice).not.toContain('"stream"');
  });

  test('the terminator of each API', () => {
    expect(
      endingOf(namedBody({ type: 'message_start', message: {} }, { type: 'message_stop' }), {}, 'messages').rule,
    ).toMatch(/message_stop/);
    expect(
      endingOf(
        namedBody({ type: 'response.created', response: {} }, { type: 'response.completed', response: {} }),
        {},
        'responses',
      ),
    ).toMatchObject({ state: 'complete' });
    expect(
      endingOf(namedBody({ type: 'response.created', response: {} }) + chatBody('[DONE]'), {}, 'responses').state,
    ).toBe('truncated');
  });
});

test.each([
  [{ 'retry-after': '1' }, /wait 1 second \(retry-after: 1\)/],
  [{ 'retry-after': '3600' }, /wait 1 hour/],
  [{ 'retry-after': '0' }, /allows a retry at once/],
  [{ 'retry-after': '-5' }, /allows a retry at once/],
  [{ 'retry-after-ms': '1500', 'retry-after': '2' }, /wait 1\.5 seconds \(retry-after-ms: 1500\)/],
  [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT', date: 'Wed, 21 Oct 2026 07:28:00 GMT' }, /wait 30 seconds/],
  [{ 'retry-after': 'soon' }, /reads "soon", which is not a valid time/],
] as const)('C8 %j', (headers, sentence) => {
  expect(retryAfter(head(429, headers))).toMatch(sentence);
});
