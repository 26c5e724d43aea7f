/** What servers say of their own speed and price, each in its own way: read from the wire, and never made up. */
import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/shared/model/stream.ts';
import { runWire } from '../../support/wire.ts';

const sse = (...payloads: readonly unknown[]): string =>
  payloads.map((data) => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`).join('');
const named = (...events: readonly { readonly type: string }[]): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');

const piece = { id: 'c', model: 'm', choices: [{ index: 0, delta: { content: 'Hi' } }] };
const last = (more: object) => ({
  id: 'c',
  model: 'm',
  choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
  ...more,
});
const chat = (more: object): string => sse(piece, last({}), { id: 'c', model: 'm', choices: [], ...more }, '[DONE]');
const counts = { prompt_tokens: 9, completion_tokens: 30, total_tokens: 39 };
const responses = (more: object, usage: object): string =>
  named(
    { type: 'response.created', response: { id: 'r', status: 'in_progress' } } as never,
    {
      type: 'response.completed',
      response: {
        id: 'r',
        status: 'completed',
        output: [],
        usage: { input_tokens: 9, output_tokens: 30, ...usage },
        ...more,
      },
    } as never,
  );
const messages = (delta: object, usage: object, stop: object = {}): string =>
  named(
    {
      type: 'message_start',
      message: { id: 'm', model: 'c', content: [], usage: { input_tokens: 9, output_tokens: 1 } },
    } as never,
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: { output_tokens: 30, ...usage },
      ...delta,
    } as never,
    { type: 'message_stop', ...stop },
  );

const RATES: readonly (readonly [name: string, api: Api, body: string, rate: number])[] = [
  [
    'llama.cpp beside the usage',
    'chat_completions',
    chat({ usage: counts, timings: { predicted_n: 30, predicted_ms: 2000, predicted_per_second: 15 } }),
    15,
  ],
  [
    'llama.cpp without a usage',
    'chat_completions',
    sse(piece, last({ timings: { predicted_n: 30, predicted_ms: 2000 } }), '[DONE]'),
    15,
  ],
  ['Groq', 'chat_completions', chat({ usage: { ...counts, completion_time: 0.125, total_time: 0.2 } }), 240],
  [
    'Groq beside the last piece',
    'chat_completions',
    sse(piece, last({ x_groq: { id: 'x', usage: { ...counts, completion_time: 0.1 } } }), '[DONE]'),
    300,
  ],
  ['Cerebras', 'chat_completions', chat({ usage: counts, time_info: { completion_time: 0.02, prompt_time: 1 } }), 1500],
  ['SambaNova', 'chat_completions', chat({ usage: { ...counts, completion_tokens_per_sec: 211.5 } }), 211.5],
  ['LM Studio', 'chat_completions', chat({ usage: counts, stats: { tokens_per_second: 51.4 } }), 51.4],
  ['llama.cpp', 'responses', responses({ timings: { predicted_per_second: 26.5 } }, {}), 26.5],
  ['Groq', 'responses', responses({}, { completion_time: 0.5 }), 60],
  ['llama.cpp', 'messages', messages({ timings: { predicted_per_second: 26.5 } }, {}), 26.5],
  [
    'Bedrock',
    'messages',
    messages(
      {},
      {},
      {
        'amazon-bedrock-invocationMetrics': { outputTokenCount: 30, invocationLatency: 1500, firstByteLatency: 500 },
      },
    ),
    30,
  ],
  [
    'Ollama',
    'ollama_chat',
    `${JSON.stringify({ model: 'm', message: { role: 'assistant', content: 'Hi' }, done: false })}\n${JSON.stringify({ model: 'm', message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop', eval_count: 30, eval_duration: 1.5e9 })}\n`,
    20,
  ],
];

const COSTS: readonly (readonly [name: string, api: Api, body: string, cost: number])[] = [
  ['OpenRouter and LiteLLM', 'chat_completions', chat({ usage: { ...counts, cost: 0.0008902 } }), 0.0008902],
  ['a free model', 'chat_completions', chat({ usage: { ...counts, cost: 0 } }), 0],
  [
    'Perplexity',
    'chat_completions',
    chat({ usage: { ...counts, cost: { total_cost: 0.006, request_cost: 0.005 } } }),
    0.006,
  ],
  ['DeepInfra', 'chat_completions', chat({ usage: { ...counts, estimated_cost: 0.00012 } }), 0.00012],
  ['xAI', 'chat_completions', chat({ usage: { ...counts, cost_in_usd_ticks: 318_319_000 } }), 0.0318319],
  ['xAI', 'responses', responses({}, { cost_in_usd_ticks: 5_000_000 }), 0.0005],
  ['OpenRouter', 'responses', responses({}, { cost: 0.02 }), 0.02],
  ['OpenRouter', 'messages', messages({}, { cost: 0.03 }), 0.03],
];

const usageOf = (api: Api, body: string) => runWire(api, body).outcome.usage;

describe('the speed of', () => {
  test.each(RATES)('%s over %s', (_name, api, body, rate) => {
    expect(usageOf(api, body)?.serverRate).toBeCloseTo(rate, 9);
  });
  test.each(RATES.filter(([name]) => name !== 'llama.cpp without a usage'))(
    '%s over %s leaves the counts as they are',
    (_name, api, body) => {
      expect(usageOf(api, body)?.output).toBe(30);
    },
  );
  test.each([
    ['a time of zero', { usage: { ...counts, completion_time: 0 } }],
    ['a time that is text', { usage: { ...counts, completion_time: '0.2' } }],
    ['timings of nothing', { usage: counts, timings: {} }],
    ['timings that are no object', { usage: counts, timings: 12 }],
    ['a speed of zero', { usage: { ...counts, completion_tokens_per_sec: 0 } }],
    ['none', { usage: counts }],
  ])('%s is none', (_what, more) => {
    expect(usageOf('chat_completions', chat(more))).not.toHaveProperty('serverRate');
  });
  test('timings of every chunk are one figure, the last', () => {
    const timed = (rate: number) => ({ timings: { predicted_per_second: rate } });
    const usage = usageOf(
      'chat_completions',
      sse({ ...piece, ...timed(5) }, { ...piece, ...timed(9) }, last(timed(12)), '[DONE]'),
    );
    expect(usage).toEqual({ serverRate: 12, raw: [{ predicted_per_second: 12 }] });
  });
});

describe('the price by', () => {
  test.each(COSTS)('%s over %s', (_name, api, body, cost) => {
    expect(usageOf(api, body)?.cost).toBeCloseTo(cost, 12);
  });
  test.each([[{ cost: '0.1' }], [{ cost: null }], [{ cost: -1 }], [{ cost: {} }], [{}]])('%j is none', (more) => {
    expect(usageOf('chat_completions', chat({ usage: { ...counts, ...more } }))).not.toHaveProperty('cost');
  });
});
