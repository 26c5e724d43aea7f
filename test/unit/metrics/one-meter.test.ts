/** The window's numbers, those of the store and those of the bytes themselves are one and the same, at every moment. */
import fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { newTrace } from '../../../src/main/core/recording/new-trace.ts';
import { Recording } from '../../../src/main/core/decoding/recording.ts';
import { TraceModel } from '../../../src/renderer/stores/trace-model.ts';
import type { Api, Read } from '../../../src/shared/model/stream.ts';
import { DEFAULT_OPTIONS } from '../../../src/shared/model/trace.ts';
import { allStreams, wireFixtures } from '../../support/fixtures.ts';
import { bytesOf, readsOf } from '../../support/framing.ts';
import { laneSetup } from '../../support/lanes.ts';
import { numbersOfBytes } from '../../support/numbers-of-bytes.ts';

const MS = 1_000_000;
const HEAD = { status: 200, statusText: 'OK', headers: [['content-type', 'text/event-stream']] } as const;

function recordingOf(api: Api): Recording {
  const { endpoint, request } = laneSetup(api);
  return new Recording({
    trace: newTrace({
      title: '',
      source: 'run',
      api,
      model: null,
      timed: true,
      endpoint,
      options: DEFAULT_OPTIONS,
      lanes: ['wire', 'legacy', 'simple'],
      request,
    }),
  });
}

/** Records, and shows what comes of it: both must say the same after each read. */
function both(api: Api, reads: readonly Read[]) {
  const recording = recordingOf(api);
  const model = new TraceModel();
  const same = (): void => {
    const { metrics, usage } = recording.row;
    expect(model.metrics).toEqual(metrics);
    expect(model.usage).toEqual(usage);
  };
  model.apply(recording.begin());
  model.apply(recording.head(HEAD, MS));
  for (const read of reads) {
    model.apply(recording.read(read));
    same();
  }
  model.apply(recording.end({ how: 'end' }, (reads.at(-1)?.tNs ?? 0) + MS));
  same();
  expect(model.metrics).toEqual(recording.result!.metrics);
  expect(model.metrics.totalNs).toBe(model.lastNs);
  return model.metrics;
}

test('of any stream, however it is cut', { timeout: 120_000 }, () => {
  for (const { api, bytes } of allStreams()) {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 8 }), (sizes) => {
        both(
          api,
          readsOf(bytes, [...sizes, 10_000]).map((read) => ({ ...read, tNs: (read.n + 2) * MS })),
        );
      }),
      { numRuns: 3 },
    );
  }
});

const chat = (...deltas: readonly unknown[]): string =>
  deltas
    .map((delta) => `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta }] })}\n\n`)
    .concat('data: [DONE]\n\n')
    .join('');
const named = (...events: readonly { readonly type: string }[]): string =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
const tool = (call: unknown) => ({ tool_calls: [{ index: 0, ...(call as object) }] });
const input = (partial_json: string) => ({
  type: 'content_block_delta',
  index: 0,
  delta: { type: 'input_json_delta', partial_json },
});

const MADE: readonly { readonly name: string; readonly api: Api; readonly bytes: Uint8Array }[] = [
  ['a refusal', 'chat_completions', chat({ role: 'assistant' }, { refusal: '' }, { refusal: 'I will not 🛑.' })],
  [
    'a call whose id comes first, then its name, then its arguments',
    'chat_completions',
    chat(
      tool({ id: 'a', type: 'function', function: {} }),
      tool({ function: { name: '', arguments: '' } }),
      tool({ function: { name: 'f' } }),
      tool({ function: { arguments: '{}' } }),
    ),
  ],
  [
    'a call without a name',
    'chat_completions',
    chat(tool({ id: 'a', function: { arguments: '' } }), tool({ function: { arguments: '{' } })),
  ],
  [
    'text and a call in one event',
    'chat_completions',
    chat({ role: 'assistant', content: '' }, { content: 'So', ...tool({ id: 'a', function: { name: 'f' } }) }),
  ],
  [
    'a call whose first piece of arguments is empty',
    'messages',
    named(
      { type: 'message_start', message: { id: 'm', model: 'c', content: [] } } as never,
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
      } as never,
      input(''),
      input('{"a":1}'),
      { type: 'message_stop' },
    ),
  ],
  [
    'a refusal',
    'responses',
    named(
      { type: 'response.created', response: { id: 'r' } } as never,
      {
        type: 'response.refusal.delta',
        output_index: 0,
        item_id: 'i',
        content_index: 0,
        delta: 'No.',
      } as never,
    ),
  ],
].map(([name, api, body]) => ({ name: `${api}: ${name}`, api: api as Api, bytes: bytesOf(body!) }));

/** Between two events; slow enough that a few of them have a pace. */
const PACE_NS = 25 * MS;

test.each([...MADE, ...wireFixtures()])('event after event: $name', ({ api, bytes }) => {
  // A read ends with each event, as a server sends them.
  const ends = [
    ...Buffer.from(bytes)
      .toString('latin1')
      .matchAll(/\r?\n\r?\n/g),
  ].map(({ index, 0: blank }) => index + blank.length);
  if (ends.at(-1) !== bytes.length) ends.push(bytes.length);
  const reads = ends.map((end, n): Read => ({
    n,
    tNs: (n + 1) * PACE_NS,
    offset: ends[n - 1] ?? 0,
    bytes: bytes.subarray(ends[n - 1] ?? 0, end),
  }));
  const arrivals = reads.map(({ tNs }, n) => ({ end: ends[n]!, tNs }));
  const { tokensPerSecond, ...rest } = both(api, reads);
  const { tokensPerSecond: pace, ...truth } = numbersOfBytes(api, bytes, arrivals);
  expect(rest).toMatchObject(truth);
  if (typeof pace === 'number') expect(tokensPerSecond).toBeCloseTo(pace, 6);
  else expect(tokensPerSecond).toBe(pace);
});
