/** Every way a run can end, with real HTTP on the loopback interface: the state, the fact in the sentence, and the next step. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { APIS, type Api } from '../support/apis.ts';
import { DEFAULT_OPTIONS, type Ending, type TerminalState } from '../../src/shared/model/trace.ts';
import { CERTIFICATE } from '../support/certificate.ts';
import { requestFor, sampleEndpoint, TestRuns, useRuns, watch, withServer } from '../support/runs.ts';

const fixture = useRuns();

const FAULTS: readonly (readonly [row: string, model: string, state: TerminalState, fact: RegExp, advice: RegExp])[] = [
  [
    'C7',
    'fault-400',
    'http-error',
    /answered HTTP 400 Bad Request: This sample model takes no request/,
    /edit the request/,
  ],
  [
    'C7',
    'fault-401',
    'http-error',
    /answered HTTP 401 Unauthorized: Incorrect API key provided/,
    /carried no key\. Enter the key of this endpoint in the settings/,
  ],
  [
    'C7',
    'fault-404',
    'http-error',
    /answered HTTP 404 Not Found: The model `fault-404` does not exist/,
    /Check the base URL, the API and the model name/,
  ],
  [
    'C8',
    'fault-429',
    'http-error',
    /answered HTTP 429 Too Many Requests/,
    /does not retry automatically\. It asks you to wait 7 seconds \(retry-after: 7\)/,
  ],
  ['C9', 'fault-500-html', 'http-error', /answered HTTP 500 Internal Server Error with an HTML page/, /Run it again/],
  ['C9', 'fault-503', 'http-error', /answered HTTP 5(?:03|29)/, /Run it again in a moment/],
  [
    'C1',
    'fault-200-json',
    'not-a-stream',
    /is a JSON error, not a stream of events.*It says: The server failed but answered with status 200/,
    /raw response is kept/,
  ],
  ['C2', 'fault-200-html', 'not-a-stream', /is an HTML page, not a stream/, /captive portal/],
  ['C5', 'fault-204', 'not-a-stream', /answered HTTP 204/, /Check the base URL/],
  ['C4', 'fault-empty', 'truncated', /body was empty: zero events/, /Run it again/],
  ['C4', 'fault-comments', 'truncated', /only comments and blank lines/, /Run it again/],
  [
    'C10',
    'fault-error-first',
    'provider-error',
    /reported an error in the stream, at event 0: .*overloaded/,
    /What came before it is kept/,
  ],
  ['B1', 'fault-malformed-event', 'complete', /terminator .* arrived/, /^$/],
  ['D7', 'fault-no-terminator', 'truncated', /without the provider's terminator/, /may be cut/],
  ['D8', 'fault-open-end', 'complete', /terminator .* arrived/, /^$/],
  ['D6', 'fault-reset-first', 'reset', /connection broke before the answer began \(ECONNRESET\)/, /Run it again/],
  [
    'D6',
    'fault-reset',
    'reset',
    /connection broke inside a content block \(ECONNRESET\)\. The [\d,]+ bytes up to that point are kept/,
    /Run it again/,
  ],
  ['D6', 'fault-cut', 'reset', /connection broke inside a content block/, /Run it again/],
];

describe.each(FAULTS)('%s %s ends as %s', (_row, model, state, fact, advice) => {
  test.each(APIS)('over %s', async (api) => {
    const { id, ending, items } = await fixture.sample(model, api);
    expect(ending.state, ending.rule).toBe(state);
    expect(ending.rule).toMatch(fact);
    expect(ending.advice ?? '').toMatch(advice);
    await fixture.runs.close();
    const { length } = await fixture.body(id);
    expect(await fixture.store.get(id)).toMatchObject({ ending, storedBytes: length, metrics: { bytes: length } });
    expect(items.filter(({ k }) => k === 'ending')).toHaveLength(1);
  });
});

/** The raw response is one click away, whatever it was. */
test.each([
  ['fault-500-html', /^<!doctype html>/i],
  ['fault-401', /"Incorrect API key provided/],
  ['fault-200-json', /^\{/],
])('the body of %s is stored as it came', async (model, body) => {
  const { id } = await fixture.sample(model);
  await fixture.runs.close();
  expect((await fixture.body(id)).toString()).toMatch(body);
  expect((await fixture.store.head(id))?.head.status).toBeGreaterThanOrEqual(200);
});

describe('an endpoint that limits the waiting', () => {
  const stalling = async (
    model: string,
    limits: { readonly answer?: number; readonly silence?: number },
    api: Api = 'chat_completions',
  ) => {
    const endpoint = await fixture.endpoint(`${fixture.sampleUrl}/v1`, limits);
    return fixture.run({ api, endpoint, request: requestFor(model, api) });
  };

  test('D2 no answer', async () => {
    const { ending } = await stalling('fault-no-answer', { answer: 1 });
    expect(ending).toMatchObject({
      state: 'http-error',
      rule: expect.stringMatching(/accepted the request but sent no response in time \(timeout after 1 second\)/),
      advice: expect.stringMatching(/raise the timeout/),
    });
  });
  test('D3 a head, then nothing', async () => {
    const { ending } = await stalling('fault-stall-first', { silence: 1 });
    expect(ending).toMatchObject({
      state: 'stalled',
      rule: expect.stringMatching(/^No byte came for 1 second, .*No bytes of the response/),
    });
  });
  test('D4 some events, then nothing', async () => {
    const { ending } = await stalling('fault-stall', { silence: 1 });
    expect(ending).toMatchObject({
      state: 'stalled',
      rule: expect.stringMatching(/^No byte came for 1 second, .*\d+ bytes up to that point are kept/),
    });
  });
  test('D5 some events, then comments only', async () => {
    const { ending } = await stalling('fault-stall-comments', { silence: 2 });
    expect(ending).toMatchObject({
      state: 'stalled',
      rule: expect.stringMatching(/^Nothing but keep-alive came for 2 seconds/),
      advice: expect.stringMatching(/raise the limit/),
    });
  });
});

test('what came while the program was busy for longer than the limit is no silence', async () => {
  const flags = new Int32Array(new SharedArrayBuffer(8));
  const server = new Worker(new URL('../fixtures/paced-server.ts', import.meta.url), { workerData: flags.buffer });
  try {
    const [port] = (await once(server, 'message')) as [number];
    const endpoint = await fixture.endpoint(`http://127.0.0.1:${port}/v1`, { silence: 1 });
    const { runs } = fixture;
    const request = requestFor('plain-text', 'chat_completions');
    const { id } = await runs.start({
      api: 'chat_completions',
      endpoint,
      request,
      options: DEFAULT_OPTIONS,
      source: 'run',
    });
    const { items } = runs.recordings.get(id)!;
    let ending: Ending | undefined;
    for await (const batch of items.watch(0, new AbortController().signal))
      for (const item of batch) {
        if (item.k === 'event' && Atomics.exchange(flags, 0, 1) === 0) {
          // The turn of the event loop after this one begins with timers: the silence is looked at before anything is told that came.
          await nextTurn();
          Atomics.wait(flags, 1, 0);
          Atomics.wait(flags, 1, 1, 1_100);
        }
        if (item.k === 'ending') ({ ending } = item);
      }
    expect(ending).toMatchObject({ state: 'truncated' });
    expect((await fixture.body(id)).toString()).toMatch(/data: 20\n\n$/);
  } finally {
    await server.terminate();
  }
});

describe('an endpoint that cannot be reached', () => {
  const reach = async (baseUrl: string) => (await fixture.run({ endpoint: await fixture.endpoint(baseUrl) })).ending;

  test('D1 nothing listens', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    expect(await reach(`http://127.0.0.1:${port}/v1`)).toMatchObject({
      state: 'http-error',
      rule: `127.0.0.1:${port} refused the connection (ECONNREFUSED).`,
      advice: expect.stringMatching(/Nothing is listening there/),
    });
  });
  test('D1 a name that does not exist', async () => {
    expect(await reach('http://no-such-host.invalid/v1')).toMatchObject({
      state: 'http-error',
      rule: expect.stringMatching(
        /^The host name of no-such-host\.invalid could not be resolved \((?:ENOTFOUND|EAI_AGAIN)\)\.$/,
      ),
      advice: expect.stringMatching(/typos/),
    });
  });
  test('a certificate that nobody vouches for', async () => {
    const server = createTlsServer(CERTIFICATE).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const ending = await reach(`https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    server.close();
    expect(ending).toMatchObject({
      state: 'http-error',
      rule: expect.stringMatching(/secure connection to .* failed \(DEPTH_ZERO_SELF_SIGNED_CERT\)/),
      advice: expect.stringMatching(/Nobody that this machine trusts.*NODE_EXTRA_CA_CERTS/),
    });
  });
  const answeringWith = async (greet: (socket: Socket) => void, scheme: string) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      greet(socket);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const ending = await reach(`${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    server.close();
    return ending;
  };
  test.each([
    ['an HTTP server', (socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))],
    ['a server that greets first', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n')],
    ['a server that answers with text', (socket: Socket) => socket.once('data', () => socket.end('what?'))],
  ])('https to the plain port of %s', async (_what, greet) => {
    const ending = await answeringWith(greet, 'https');
    expect(ending).toMatchObject({
      state: 'http-error',
      rule: expect.stringMatching(/secure connection to .* failed/),
      advice: expect.stringMatching(/does not speak HTTPS.*http:\/\//),
    });
    expect(ending.advice).not.toMatch(/clock/);
  });
  test('https to a port that hangs up', async () => {
    expect(await answeringWith((socket) => socket.end(), 'https')).toMatchObject({
      state: 'http-error',
      advice: expect.stringMatching(/may not speak HTTPS/),
    });
  });
  test('http to a port for TLS', async () => {
    const server = createTlsServer(CERTIFICATE).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const ending = await reach(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    server.close();
    expect(ending.rule + ending.advice).toMatch(/HTTPS/);
    const said = 'Client sent an HTTP request to an HTTPS server.\n';
    expect(
      await answeringWith(
        (socket) => socket.once('data', () => socket.end(`HTTP/1.0 400 Bad Request\r\n\r\n${said}`)),
        'http',
      ),
    ).toMatchObject({ state: 'http-error', advice: expect.stringMatching(/Write https:\/\//) });
  });
  test('a request that was sent, and cut, was not for want of a connection', async () => {
    expect(await answeringWith((socket) => socket.once('data', () => socket.resetAndDestroy()), 'http')).toMatchObject({
      state: 'reset',
      rule: expect.stringMatching(/^The request was sent, and the connection broke before the answer began/),
    });
  });
  test('a server that speaks something else', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const ending = await reach(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    server.close();
    expect(ending).toMatchObject({
      state: 'http-error',
      rule: expect.stringMatching(/^The request to .* failed \(HPE_/),
      advice: expect.stringMatching(/Check the base URL/),
    });
  });
});

describe('the advice fits what was sent', () => {
  const answered = (status: number, body: string, request: Record<string, unknown> = {}, key?: string) =>
    withServer(
      (_incoming, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body),
      async ({ baseUrl }) =>
        (
          await fixture.run({
            endpoint: await fixture.endpoint(baseUrl, key === undefined ? {} : { key }),
            request: { ...requestFor('plain-text', 'chat_completions'), ...request },
          })
        ).ending,
    );
  const ERROR = JSON.stringify({ error: { message: 'No.' } });
  const ANSWER = JSON.stringify({ object: 'chat.completion', choices: [{ message: { content: 'Hi' } }] });

  test.each([401, 403])('%i without a key, and with one', async (status) => {
    expect((await answered(status, ERROR)).advice).toMatch(/carried no key\. Enter the key/);
    const keyed = (await answered(status, ERROR, {}, 'marker-key-0123456789')).advice!;
    expect(keyed).not.toMatch(/no key/);
    expect(keyed).toMatch(status === 401 ? /did not accept the key/ : /key is valid/);
  });
  test('a whole answer to a request for a stream, and to one for none', async () => {
    expect(await answered(200, ANSWER)).toMatchObject({
      state: 'not-a-stream',
      advice: expect.stringMatching(/^The request asks for a stream, and the server.*answered whole/),
    });
    expect(await answered(200, ANSWER, { stream: false })).toMatchObject({
      state: 'not-a-stream',
      advice: expect.stringMatching(/^The request asks for no stream/),
    });
  });
});

describe('cancelled', () => {
  const cancelling = async (model: string, reached: (k: string) => boolean) => {
    const { id } = await fixture.runs.start({
      endpoint: sampleEndpoint('chat_completions'),
      api: 'chat_completions',
      request: requestFor(model, 'chat_completions'),
      options: DEFAULT_OPTIONS,
      source: 'run',
    });
    if (reached('')) fixture.runs.cancel(id);
    else {
      for await (const batch of fixture.runs.recordings.get(id)!.items.watch(0, new AbortController().signal)) {
        if (![...batch].some(({ k }) => reached(k))) continue;
        fixture.runs.cancel(id);
        break;
      }
    }
    return (await watch(fixture.runs, id)).at(-1);
  };

  test('D9 before the head', async () => {
    expect(await cancelling('fault-no-answer', () => true)).toMatchObject({
      k: 'ending',
      ending: {
        state: 'cancelled',
        rule: expect.stringMatching(/No bytes of the response had arrived/),
        advice: expect.stringMatching(/Run it again/),
      },
    });
  });
  test('D9 in mid-stream', async () => {
    expect(await cancelling('fault-stall', (k) => k === 'event')).toMatchObject({
      k: 'ending',
      ending: { state: 'cancelled', rule: expect.stringMatching(/\d+ bytes up to that point are kept/) },
    });
  });
  test('D9 the connection is gone for the endpoint, too', async () => {
    const asked = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const hold = (_incoming: IncomingMessage, response: ServerResponse): void => {
      response.on('close', gone.resolve);
      asked.resolve();
    };
    await withServer(hold, async ({ baseUrl }) => {
      const { id } = await fixture.runs.start({
        endpoint: await fixture.endpoint(baseUrl),
        api: 'responses',
        request: requestFor('plain-text', 'responses'),
        options: DEFAULT_OPTIONS,
        source: 'run',
      });
      await asked.promise;
      fixture.runs.cancel(id);
      await gone.promise;
    });
  });
  test('D9 when the program ends', async () => {
    const { id } = await fixture.runs.start({
      endpoint: sampleEndpoint('messages'),
      api: 'messages',
      request: requestFor('fault-stall', 'messages'),
      options: DEFAULT_OPTIONS,
      source: 'run',
    });
    await fixture.runs.close();
    expect((await fixture.store.get(id)).ending?.state).toBe('cancelled');
  });
});

describe('what the answer says of its own length and place', () => {
  const answering =
    (head: readonly string[], body = '') =>
    async () => {
      const server = createServer((socket) =>
        socket.once('data', () => socket.end(`HTTP/1.1 ${head.join('\r\n')}\r\n\r\n${body}`)),
      ).listen(0, '127.0.0.1');
      await once(server, 'listening');
      try {
        return await fixture.run({
          endpoint: await fixture.endpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`),
        });
      } finally {
        server.close();
      }
    };

  test('a redirect is not followed', async () => {
    const { ending } = await answering(['302 Found', 'Location: https://elsewhere.invalid/v1', 'Content-Length: 0'])();
    expect(ending).toMatchObject({
      state: 'http-error',
      advice: expect.stringMatching(/does not follow redirects.*https:\/\/elsewhere\.invalid\/v1/),
    });
  });
  test('fewer bytes than promised', async () => {
    const { ending } = await answering(
      ['200 OK', 'Content-Type: text/event-stream', 'Content-Length: 1000'],
      'data: {"choices":[]}\n\n',
    )();
    expect(ending.state).toBe('reset');
  });
  const EVENT = 'data: {"choices":[]}\n\n';
  test.each([
    ['of no stated length', 'HTTP/1.1 200 OK\r\n\r\n', EVENT, 'reset'],
    ['of no stated length, over HTTP/1.0', 'HTTP/1.0 200 OK\r\n\r\n', EVENT, 'reset'],
    ['of no stated length, inside an event', 'HTTP/1.1 200 OK\r\n\r\n', EVENT.slice(0, 9), 'reset'],
    ['of no stated length, after the terminator', 'HTTP/1.1 200 OK\r\n\r\n', `${EVENT}data: [DONE]\n\n`, 'complete'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', `16\r\n${EVENT}\r\n`, 'reset'],
    ['of a stated length', `HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n`, EVENT, 'reset'],
  ])('a connection that breaks in a body %s', async (_what, head, body, state) => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.once('data', () => socket.write(head + body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    // Of what nobody has read yet, a system keeps nothing when a connection is reset.
    const { ending, id } = await fixture.run({ endpoint: await fixture.endpoint(`http://127.0.0.1:${port}/v1`) }, () =>
      sockets[0]!.resetAndDestroy(),
    );
    server.close();
    expect(ending.state).toBe(state);
    expect((await fixture.body(id)).toString()).toContain(EVENT.slice(0, 9));
  });
  test('a status that no standard knows', async () => {
    const { ending } = await answering(['799 Odd', 'Content-Length: 2'], 'no')();
    expect(ending).toMatchObject({ state: 'http-error', rule: expect.stringMatching(/HTTP 799 Odd/) });
  });
  test('a chunk size that is none', async () => {
    const { id, ending } = await answering(['200 OK', 'Transfer-Encoding: chunked'], '7\r\ndata: 1\r\nZZ\r\n')();
    expect(ending).toMatchObject({ state: 'reset', rule: expect.stringMatching(/HPE_INVALID_CHUNK_SIZE/) });
    // What came with the head, in one piece of the connection, and before the fault.
    expect((await fixture.body(id)).toString()).toBe('data: 1');
  });
  test('an error that goes on beyond its length', async () => {
    const { id, ending } = await answering(
      ['401 Unauthorized', 'Content-Type: text/plain', 'Content-Length: 10'],
      'Wrong key.\r\n\r\nand more',
    )();
    expect(ending.state).toBe('http-error');
    expect((await fixture.body(id)).toString()).toBe('Wrong key.');
  });
  test('a change to another protocol, which nobody asked for', async () => {
    const { ending } = await answering(['101 Switching Protocols', 'Upgrade: other', 'Connection: Upgrade'])();
    expect(ending).toMatchObject({ state: 'http-error', rule: expect.stringMatching(/HTTP 101 Switching Protocols/) });
  });
  test('more headers than Node keeps by itself', async () => {
    const { id } = await answering([
      '200 OK',
      ...Array.from({ length: 1100 }, (_, at) => `x-${at}: ${at}`),
      'Content-Length: 0',
    ])();
    expect((await fixture.store.head(id))!.head.headers).toHaveLength(1101);
  });
});

test('an answer that is larger than what is kept of one ends at the limit, with all up to there', async () => {
  const { store, endpoints, exchanges, thread } = fixture;
  const runs = new TestRuns({ store, exchanges, endpoints, limits: { bodyBytes: 2000, ratio: 200 } }, thread);
  const { id, ending } = await fixture.sample('long-answer', 'responses', runs);
  await runs.close();
  expect(ending).toMatchObject({
    state: 'limit',
    rule: expect.stringMatching(/longer than 2000 bytes/),
    advice: expect.stringMatching(/up to the limit is kept/),
  });
  expect((await fixture.body(id)).length).toBe(2000);
});

test('a header that Node does not send ends the run, too', async () => {
  const request = { ...requestFor('plain-text', 'messages'), betas: ['control \u0001 character'] };
  const { ending } = await fixture.run({ api: 'messages', request });
  expect(ending).toMatchObject({ state: 'http-error', rule: expect.stringMatching(/failed \(ERR_INVALID_CHAR\)/) });
});

test('a request that no SDK takes is refused in a sentence, and leaves no trace', async () => {
  const { total } = await fixture.store.list({ limit: 1 });
  const request = {
    model: 'plain-text',
    messages: [{ role: 'user', content: 'hi' }],
    max_tokens: 10,
    betas: ['not a header \u2028 value'],
  };
  await expect(
    fixture.runs.start({
      endpoint: sampleEndpoint('messages'),
      api: 'messages',
      request,
      options: DEFAULT_OPTIONS,
      source: 'run',
    }),
  ).rejects.toMatchObject({ code: 'request', message: expect.stringMatching(/nothing was sent/) });
  expect(await fixture.store.list({ limit: 1 })).toMatchObject({ total });
});
