/** Group B of the reliability list, the payload: one test a row, named by its id. */
import { describe, expect, test } from 'vitest';
import { lint } from '../../../src/shared/compare/lint.ts';
import type { WireMessage } from '../../../src/shared/model/messages.ts';
import { chatBody, chunk, namedBody, runWire, type WireRun } from '../../support/wire.ts';

const notesOf = (run: WireRun, event: number): readonly string[] => run.summaries[event]?.notes ?? [];
const of = <Type extends WireMessage['message_type']>(
  run: WireRun,
  type: Type,
): Extract<WireMessage, { message_type: Type }>[] =>
  run.messages.filter(
    (message): message is Extract<WireMessage, { message_type: Type }> => message.message_type === type,
  );
const call = (index: number | undefined, fn: Record<string, unknown>, id?: string): Record<string, unknown> =>
  chunk({
    tool_calls: [
      { ...(index !== undefined && { index }), ...(id !== undefined && { id, type: 'function' }), function: fn },
    ],
  });
/** What lies innermost. */
function deepestIn(value: unknown): unknown {
  let inner = value;
  while (Array.isArray(inner)) inner = inner[0];
  return inner;
}
const finish = (reason: string | null): Record<string, unknown> => chunk({}, {}, { finish_reason: reason });

const start = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'c',
    content: [],
    usage: { input_tokens: 3, output_tokens: 1 },
  },
};
const textStart = (index = 0) => ({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } });
const textDelta = (text: string, index = 0) => ({
  type: 'content_block_delta',
  index,
  delta: { type: 'text_delta', text },
});
const stop = (index = 0) => ({ type: 'content_block_stop', index });

describe('reliability, group B', () => {
  test('B1 malformed JSON in one event is flagged at its offset and later events are read', () => {
    const first = chatBody(chunk({ content: 'a' }));
    const run = runWire(
      'chat_completions',
      `${first}data: {"id": oops}\n\n${chatBody(chunk({ content: 'b' }), '[DONE]')}`,
    );
    expect(run.summaries[1]).toMatchObject({ start: first.length, kind: 'unknown' });
    expect(notesOf(run, 1)).toEqual([
      expect.stringMatching(new RegExp(`^not JSON, in the event at byte ${first.length}: `)),
    ]);
    expect(run.block('c0/text').text).toBe('ab');
    expect(of(run, 'event')).toEqual([{ message_type: 'event', type: 'message', known: false, value: '{"id": oops}' }]);
  });

  test.each(['{"id":1', '{}{}', '{} x'])('B2 truncated JSON, two values, trailing garbage: %s', (data) => {
    const run = runWire('chat_completions', chatBody(data, chunk({ content: 'b' })));
    expect(notesOf(run, 0)).toEqual([expect.stringMatching(/^not JSON/)]);
    expect(run.block('c0/text').text).toBe('b');
  });

  test.each(['chat_completions', 'responses', 'messages'] as const)(
    'B3 JSON that is null, a number, a string or an array: %s',
    (api) => {
      for (const data of ['null', '7', '"text"', '[{}]', 'true']) {
        const run = runWire(api, `event: message_start\ndata: ${data}\n\n`);
        expect(notesOf(run, 0)).toContain('the data is JSON but not an object');
        expect(run.outcome.blocks).toEqual([]);
      }
    },
  );

  test('B4 choices missing, null or empty, delta null, usage only: metadata events', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    const run = runWire(
      'chat_completions',
      chatBody({ id: 'x' }, { id: 'x', choices: null }, { id: 'x', choices: [] }, chunk(null), {
        id: 'x',
        choices: [],
        usage,
      }),
    );
    expect(run.summaries.map(({ kind }) => kind)).toEqual(['meta', 'meta', 'meta', 'start', 'usage']);
    expect(run.outcome.blocks).toEqual([]);
    expect(run.outcome.usage).toEqual({ input: 1, output: 2, total: 3, raw: [usage] });
  });

  test('B5 unknown event types and fields are kept raw', () => {
    const odd = { type: 'response.hologram.delta', sequence_number: 1, beam: { a: [1] } };
    expect(of(runWire('responses', namedBody(odd)), 'event')).toEqual([
      { message_type: 'event', type: 'response.hologram.delta', known: false, value: odd },
    ]);
    const run = runWire(
      'messages',
      namedBody(
        start,
        { type: 'future_event', x: 1 },
        { type: 'content_block_start', index: 0, content_block: { type: 'hologram', beam: 2 } },
        { type: 'content_block_delta', index: 0, delta: { type: 'beam_delta', beam: 3 } },
      ),
    );
    expect(run.block('b0')).toMatchObject({
      kind: 'other',
      type: 'hologram',
      attachments: [
        { type: 'hologram', value: { type: 'hologram', beam: 2 } },
        { type: 'beam_delta', value: { type: 'beam_delta', beam: 3 } },
      ],
    });
    const chat = runWire(
      'chat_completions',
      chatBody(
        chunk({ content: 'a', mood: 'calm' }, { citations: ['u'] }),
        chunk({ content: 'b', mood: 'calm' }, { citations: ['u'] }),
      ),
    );
    expect(of(chat, 'event')).toEqual([
      { message_type: 'event', type: 'citations', known: false, value: ['u'] },
      { message_type: 'event', type: 'delta.mood', known: false, value: 'calm' },
    ]);
    expect(chat.outcome.accumulated).toMatchObject({
      citations: ['u'],
      choices: [{ message: { mood: 'calm', content: 'ab' } }],
    });
  });

  test('B6 event name and type differ: the type is read, a note says both', () => {
    const run = runWire(
      'messages',
      `event: message_start\ndata: ${JSON.stringify(start)}\n\nevent: content_block_stop\ndata: ${JSON.stringify(textStart())}\n\n`,
    );
    expect(run.summaries[1]).toMatchObject({
      type: 'content_block_start',
      notes: ['the event is named content_block_stop, its data says content_block_start'],
    });
    expect(run.block('b0').kind).toBe('text');
  });

  test('B7 each violation of order is noted and nothing is reordered', () => {
    const run = runWire(
      'messages',
      namedBody(
        textDelta('early'),
        start,
        stop(4),
        textStart(2),
        textDelta('a', 2),
        stop(2),
        textDelta('late', 2),
        start,
        textStart(2),
        textDelta('b', 2),
      ),
    );
    expect(notesOf(run, 0)).toContain('a delta before content_block_start');
    expect(notesOf(run, 2)).toContain('content_block_stop without content_block_start');
    expect(notesOf(run, 6)).toContain('b2 was closed before this delta');
    expect(notesOf(run, 7)).toContain('a second message_start: the SDK ends here, the wire lane starts a new message');
    expect(run.outcome.blocks.map(({ block, text }) => [block, text])).toEqual([
      ['b0', 'early'],
      ['b2', 'alate'],
      ['b2.2', 'b'],
    ]);
  });

  test('B7 gaps of the index and blocks that overlap are remarked on, and each block has its own', () => {
    const run = runWire(
      'messages',
      namedBody(start, textStart(0), textStart(2), textDelta('a'), textDelta('c', 2), textDelta('b'), stop(0), stop(2)),
    );
    expect(run.outcome.blocks.map(({ block, text }) => [block, text])).toEqual([
      ['b0', 'ab'],
      ['b2', 'c'],
    ]);
    expect(lint(run).map(({ rule, event }) => [rule, event])).toEqual(
      expect.arrayContaining([
        ['blocks-overlap', 2],
        ['index-gap', 2],
      ]),
    );
  });

  describe('B8 tool calls', () => {
    test('B8 parallel calls interleaved, same index with another id, are kept apart', () => {
      const run = runWire(
        'chat_completions',
        chatBody(
          call(0, { name: 'f', arguments: '{"a":' }, 'a'),
          call(1, { name: 'g', arguments: '{"b"' }, 'b'),
          call(0, { arguments: '1}' }),
          call(1, { arguments: ':2}' }),
          call(0, { name: 'h', arguments: '{}' }, 'c'),
          finish('tool_calls'),
          '[DONE]',
        ),
      );
      expect(
        run.outcome.blocks.map(({ block, name, tool_call_id, text, closed, valid }) => [
          block,
          name,
          tool_call_id,
          text,
          closed,
          valid,
        ]),
      ).toEqual([
        ['c0/tool0', 'f', 'a', '{"a":1}', true, true],
        ['c0/tool1', 'g', 'b', '{"b":2}', true, true],
        ['c0/tool0.2', 'h', 'c', '{}', true, true],
      ]);
      expect(notesOf(run, 4)).toContain('index 0 comes again with another id: another call');
    });

    test('B8 arguments before name, name twice, name in pieces, name changed', () => {
      const run = runWire(
        'chat_completions',
        chatBody(
          call(0, { arguments: '{' }, 'a'),
          call(0, { name: 'late', arguments: '}' }),
          call(1, { name: 'same', arguments: '{' }, 'b'),
          call(1, { name: 'same', arguments: '}' }),
          call(2, { name: 'get_' }, 'c'),
          call(2, { name: 'time', arguments: '{}' }),
          call(3, { name: 'one', arguments: '{}' }),
          call(3, { name: 'two', arguments: '{}' }),
          finish('tool_calls'),
        ),
      );
      expect(run.outcome.blocks.map(({ name, text }) => [name, text])).toEqual([
        ['late', '{}'],
        ['same', '{}'],
        ['get_time', '{}'],
        ['one', '{}'],
        ['two', '{}'],
      ]);
      expect(notesOf(run, 3)).toEqual(['the tool name is repeated']);
      expect(notesOf(run, 5)).toEqual(["the tool's name comes in pieces: get_ + time"]);
      expect(notesOf(run, 7)).toEqual(['another name after the arguments began: taken as another call']);
      // Nothing is lost of what came: each fragment keeps its own name.
      expect(of(run, 'tool_call_message').map(({ tool_call }) => tool_call.name)).toEqual([
        null,
        'late',
        'same',
        'same',
        'get_',
        'time',
        'one',
        'two',
      ]);
    });

    test('B8 id missing, index missing, arguments empty, not JSON, or an object', () => {
      const run = runWire(
        'chat_completions',
        chatBody(
          call(0, { name: 'noid', arguments: '' }),
          call(undefined, { name: 'first', arguments: '{not' }, 'x'),
          call(undefined, { name: 'second', arguments: { k: 1 } }, 'y'),
          finish('tool_calls'),
        ),
      );
      expect(
        run.outcome.blocks.map(({ name, tool_call_id, text, valid }) => [name, tool_call_id, text, valid]),
      ).toEqual([
        ['noid', null, '', null],
        ['first', 'x', '{not', false],
        ['second', 'y', '{"k":1}', true],
      ]);
    });
  });

  test('B9 120,000 one-character deltas, and 1 MB of arguments in 20-byte deltas, are whole', () => {
    const text = 'x'.repeat(120_000);
    const chars = runWire(
      'messages',
      namedBody(start, textStart(), ...Array.from(text, (char) => textDelta(char)), stop()),
    );
    expect(chars.block('b0').text).toBe(text);
    const value = JSON.stringify({ body: 'y'.repeat(1_000_000) });
    const pieces = value.match(/.{1,20}/gs)!.map((partial_json) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json },
    }));
    const tool = runWire(
      'messages',
      namedBody(
        start,
        { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'f', input: {} } },
        ...pieces,
        stop(),
      ),
    );
    expect(tool.block('b0')).toMatchObject({ text: value, valid: true });
  });

  test('B10 an escape, a surrogate pair and a character split between two deltas join', () => {
    const raw = (text: string): string => `data: {"choices":[{"index":0,"delta":{"content":"${text}"}}]}\n\n`;
    const run = runWire('chat_completions', raw('a\\\\') + raw('n\\ud83d') + raw('\\ude00e') + raw('\\u0301'));
    expect(run.block('c0/text').text).toBe('a\\n😀e\u0301');
    expect(run.summaries.map(({ chars }) => chars)).toEqual([2, 2, 2, 1]);
  });

  test('B11 a lone surrogate at the end is kept', () => {
    const run = runWire('chat_completions', 'data: {"choices":[{"index":0,"delta":{"content":"a\\ud83d"}}]}\n\n');
    expect(run.block('c0/text').text).toBe('a\ud83d');
  });

  test('B12 large integers, -0 and duplicate keys in arguments stay text', () => {
    const args = '{"n":12345678901234567890,"m":1e400,"z":-0,"k":1,"k":2}';
    const run = runWire(
      'chat_completions',
      chatBody(call(0, { name: 'f', arguments: args }, 'a'), finish('tool_calls')),
    );
    expect(run.block('c0/tool0')).toMatchObject({ text: args, valid: true });
    expect(run.outcome.accumulated).toMatchObject({
      choices: [{ message: { tool_calls: [{ function: { arguments: args } }] } }],
    });
  });

  test('B13 keys of the object prototype are plain data', () => {
    const hostile =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"toString":1,"hasOwnProperty":2,"then":3,"length":-1';
    for (const [api, body] of [
      [
        'chat_completions',
        `data: ${hostile},"id":"x","choices":[${hostile},"index":0,"delta":${hostile},"content":"hi"}}]}\n\n`,
      ],
      [
        'messages',
        `event: message_start\ndata: ${hostile},"type":"message_start","message":${hostile},"usage":${hostile}}}}\n\nevent: message_delta\ndata: {"type":"message_delta","delta":${hostile}},"usage":${hostile}}}\n\n`,
      ],
      [
        'responses',
        `data: ${hostile},"type":"constructor.delta"}\n\ndata: ${hostile},"type":"response.output_item.added","output_index":0,"item":${hostile},"type":"__proto__"}}\n\n`,
      ],
    ] as const) {
      const { outcome } = runWire(api, body);
      expect(({} as { polluted?: number }).polluted).toBeUndefined();
      expect((JSON.parse(JSON.stringify(outcome)) as { polluted?: number }).polluted).toBeUndefined();
      expect(Object.getPrototypeOf(outcome.accumulated ?? {})).toBe(Object.prototype);
    }
  });

  test('B14 an event that nests too deep is read, what lies deeper travels as text, and what follows is read as well', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    const event = (depth: number): string =>
      `{"choices":[{"index":0,"delta":{"content":"a","odd":${nested(depth)}}}],"error":null}`;
    const shallow = runWire('chat_completions', chatBody(event(200)));
    expect([shallow.block('c0/text').text, notesOf(shallow, 0)]).toEqual(['a', []]);
    for (const depth of [2_000, 100_000, 5_000_000]) {
      const run = runWire(
        'chat_completions',
        chatBody(event(depth), chunk({ content: 'b' }), finish('stop'), '[DONE]'),
      );
      expect([run.block('c0/text').text, run.outcome.limit, run.ending.state]).toEqual(['ab', undefined, 'complete']);
      expect(notesOf(run, 0)).toEqual(['nests deeper than 256 levels: what lies deeper is shown as text']);
      const [odd] = of(run, 'event').filter(({ type }) => type.endsWith('odd'));
      // Four levels are around it.
      expect(deepestIn(odd?.value) === nested(depth - 253)).toBe(true);
      expect(() => JSON.stringify(structuredClone(run.emissions))).not.toThrow();
    }
    const failed = runWire('chat_completions', chatBody(`{"odd":${nested(3_000)},"error":{"message":"Overloaded"}}`));
    expect(failed.ending.state).toBe('provider-error');
    const cut = runWire('chat_completions', chatBody(`{"odd":${'['.repeat(20_000)}`, chunk({ content: 'b' })));
    expect([cut.block('c0/text').text, notesOf(cut, 0)]).toEqual(['b', [expect.stringMatching(/^not JSON/)]]);
    // What is no object is read as far as it may, too.
    for (const name of ['', 'event: error\n']) {
      const list = '['.repeat(5_000) + ']'.repeat(5_000);
      const run = runWire(
        'chat_completions',
        `${chatBody(chunk({ content: 'a' }))}${name}data: ${list}\n\n${chatBody(chunk({ content: 'b' }))}`,
      );
      expect(run.outcome.limit).toBeUndefined();
      expect(run.block('c0/text').text).toBe('ab');
      expect(() => JSON.stringify(structuredClone(run.emissions))).not.toThrow();
    }
    // Arguments are text and may nest as they like; their value is left as text where it could not travel.
    const deep = '['.repeat(5_000) + ']'.repeat(5_000);
    const run = runWire(
      'messages',
      namedBody(
        start,
        { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'f', input: {} } },
        { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: deep } },
        stop(),
      ),
    );
    expect(run.block('b0')).toMatchObject({ text: deep, valid: true });
    expect(run.outcome.accumulated).toMatchObject({ content: [{ input: deep }] });
  });

  test('B15 an object of a million keys and an array of a million elements are read, and what follows them', () => {
    const million = Array.from({ length: 1_000_000 }, (_, i) => i);
    const wide = `{"type":"response.wide","object":{${million.map((i) => `"k${i}":${i}`).join()}},"array":[${million.join()}]}`;
    const run = runWire('responses', `data: ${wide}\n\n${namedBody({ type: 'response.narrow' })}`);
    expect(of(run, 'event').map(({ type, known }) => [type, known])).toEqual([
      ['response.wide', false],
      ['response.narrow', false],
    ]);
    const value = of(run, 'event')[0]!.value as { readonly object: object; readonly array: readonly unknown[] };
    expect([Object.keys(value.object).length, value.array.length]).toEqual([1_000_000, 1_000_000]);
    expect(run.outcome.limit).toBeUndefined();
  });

  describe('B16 errors', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    test.each([
      ['first', [error, start, textStart(), textDelta('a'), stop(), { type: 'message_stop' }]],
      ['in the middle', [start, textStart(), textDelta('a'), error, textDelta('b'), stop(), { type: 'message_stop' }]],
      ['last', [start, textStart(), textDelta('a'), stop(), { type: 'message_stop' }, error]],
      ['twice', [start, error, textStart(), textDelta('a'), error, { type: 'message_stop' }]],
    ] as const)('B16 an Anthropic error %s: provider-error, text kept, never cleared', (_where, events) => {
      const run = runWire(
        'messages',
        namedBody(...(events as unknown as ({ type: string } & Record<string, unknown>)[])),
      );
      expect(run.ending.state).toBe('provider-error');
      expect(run.outcome.errors[0]).toMatchObject({ message: 'Overloaded', type: 'overloaded_error' });
      expect(run.block('b0').text).toContain('a');
    });

    test('B16 an error member in chat data; a bare sentence named error', () => {
      const run = runWire(
        'chat_completions',
        chatBody(
          chunk({ content: 'a' }),
          { error: { message: 'Rate limit', type: 'tokens', code: 429 } },
          chunk({ content: 'b' }),
          finish('stop'),
          '[DONE]',
        ),
      );
      expect(run.outcome.errors).toEqual([{ message: 'Rate limit', type: 'tokens', code: '429', event: 1 }]);
      expect(run.block('c0/text').text).toBe('ab');
      expect(run.ending.state).toBe('provider-error');
      expect(runWire('chat_completions', 'event: error\ndata: upstream died\n\n').outcome.errors[0]).toMatchObject({
        message: 'upstream died',
        event: 0,
      });
    });

    test('B16 Responses: error then response.failed is one error; response.incomplete is none, as a length stop of the other APIs', () => {
      const failure = { code: 'server_error', message: 'It broke.' };
      const failed = runWire(
        'responses',
        namedBody(
          { type: 'response.created', response: { id: 'r', status: 'in_progress', output: [] } },
          { type: 'error', error: failure },
          { type: 'response.failed', response: { id: 'r', status: 'failed', error: failure, output: [] } },
        ),
      );
      expect(failed.outcome.errors).toEqual([{ message: 'It broke.', type: null, code: 'server_error', event: 1 }]);
      expect(failed.outcome.finish).toEqual([{ choice: 0, unified: 'error', raw: 'failed' }]);
      expect(failed.ending.state).toBe('provider-error');
      const cut = runWire(
        'responses',
        namedBody(
          { type: 'response.created', response: { id: 'r', output: [] } },
          {
            type: 'response.incomplete',
            response: {
              id: 'r',
              status: 'incomplete',
              incomplete_details: { reason: 'max_output_tokens' },
              output: [],
            },
          },
        ),
      );
      expect(cut.outcome.finish).toEqual([{ choice: 0, unified: 'length', raw: 'max_output_tokens' }]);
      expect(cut.outcome.errors).toEqual([]);
      expect(cut.ending.state).toBe('complete');
    });
  });

  test.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['content_filter', 'content_filter'],
    ['refusal', 'refusal'],
    ['tool_calls', 'tool_use'],
    ['because', 'other'],
    ['constructor', 'other'],
    [null, null],
  ])('B17 finish reason %s is shown as it came', (raw, unified) => {
    const run = runWire('chat_completions', chatBody(chunk({ content: 'a' }), finish(raw), '[DONE]'));
    expect(run.outcome.finish).toEqual(raw === null ? [] : [{ choice: 0, unified, raw }]);
    expect(run.ending.state).toBe('complete');
  });

  test('B18 usage absent, cumulative, decreasing, negative, null: the last number wins, nothing is added or guessed', () => {
    expect(runWire('chat_completions', chatBody(chunk({ content: 'a' }), '[DONE]')).outcome.usage).toBeUndefined();
    const usages = [
      { completion_tokens: 5, prompt_tokens: 2 },
      { completion_tokens: 9, prompt_tokens: null },
      { completion_tokens: -1 },
      { completion_tokens: 0, total_tokens: null },
    ];
    const run = runWire(
      'chat_completions',
      chatBody(...usages.map((usage) => chunk({ content: 'a' }, { usage })), '[DONE]'),
    );
    expect(run.outcome.usage).toEqual({ input: 2, output: 0, total: null, raw: usages });
    const messages = runWire(
      'messages',
      namedBody(
        {
          ...start,
          message: {
            ...start.message,
            usage: { input_tokens: 12, cache_read_input_tokens: 100, cache_creation_input_tokens: 3, output_tokens: 1 },
          },
        },
        {
          type: 'message_delta',
          delta: { stop_reason: 'end_turn' },
          usage: { output_tokens: 57, input_tokens: null, output_tokens_details: { thinking_tokens: 20 } },
        },
      ),
    );
    expect(messages.outcome.usage).toMatchObject({
      input: 115,
      cachedInput: 100,
      cacheWrite: 3,
      output: 57,
      reasoning: 20,
    });
  });

  test('B19 a 20 MB image in one event is kept by size, with a short preview', () => {
    const partial = {
      type: 'response.image_generation_call.partial_image',
      output_index: 0,
      partial_image_b64: 'A'.repeat(20_000_000),
    };
    const run = runWire(
      'responses',
      namedBody(
        { type: 'response.created', response: { id: 'r', output: [] } },
        { type: 'response.output_item.added', output_index: 0, item: { type: 'image_generation_call', id: 'i' } },
        partial,
      ),
    );
    expect(run.block('o0').attachments?.at(-1)).toEqual({ type: 'partial_image', value: partial });
    expect(run.summaries[2]!.preview.length).toBeLessThanOrEqual(200);
  });

  test('B20 several choices, a model switch and log probabilities, each in its place', () => {
    const logprobs = { content: [{ token: 'a', logprob: -1, bytes: [97], top_logprobs: [] }], refusal: null };
    const run = runWire(
      'chat_completions',
      chatBody(
        chunk({ role: 'assistant', content: 'a' }, {}, { logprobs }),
        chunk({ content: 'x' }, {}, { index: 1 }),
        chunk({ content: 'b' }, { model: 'fallback' }, { logprobs }),
        chunk({ content: 'y' }, {}, { index: 1 }),
        finish('stop'),
        chunk({}, {}, { index: 1, finish_reason: 'length' }),
        '[DONE]',
      ),
    );
    expect(run.outcome.blocks.map(({ block, choice, text }) => [block, choice, text])).toEqual([
      ['c0/text', 0, 'ab'],
      ['c1/text', 1, 'xy'],
    ]);
    expect(run.outcome.finish).toEqual([
      { choice: 0, unified: 'stop', raw: 'stop' },
      { choice: 1, unified: 'length', raw: 'length' },
    ]);
    expect(notesOf(run, 2)).toEqual(['the model changes from m to fallback']);
    expect(run.block('c0/text').attachments).toEqual([
      { type: 'logprobs', value: logprobs },
      { type: 'logprobs', value: logprobs },
    ]);
    expect(run.outcome.accumulated).toMatchObject({
      choices: [{ logprobs: { content: [{ token: 'a' }, { token: 'a' }] } }, { message: { content: 'xy' } }],
    });
  });
});
