/** Exchanges in the JSON of other programs, of which each test has the smallest that the program writes. */
import { describe, expect, it } from 'vitest';
import { recognize, type RecognizedStream } from '../../../src/main/core/imports/recognize.ts';
import { ImportError } from '../../../src/main/core/imports/imported.ts';

const EVENTS = ['Hé', '🙂'].map((content) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  model: 'm',
  choices: [{ index: 0, delta: { content } }],
}));
const STREAM = `${EVENTS.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`;
const answer = (id: string) => ({
  id,
  object: 'chat.completion',
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
});
const REQUEST = { model: 'm', stream: true, messages: [{ role: 'user', content: 'Hi' }] };
const PATH = '/v1/chat/completions';
const URL = `https://a.example${PATH}`;
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const streamsOf = (value: unknown): readonly RecognizedStream[] =>
  recognize('x.json', Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))).streams;
const bodyOf = ({ reads }: RecognizedStream): string => Buffer.concat(reads.map(({ bytes }) => bytes)).toString();

const whole = { request: { head: { method: 'POST', url: URL }, body: REQUEST }, response: { status: 200 } };
const HEADERS = [['content-type', 'text/event-stream']];
const headed = { ...whole, response: { status: 200, headers: HEADERS } };

it.each<[string, unknown, object]>([
  [
    'a collection of Postman',
    {
      info: { name: 'x' },
      item: [
        {
          name: 'chat',
          response: [
            {
              originalRequest: {
                method: 'POST',
                url: { raw: URL },
                body: { mode: 'raw', raw: JSON.stringify(REQUEST) },
              },
              status: 'OK',
              code: 200,
              header: [{ key: 'content-type', value: 'text/event-stream' }],
              body: STREAM,
            },
          ],
        },
      ],
    },
    headed,
  ],
  [
    'a session of Charles',
    [
      {
        status: 'COMPLETE',
        method: 'POST',
        scheme: 'https',
        host: 'a.example',
        path: PATH,
        request: { header: { headers: [] }, body: { text: JSON.stringify(REQUEST) } },
        response: {
          status: 200,
          header: { headers: [{ name: 'content-type', value: 'text/event-stream' }] },
          body: { encoding: 'base64', encoded: base64(STREAM) },
        },
      },
    ],
    headed,
  ],
  [
    'nock',
    [
      {
        scope: 'https://a.example',
        method: 'POST',
        path: PATH,
        body: REQUEST,
        status: 200,
        response: STREAM,
        rawHeaders: HEADERS[0],
      },
    ],
    { response: headed.response, request: { head: { method: 'POST', url: URL } } },
  ],
  [
    'WireMock',
    {
      request: { url: URL, method: 'POST' },
      response: { status: 200, headers: { 'content-type': 'text/event-stream' }, base64Body: base64(STREAM) },
    },
    { response: headed.response, request: { head: { url: URL } } },
  ],
  [
    'an API client that keeps the body twice',
    {
      request: { url: URL, method: 'POST', data: REQUEST },
      response: { status: 200, headers: Object.fromEntries(HEADERS), data: STREAM, dataBuffer: base64(STREAM) },
    },
    headed,
  ],
  [
    'a response as a program logs it',
    { status: 200, headers: Object.fromEntries(HEADERS), body: STREAM },
    { response: headed.response },
  ],
  [
    'an entry of an HTTP archive',
    {
      request: { method: 'POST', url: URL, headers: [], postData: { text: JSON.stringify(REQUEST) } },
      response: { status: 200, content: { text: STREAM } },
    },
    { request: whole.request },
  ],
])('%s', (_what, value, expected) => {
  const streams = streamsOf(value);
  expect(streams).toHaveLength(1);
  expect(streams[0]).toMatchObject({ format: { id: 'json-exchanges' }, api: 'chat_completions', ...expected });
  expect(bodyOf(streams[0]!)).toBe(STREAM);
});

it.each<[string, unknown]>([
  ['a list of events in an object', { model: 'm', chunks: EVENTS }],
  ['a list of events with times', { response: { events: EVENTS.map((event, at) => ({ at, event })) } }],
  [
    'an observability service',
    [{ request_body: REQUEST, response_body: { streamed_data: EVENTS }, response_status: 200 }],
  ],
])('%s is one stream', (_what, value) => {
  const [stream, ...more] = streamsOf(value);
  expect(more).toEqual([]);
  expect([...bodyOf(stream!).matchAll(/^data: (\{.*)$/gm)].map(([, data]) => JSON.parse(data!) as unknown)).toEqual(
    EVENTS,
  );
});

it.each<[string, (id: string) => unknown]>([
  ['answers', answer],
  ['results of a batch', (id) => ({ custom_id: id, response: { status_code: 200, body: answer(id) } })],
  ['observations', (id) => ({ id, type: 'GENERATION', input: REQUEST, output: answer(id) })],
  ['runs', (id) => ({ id, run_type: 'llm', inputs: REQUEST, outputs: answer(id) })],
])('each of several %s is a stream of its own', (_what, record) => {
  const records = ['a', 'b', 'c'].map(record);
  for (const text of [
    JSON.stringify(records),
    records.map((one) => JSON.stringify(one)).join('\n'),
    JSON.stringify({ data: records }),
  ]) {
    const streams = streamsOf(text);
    expect(
      streams.map((stream) => (JSON.parse(/^data: (.*)$/m.exec(bodyOf(stream))![1]!) as { id: string }).id),
    ).toEqual(['a', 'b', 'c']);
    if (JSON.stringify(records).includes('"messages"')) expect(streams[0]!.request?.body).toEqual(REQUEST);
  }
});

describe('an HTTP archive', () => {
  const archive = (entry: object): string => JSON.stringify({ log: { entries: [entry] } });

  it('of a WebSocket has an exchange for each request, with times', () => {
    const events = ['response.created', 'response.completed'].map((type, at) =>
      JSON.stringify({ type, sequence_number: at, response: { id: 'r', object: 'response', model: 'm', output: [] } }),
    );
    const sent = (time: number) => ({
      type: 'send',
      time,
      opcode: 1,
      data: JSON.stringify({ type: 'response.create', model: 'm' }),
    });
    const received = (time: number) =>
      events.map((data, at) => ({ type: 'receive', time: time + at, opcode: 1, data }));
    const streams = streamsOf(
      archive({
        request: { method: 'GET', url: 'wss://a.example/v1/responses', headers: [] },
        response: { status: 101, headers: [], content: { size: 0 } },
        _webSocketMessages: [
          sent(1000),
          ...received(1001),
          { type: 'receive', time: 1002, opcode: 2, data: 'AAAA' },
          sent(1010),
          ...received(1012),
        ],
      }),
    );
    expect(streams.map(({ api, timed, events: n, reads }) => [api, timed, n, reads.map(({ tNs }) => tNs)])).toEqual([
      ['responses', true, 2, [1e9, 2e9]],
      ['responses', true, 2, [2e9, 3e9]],
    ]);
    expect(streams[0]!.request!.body).toEqual({ type: 'response.create', model: 'm' });
  });

  it('of Polly.JS keeps the pieces of a body as a list', () => {
    const text = JSON.stringify([base64(STREAM.slice(0, 50)), base64(STREAM.slice(50))]);
    const [stream] = streamsOf(
      archive({
        request: { method: 'POST', url: URL },
        response: { status: 200, content: { encoding: 'base64', text } },
      }),
    );
    expect(bodyOf(stream!)).toBe(STREAM);
  });
});

it.each([
  [
    'YAML of go-vcr 1',
    `---\nversion: 1\nrwmutex: {}\ninteractions:\n- request:\n    url: ${URL}\n    method: POST\n  response:\n    body: ${JSON.stringify(STREAM)}\n    status: 200 OK\n    code: 200\n`,
  ],
  [
    'JSON of Betamax',
    JSON.stringify({
      recorded_with: 'betamax/0.8.1',
      http_interactions: [
        {
          request: { method: 'POST', uri: URL },
          response: { status: { code: 200 }, body: { base64_string: base64(STREAM) } },
        },
      ],
    }),
  ],
])('a cassette in %s', (_what, text) => {
  const [stream] = streamsOf(text);
  expect([stream!.format.id, stream!.response!.status, bodyOf(stream!)]).toEqual(['cassette', 200, STREAM]);
});

const LAUGHS = Array.from({ length: 12 }, (_, n) => `- &l${n + 1} [${`*l${n}, `.repeat(10)}]`).join('\n');
it.each([
  ['of an anchor that is not there', '- request: {method: *none}\n', /Unresolved alias/],
  ['that unfold without end', `- &l0 [ha]\n${LAUGHS}\n`, /Excessive alias count/],
])('a cassette with aliases %s is refused', (_what, items, reason) => {
  expect(() => streamsOf(`interactions:\n${items}`)).toThrow(reason);
  expect(() => streamsOf(`interactions:\n${items}`)).toThrow(/^The cassette is not whole\. .* Record it again\.$/);
});

it.each([
  `curl '${URL}' \\\n  -H 'content-type: application/json' \\\n  --data-raw '{"model":"m"}'`,
  `fetch("${URL}", {\n  "body": "{\\"model\\":\\"m\\"}",\n  "method": "POST"\n});`,
  `Invoke-WebRequest -UseBasicParsing -Uri "${URL}" \`\n-Method "POST"`,
])('a request alone says what would be needed: %s', (text) => {
  expect(() => streamsOf(text)).toThrow(ImportError);
  expect(() => streamsOf(text)).toThrow('without its answer. Run it with curl -N -i');
});

it('a command with what it printed is a stream', () => {
  expect(streamsOf(`$ curl -N ${URL}\n${STREAM}`)[0]).toMatchObject({ api: 'chat_completions', events: 2 });
});
