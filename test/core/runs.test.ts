/** Runs from the request to the stored result: what is sent, stored and shown, and that all readings of it are one. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decodeSetup } from '../../src/main/core/decoding/decode-setup.ts';
import { costOf } from '../../src/main/core/prices/prices.ts';
import { apisOf, SCENARIOS } from '../../src/main/core/samples/scenarios.ts';
import { DecodePass } from '../../src/shared/lanes/decode-pass.ts';
import { traceId, type TraceId } from '../../src/shared/model/ids.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import { APIS, type Api } from '../support/apis.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { requestFor, sampleEndpoint, useRuns, watch, withServer } from '../support/runs.ts';

const fixture = useRuns();

/** The items of the stored bytes, read as they would be after a restart. */
async function storedItems(id: TraceId): Promise<readonly TraceItem[]> {
  const { store } = fixture;
  const trace = await store.get(id);
  const head = await store.head(id);
  const reading = new DecodePass(decodeSetup(trace));
  return [
    ...reading.begin(),
    ...(head ? reading.head(head.head, head.tNs) : []),
    ...(await fixture.reads(id)).flatMap((read) => [...reading.feed(read)]),
    ...reading.end(trace.metrics.totalNs!, () => trace.ending!),
  ];
}

describe.each(SCENARIOS.flatMap((scenario) => apisOf(scenario).map((api) => [scenario.model, api] as const)))(
  'the sample %s over %s',
  (model, api) => {
    test('reads live as it reads from the store', async () => {
      const { id, items } = await fixture.sample(model, api);
      await fixture.runs.close();
      expect(JSON.stringify(await storedItems(id))).toBe(JSON.stringify(items));
    });
  },
);

describe.each(['fault-401', 'fault-malformed-event', 'fault-cut', 'fault-reset-first'])('the fault %s', (model) => {
  test('reads live as it reads from the store', async () => {
    const { id, items } = await fixture.sample(model);
    await fixture.runs.close();
    expect(JSON.stringify(await storedItems(id))).toBe(JSON.stringify(items));
  });
});

describe('the trace', () => {
  test.each(APIS)('is there before the answer, and holds the request over %s', async (api) => {
    const request = requestFor('fault-no-answer', api);
    const { id } = await fixture.runs.start({
      endpoint: sampleEndpoint(api),
      api,
      request,
      options: DEFAULT_OPTIONS,
      source: 'sample',
    });
    const trace = await fixture.store.get(id);
    expect(trace).toMatchObject({
      api,
      source: 'sample',
      model: 'fault-no-answer',
      endpointId: sampleEndpoint(api),
      endpoint: { type: api === 'messages' ? 'anthropic' : 'openai', model: 'fault-no-answer' },
      title: expect.stringMatching(/\w/),
      startedAt: expect.any(Number),
      timed: true,
      framing: 'sse',
      options: DEFAULT_OPTIONS,
      request: { ...request, stream: true },
      metrics: { events: 0, reads: 0, bytes: 0, firstByteNs: null, totalNs: null },
      messageId: expect.stringMatching(/^message-[0-9a-f-]{36}$/),
      stepId: expect.stringMatching(/^step-[0-9a-f-]{36}$/),
      requestHead: { method: 'POST', url: expect.stringMatching(/\/v1\/(?:chat\/completions|responses|messages)$/) },
    });
    expect(trace).not.toHaveProperty('ending');
  });

  test('ends with its numbers, usage, finish and model', async () => {
    const { id, ending } = await fixture.sample('parallel-tools', 'messages');
    await fixture.runs.close();
    const result = await fixture.store.get(id);
    expect(result).toMatchObject({
      ending,
      model: 'parallel-tools',
      finish: { unified: 'tool_use', raw: 'tool_use' },
      usage: { input: expect.any(Number), output: expect.any(Number) },
    });
    const { metrics } = result;
    expect(metrics).toMatchObject({
      totalNs: expect.any(Number),
      reads: result.storedReads,
      bytes: result.storedBytes,
    });
    expect(metrics.firstByteNs).toBeLessThanOrEqual(metrics.firstEventNs!);
    expect(metrics.firstToolNs).toBeLessThanOrEqual(metrics.totalNs!);
    // A sample costs nothing and has no price: absent, not 0.
    expect(result).not.toHaveProperty('cost');
  });

  test('has a provider trace for each adapter that got as far, with its step', async () => {
    const { id } = await fixture.sample('plain-text');
    await fixture.runs.close();
    await fixture.store.flush();
    const { stepId } = await fixture.store.get(id);
    const rows = await fixture.store.providerTraces(id);
    expect(rows.map(({ lane, stepId }) => [lane, stepId]).toSorted()).toEqual([
      ['legacy', stepId],
      ['simple', stepId],
    ]);
    const { document } = rows[0]!;
    // As the server held it: without what only the sending adds.
    expect(Object.keys(document.request_json as object)).not.toContain('stream_options');
  });

  test('tells its row now and then, not with each read', async () => {
    let told = 0;
    const runs = fixture.runsWith('setLive', () => {
      told++;
    });
    const { id } = await fixture.sample('long-answer', 'chat_completions', runs);
    await runs.close();
    const { reads } = (await fixture.store.get(id)).metrics;
    expect(reads).toBeGreaterThan(100);
    expect(told).toBeLessThan(reads / 4);
  });
});

describe('what is sent', () => {
  const sent = (
    api: Api,
    request: Record<string, unknown>,
    more: Parameters<typeof fixture.endpoint>[1] = {},
    path = '',
  ) =>
    withServer(
      (_incoming, response) => response.writeHead(400).end(),
      async ({ baseUrl, seen }) => {
        await fixture.run({
          api,
          endpoint: await fixture.endpoint(path === '' ? baseUrl : baseUrl.replace('/v1', path), more),
          request,
        });
        const [{ headers, url, body }] = seen as [(typeof seen)[0]];
        const header = (name: string): string | undefined =>
          headers.find((_, at) => at % 2 === 1 && headers[at - 1]!.toLowerCase() === name);
        expect(seen).toHaveLength(1);
        return { url, header, body: JSON.parse(body) as unknown };
      },
    );
  const KEY = 'marker-key-0123456789';
  const chat = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

  test('chat completions ask for a stream and its usage', async () => {
    const { url, header, body } = await sent(
      'chat_completions',
      { ...chat, stream_options: { include_obfuscation: false } },
      { key: KEY },
    );
    expect([url, header('authorization')]).toEqual(['/v1/chat/completions', `Bearer ${KEY}`]);
    expect(body).toEqual({
      ...chat,
      stream: true,
      stream_options: { include_obfuscation: false, include_usage: true },
    });
  });
  test('responses ask for a stream', async () => {
    const { url, header, body } = await sent('responses', { model: 'm', input: 'hi' });
    expect([url, header('authorization')]).toEqual(['/v1/responses', undefined]);
    expect(body).toEqual({ model: 'm', input: 'hi', stream: true });
  });
  test.each([
    [{}, 'fine-grained-tool-streaming-2025-05-14'],
    [
      { thinking: { type: 'enabled', budget_tokens: 1024 } },
      'fine-grained-tool-streaming-2025-05-14,interleaved-thinking-2025-05-14',
    ],
    [{ thinking: { type: 'disabled' }, betas: ['own'] }, 'own,fine-grained-tool-streaming-2025-05-14'],
  ])('messages with %j ask for the betas %s', async (more, betas) => {
    const { betas: _betas, ...kept }: Record<string, unknown> = { ...chat, max_tokens: 5, ...more };
    const { url, header, body } = await sent(
      'messages',
      { ...chat, max_tokens: 5, ...more },
      { type: 'anthropic', key: KEY },
      '/',
    );
    expect([url, header('x-api-key'), header('authorization')]).toEqual(['/v1/messages', KEY, undefined]);
    expect(header('anthropic-beta')).toBe(betas);
    expect(body).toEqual({ ...kept, stream: true });
  });
  test.each([
    ['messages', 'anthropic', '/v1', '/v1/messages'],
    ['messages', 'openai', '/proxy/v1', '/proxy/v1/messages'],
    ['chat_completions', 'anthropic', '/', '/v1/chat/completions'],
    ['chat_completions', 'openai', '/api', '/api/chat/completions'],
  ] as const)('%s on an endpoint of type %s at %s go to %s', async (api, type, path, url) => {
    expect((await sent(api, { ...chat, max_tokens: 5 }, { type }, path)).url).toBe(url);
  });
  test('a 429 is asked once', async () => {
    await withServer(
      (_incoming, response) => response.writeHead(429, { 'retry-after': '0' }).end(),
      async ({ baseUrl, seen }) => {
        const { ending } = await fixture.run({ endpoint: await fixture.endpoint(baseUrl) });
        expect([ending.state, seen.length]).toEqual(['http-error', 1]);
      },
    );
  });
});

describe('a store that fails', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  const noRoom = async (): Promise<never> => {
    throw new Error('no room');
  };

  test('at the start ends no run, and the trace can still be looked at', async () => {
    const runs = fixture.runsWith('createTrace', noRoom);
    const { id, items } = await fixture.sample('plain-text', 'chat_completions', runs);
    await runs.close();
    await expect(fixture.store.get(id)).rejects.toMatchObject({ code: 'not-found' });
    expect(items.at(-1)).toMatchObject({ k: 'ending', ending: { state: 'complete' } });
    expect(await watch(runs, id)).toEqual(items);
    expect(runs.recordings.get(id)?.trace).toMatchObject({
      id,
      ending: { state: 'complete' },
      httpStatus: 200,
      metrics: { bytes: expect.any(Number) },
      usage: { output: expect.any(Number) },
    });
  });
  test('at the end likewise', async () => {
    const runs = fixture.runsWith('finishTrace', noRoom);
    const { id, items } = await fixture.sample('plain-text', 'chat_completions', runs);
    await runs.close();
    expect(await watch(runs, id)).toEqual(items);
  });
  test('to take every read keeps the run, whatever it says of the rest', async () => {
    const runs = fixture.runsWith('appendReads', () => {});
    const { id, items } = await fixture.sample('plain-text', 'chat_completions', runs);
    await runs.close();
    expect(await watch(runs, id)).toEqual(items);
  });
  test('keeps the last eight of such runs', async () => {
    const runs = fixture.runsWith('createTrace', noRoom);
    const ids: TraceId[] = [];
    for (let i = 0; i < 10; i++) ids.push((await fixture.sample('fault-empty', 'chat_completions', runs)).id);
    await runs.close();
    expect(ids.map((id) => runs.recordings.get(id) !== undefined)).toEqual([
      false,
      false,
      ...ids.slice(2).map(() => true),
    ]);
  });
  test('a run that is stored whole is not kept in memory', async () => {
    const { id } = await fixture.sample('plain-text');
    await fixture.runs.close();
    expect(fixture.runs.recordings.get(id)).toBeUndefined();
  });
});

test('many runs at once are each whole', async () => {
  const ran = await Promise.all(Array.from({ length: 30 }, (_, i) => fixture.sample('reasoning', APIS[i % 3]!)));
  expect(ran.map(({ ending }) => ending.state)).toEqual(ran.map(() => 'complete'));
  expect(new Set(ran.map(({ id }) => id)).size).toBe(30);
});

test('nothing is sent any more once the program closes', async () => {
  const { total } = await fixture.store.list({ limit: 1 });
  const starting = fixture.runs.start({
    endpoint: sampleEndpoint('responses'),
    api: 'responses',
    request: requestFor('plain-text', 'responses'),
    options: DEFAULT_OPTIONS,
    source: 'run',
  });
  await Promise.all([fixture.runs.close(), expect(starting).rejects.toMatchObject({ code: 'closing' })]);
  expect(await fixture.store.list({ limit: 1 })).toMatchObject({ total });
});

test('cancelling what is not there, or is over, does nothing', async () => {
  const { id, ending } = await fixture.sample('plain-text');
  expect(fixture.runs.cancel(id)).toBeNull();
  expect(fixture.runs.cancel(traceId('none'))).toBeNull();
  expect(ending.state).toBe('complete');
});

test('a key that the endpoint says back is taken out of the head, the body and the ending', async () => {
  const KEY = 'marker-key-0123456789';
  const body = JSON.stringify({ error: { message: `Incorrect API key provided: ${KEY}.` } });
  const echoing = (_incoming: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(401, { 'x-echo': KEY, 'content-type': 'application/json' }).end(body);
  };
  await withServer(echoing, async ({ baseUrl }) => {
    const { id, ending } = await fixture.run({ endpoint: await fixture.endpoint(baseUrl, { key: KEY }) });
    await fixture.runs.close();
    expect(ending.rule).toContain('Incorrect API key provided: <redacted>***********.');
    expect((await fixture.store.head(id))!.head.headers).toContainEqual(['x-echo', '<redacted 21 chars>']);
    expect(JSON.stringify(await fixture.store.get(id))).not.toContain(KEY);
    expect((await fixture.body(id)).toString()).toBe(body.replace(KEY, '<redacted>***********'));
  });
});

test('a price on the wire is the price, whatever the list says', async () => {
  const chunk = {
    id: 'c',
    model: 'gpt-4o',
    choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12, cost: 0.25 },
  };
  await withServer(
    (_incoming, response) =>
      response
        .writeHead(200, { 'content-type': 'text/event-stream' })
        .end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`),
    async ({ baseUrl }) => {
      const { id } = await fixture.run({ endpoint: await fixture.endpoint(baseUrl) });
      await fixture.runs.close();
      expect((await fixture.store.get(id)).cost).toBe(0.25);
    },
  );
});

describe('a price', () => {
  const usage = { input: 1000, output: 100, raw: [] };
  const priced = {
    url: 'https://api.openai.com/v1/chat/completions',
    model: 'gpt-4o',
    usage,
    startedAt: Date.UTC(2026, 0, 1),
  };

  test('is that of the provider, the model and the day', () => {
    expect(costOf(priced)).toBeCloseTo((1000 * 2.5 + 100 * 10) / 1e6, 9);
    expect(costOf({ ...priced, usage: { ...usage, cachedInput: 400 } })).toBeCloseTo(
      (600 * 2.5 + 400 * 1.25 + 100 * 10) / 1e6,
      9,
    );
  });
  test.each([
    ['an unknown model', { model: 'no-such-model' }],
    ['no model', { model: null }],
    ['a server of one’s own', { url: 'http://127.0.0.1:8080/v1/chat/completions' }],
    ['no usage', { usage: undefined }],
    ['no output count', { usage: { input: 5, raw: [] } }],
    ['a count that is null', { usage: { input: 5, output: null, raw: [] } }],
    ['counts that contradict each other', { usage: { input: 5, cachedInput: 10, output: 1, raw: [] } }],
  ])('%s has none', (_what, change) => {
    expect(costOf({ ...priced, ...change })).toBeUndefined();
  });
});
