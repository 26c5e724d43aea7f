/** What the wire lane makes of each API's content, in detail. */
import { describe, expect, test } from 'vitest';
import { MAX_BLOCKS } from '../../../src/shared/wire/limits.ts';
import { createWireLane } from '../../../src/shared/wire/wire-lane.ts';
import { providerOf } from '../../../src/shared/providers/registry.ts';
import { wireFixture } from '../../support/fixtures.ts';
import { chatBody, chunk, namedBody, runWire } from '../../support/wire.ts';

const finish = (reason: string): Record<string, unknown> => chunk({}, {}, { finish_reason: reason });

describe('framing as the wire takes it', () => {
  test.each([
    ['[DONE]', true],
    [' [DONE]', false],
    ['[DONE] ', false],
    ['"[DONE]"', false],
    ['[done]', false],
  ])('A23 %j ends the stream: %s', (data, ends) => {
    // One space after the colon belongs to the framing.
    const run = runWire('chat_completions', `${chatBody(chunk({ content: 'a' }))}data: ${data}\n\n`);
    expect(run.outcome.terminated).toBe(ends);
    if (!ends) expect(run.summaries[1]?.notes).toContain('only the exact [DONE] ends the stream');
  });

  test('A23 two terminators end the stream once, and the second is noted; none is no end', () => {
    const twice = runWire('chat_completions', chatBody(chunk({ content: 'a' }), '[DONE]', '[DONE]'));
    expect([twice.outcome.terminated, twice.ending.state, twice.block('c0/text').text]).toEqual([
      true,
      'complete',
      'a',
    ]);
    expect(twice.summaries[2]?.notes).toEqual(['after [DONE]: not read']);
    const none = runWire('chat_completions', chatBody(chunk({ content: 'a' })));
    expect([none.outcome.terminated, none.ending.state]).toEqual([false, 'truncated']);
  });

  test('A24 data after the terminator: OpenAI readers stop, Anthropic readers append; both are noted', () => {
    const chat = runWire(
      'chat_completions',
      chatBody(chunk({ content: 'a' }), '[DONE]', chunk({ content: 'ZZ' }), '[DONE]'),
    );
    expect(chat.block('c0/text').text).toBe('a');
    expect(chat.summaries.slice(2).map(({ notes }) => notes)).toEqual([
      ['after [DONE]: not read'],
      ['after [DONE]: not read'],
    ]);
    const messages = runWire(
      'messages',
      namedBody(
        { type: 'message_start', message: { id: 'm', content: [] } },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'message_stop' },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ZZ' } },
      ),
    );
    expect(messages.block('b0').text).toBe('ZZ');
    expect(messages.summaries[3]?.notes).toEqual(['after the terminator']);
  });

  test('A7 and A8: an empty event is flagged, a frame without data is no event, an unnamed Anthropic event is read', () => {
    const run = runWire(
      'messages',
      `data:\n\nevent: ping\n\ndata: ${JSON.stringify({ type: 'message_start', message: { id: 'm', content: [] } })}\n\n`,
    );
    expect(run.summaries.map(({ notes }) => notes)).toEqual([
      ['empty event'],
      ['no data line: not an event by the standard'],
      ['no event name: the Anthropic SDK drops this event'],
    ]);
    expect(run.outcome.id).toBe('m');
  });

  test('A13 an event without its blank line is not taken', () => {
    const run = runWire('chat_completions', chatBody(chunk({ content: 'a' })) + 'data: [DONE]\n');
    expect(run.unfinished).toBe(true);
    expect(run.outcome.terminated).toBe(false);
  });
});

describe('limits end the lane with an error message', () => {
  test('more blocks than MAX_BLOCKS', () => {
    const blocks = Array.from({ length: MAX_BLOCKS + 1 }, (_, index) => ({
      type: 'content_block_start',
      index,
      content_block: { type: 'text', text: '' },
    }));
    const run = runWire(
      'messages',
      namedBody({ type: 'message_start', message: { content: [] } }, ...blocks, { type: 'message_stop' }),
    );
    expect(run.outcome.blocks).toHaveLength(MAX_BLOCKS);
    expect(run.outcome.limit).toMatch(/more than 65536 content blocks/);
    expect(run.outcome).toMatchObject({ terminated: false, errors: [{ type: 'limit', event: MAX_BLOCKS + 1 }] });
    expect(run.summaries.at(-1)?.notes).toEqual(['not read: the lane ended at a limit']);
  });

  test("the framer's limit on one event", () => {
    const lane = createWireLane(providerOf('chat_completions').wire);
    const emitted = lane.take({ type: 'limit', start: 0, end: 9, read: 0, tNs: 0, text: 'The event is too long.' });
    expect(emitted).toMatchObject([
      {
        ordinal: 0,
        event: null,
        message: { message_type: 'error', error: { message: 'The event is too long.', type: 'limit' } },
      },
    ]);
    expect(lane.outcome().outcome.limit).toBe('The event is too long.');
  });
});

describe('Chat Completions', () => {
  test('runs of text, reasoning and refusal; interleaved calls close with the finish reason', () => {
    const run = runWire('chat_completions', wireFixture('chat-parallel-tools.sse'));
    expect(
      run.outcome.blocks.map(({ block, kind, text, closed, valid, firstEvent, lastEvent }) => [
        block,
        kind,
        text,
        closed,
        valid,
        firstEvent,
        lastEvent,
      ]),
    ).toEqual([
      ['c0/reasoning_content', 'reasoning', 'Two cities, two calls.', true, undefined, 0, 1],
      ['c0/text', 'text', 'One moment.', true, undefined, 2, 2],
      ['c0/tool0', 'tool', '{"city":"Bergen"}', true, true, 3, 7],
      ['c0/tool1', 'tool', '{"city":"Oslo"}', true, true, 5, 8],
    ]);
    expect(run.outcome).toMatchObject({
      id: 'chatcmpl-tl1',
      model: 'tl-model-1',
      service_tier: 'default',
      terminated: true,
      errors: [],
      usage: { input: 21, cachedInput: 8, output: 9, reasoning: 0, total: 30 },
    });
    expect(run.outcome.finish).toEqual([{ choice: 0, unified: 'tool_use', raw: 'tool_calls' }]);
    expect(run.summaries.map(({ kind }) => kind)).toEqual([
      'reasoning',
      'reasoning',
      'text',
      'tool',
      'tool',
      'tool',
      'tool',
      'tool',
      'tool',
      'finish',
      'usage',
      'done',
    ]);
    expect(run.summaries[4]).toMatchObject({
      type: 'chat.completion.chunk',
      target: 'choice 0',
      block: 'c0/tool0',
      preview: '{"city":',
      chars: 8,
    });
  });

  test('text before and after a call are two blocks', () => {
    const call = chunk({
      tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{' } }],
    });
    const rest = chunk({ tool_calls: [{ index: 0, function: { arguments: '}' } }] });
    const run = runWire(
      'chat_completions',
      chatBody(
        chunk({ content: 'a' }),
        call,
        chunk({ content: '' }),
        chunk({ content: 'b' }),
        rest,
        finish('tool_calls'),
      ),
    );
    expect(run.outcome.blocks.map(({ block, text }) => [block, text])).toEqual([
      ['c0/text', 'a'],
      ['c0/tool0', '{}'],
      ['c0/text.2', 'b'],
    ]);
  });

  test('OpenRouter: reasoning said twice is taken once; details bring signature and encrypted data', () => {
    const run = runWire(
      'chat_completions',
      chatBody(
        chunk({
          reasoning: 'Hm',
          reasoning_content: 'Hm',
          reasoning_details: [{ type: 'reasoning.text', text: 'Hm', index: 0 }],
        }),
        chunk({ reasoning_details: [{ type: 'reasoning.text', text: ', so', signature: 'sig' }] }),
        chunk({
          reasoning_details: [
            { type: 'reasoning.summary', summary: ' in short' },
            { type: 'reasoning.encrypted', data: 'b3BhcXVl', id: 'rs' },
          ],
        }),
        chunk({ content: 'Yes' }),
        finish('stop'),
        '[DONE]',
      ),
    );
    expect(run.outcome.blocks.map(({ block, kind, text, signature }) => [block, kind, text, signature])).toEqual([
      ['c0/reasoning_content', 'reasoning', 'Hm', undefined],
      ['c0/reasoning_details', 'reasoning', ', so in short', 'sig'],
      ['c0/reasoning.encrypted', 'redacted_reasoning', 'b3BhcXVl', undefined],
      ['c0/text', 'text', 'Yes', undefined],
    ]);
    expect(run.summaries[0]?.notes).toEqual(['reasoning repeats the reasoning of another field']);
    expect(run.messages.find(({ message_type }) => message_type === 'hidden_reasoning_message')).toMatchObject({
      state: 'encrypted',
      hidden_reasoning: 'b3BhcXVl',
    });
  });

  describe('LiteLLM: the thinking of Anthropic, with its signature', () => {
    const thinking = (text: string, signature = '') => ({
      thinking_blocks: [{ type: 'thinking', thinking: text, signature }],
    });
    const plain = (text: string) => ({ reasoning_content: text, ...thinking(text) });
    const signed = thinking('', 'sig');
    test.each<readonly [string, readonly object[], readonly (readonly unknown[])[]]>([
      [
        'in a delta of its own',
        [plain('I th'), plain('ink'), { content: '', ...signed }, { content: 'Hi' }],
        [
          ['c0/reasoning_content', 'reasoning', 'I think', 'sig'],
          ['c0/text', 'text', 'Hi', undefined],
        ],
      ],
      [
        'in the delta of the text that follows',
        [plain('I think'), { content: 'Hi', ...signed }],
        [
          ['c0/reasoning_content', 'reasoning', 'I think', 'sig'],
          ['c0/text', 'text', 'Hi', undefined],
        ],
      ],
      [
        'after the text began',
        [plain('I think'), { content: 'Hi' }, signed, { content: ' you' }],
        [
          ['c0/reasoning_content', 'reasoning', 'I think', 'sig'],
          ['c0/text', 'text', 'Hi you', undefined],
        ],
      ],
      [
        'after a call',
        [plain('I think'), { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] }, signed],
        [
          ['c0/reasoning_content', 'reasoning', 'I think', 'sig'],
          ['c0/tool0', 'tool', '{}', undefined],
        ],
      ],
      [
        'without a plain field beside it',
        [thinking('I th'), thinking('ink'), signed, { content: 'Hi' }],
        [
          ['c0/thinking_blocks', 'reasoning', 'I think', 'sig'],
          ['c0/text', 'text', 'Hi', undefined],
        ],
      ],
      [
        'of each of two',
        [plain('one'), signed, { content: 'A' }, plain('two'), thinking('', 'sig 2'), { content: 'B' }],
        [
          ['c0/reasoning_content', 'reasoning', 'one', 'sig'],
          ['c0/text', 'text', 'A', undefined],
          ['c0/reasoning_content.2', 'reasoning', 'two', 'sig 2'],
          ['c0/text.2', 'text', 'B', undefined],
        ],
      ],
      [
        'that was redacted',
        [{ thinking_blocks: [{ type: 'redacted_thinking', data: 'b3BhcXVl' }] }, { content: 'Hi' }],
        [
          ['c0/redacted_thinking', 'redacted_reasoning', 'b3BhcXVl', undefined],
          ['c0/text', 'text', 'Hi', undefined],
        ],
      ],
    ])('%s', (_what, deltas, blocks) => {
      const run = runWire(
        'chat_completions',
        chatBody(...deltas.map((delta) => chunk(delta)), finish('stop'), '[DONE]'),
      );
      expect(run.outcome.blocks.map(({ block, kind, text, signature }) => [block, kind, text, signature])).toEqual(
        blocks,
      );
    });
  });

  test("Mistral's parts, annotations, audio, and the function_call of old", () => {
    const run = runWire(
      'chat_completions',
      chatBody(
        chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'T' }] }] }),
        chunk({
          content: [
            { type: 'text', text: 'A' },
            { type: 'image_url', image_url: 'x' },
          ],
        }),
        chunk({ annotations: [{ type: 'url_citation', url: 'u' }] }),
        chunk({ audio: { id: 'au', transcript: 'he' } }),
        chunk({ audio: { data: 'AAAA' } }),
        chunk({ audio: { transcript: 'llo' } }),
        chunk({ audio: { expires_at: 9 } }),
        chunk({ function_call: { name: 'f', arguments: '{"a"' } }),
        chunk({ function_call: { arguments: ':1}' } }),
        finish('function_call'),
        '[DONE]',
      ),
    );
    expect(run.outcome.blocks.map(({ block, kind, name, text, valid }) => [block, kind, name, text, valid])).toEqual([
      ['c0/thinking', 'reasoning', undefined, 'T', undefined],
      ['c0/text', 'text', undefined, 'A', undefined],
      ['c0/audio', 'text', undefined, 'hello', undefined],
      ['c0/function_call', 'tool', 'f', '{"a":1}', true],
    ]);
    expect(run.block('c0/text').attachments).toEqual([
      { type: 'annotation', value: { type: 'url_citation', url: 'u' } },
    ]);
    expect(run.messages.filter((one) => one.message_type === 'event' && one.type.startsWith('delta.audio'))).toEqual([
      { message_type: 'event', type: 'delta.audio.data', known: true, value: 'AAAA' },
    ]);
    expect(run.outcome.accumulated).toMatchObject({
      choices: [
        {
          message: {
            audio: { id: 'au', transcript: 'hello', data: 'AAAA', expires_at: 9 },
            function_call: { name: 'f', arguments: '{"a":1}' },
          },
        },
      ],
    });
  });

  const told = '{"error":{"code":429,"message":"Resource exhausted","status":"RESOURCE_EXHAUSTED"}}';
  test.each([
    ['as a message', { error: { message: told, type: 'server_error', code: 502 } }, 'server_error'],
    ['as the error', { error: told }, null],
    ['in a list', { error: { message: `[${told}]` } }, null],
    ['wrapped twice', { error: { message: JSON.stringify({ error: { message: told } }) } }, null],
  ])('a gateway gives the error that it was told as JSON text: %s', (_how, event, type) => {
    const { outcome } = runWire('chat_completions', chatBody(chunk({ content: 'a' }), event));
    expect(outcome.errors).toMatchObject([{ message: 'Resource exhausted', type, code: '429', event: 1 }]);
  });
  test.each(['{"text":', '{}', '[1]', '{"a": 1} is no schema'])('%s is a message as it stands', (message) => {
    const { outcome } = runWire('chat_completions', chatBody({ error: { message } }));
    expect(outcome.errors).toMatchObject([{ message }]);
  });

  const keptOfPadding = (obfuscation: string) =>
    runWire('chat_completions', chatBody(chunk({ content: 'a' }, { obfuscation }))).messages.filter(
      (message) => message.message_type === 'event' && message.type === 'obfuscation',
    );
  test.each(['8', 'qX', '1e4TMN7C2q0mU', 'DszueNtf', 'k3vq81zx', 'QK40ZPW2M'])(
    'the padding %s says nothing',
    (text) => {
      expect(keptOfPadding(text)).toEqual([]);
    },
  );
  test.each(['constantly', 'CONSTANTLY', '20251018', 'k3vq 81zx', 'k3vq81zxk3vq81zxk'])(
    'where padding belongs, %s is kept: it may say something',
    (text) => {
      expect(keptOfPadding(text)).toMatchObject([{ known: false, value: text }]);
    },
  );

  test('nothing becomes final when the stream is cut; [DONE] without a finish reason closes', () => {
    const call = chunk({
      tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
    });
    expect(runWire('chat_completions', chatBody(call)).block('c0/tool0')).toMatchObject({ closed: false });
    expect(runWire('chat_completions', chatBody(call, '[DONE]')).block('c0/tool0')).toMatchObject({
      closed: true,
      valid: true,
    });
  });
});

describe('Messages', () => {
  test('every kind of block, in order', () => {
    const run = runWire('messages', wireFixture('messages-mixed.sse'));
    expect(
      run.outcome.blocks.map(({ block, kind, type, name, tool_call_id, text, valid }) => [
        block,
        kind,
        type,
        name,
        tool_call_id,
        text,
        valid,
      ]),
    ).toEqual([
      ['b0', 'reasoning', 'thinking', undefined, undefined, 'Look it up, then call.', undefined],
      ['b1', 'redacted_reasoning', 'redacted_thinking', undefined, undefined, 'b3BhcXVl', undefined],
      ['b2', 'server_tool', 'server_tool_use', 'web_search', 'srvtoolu_tl1', '{"query":"tide tables"}', true],
      ['b3', 'server_tool_result', 'web_search_tool_result', undefined, undefined, '', undefined],
      ['b4', 'text', 'text', undefined, undefined, 'High water is at 14:05 🌊.', undefined],
      ['b5', 'tool', 'tool_use', 'set_alarm', 'toolu_tl1', '{"at":"13:45","label":"tide"}', true],
    ]);
    expect(run.block('b0').signature).toBe('c2ln');
    expect(run.block('b3').attachments?.[0]).toMatchObject({
      type: 'web_search_tool_result',
      value: { content: [{ title: 'Tides' }] },
    });
    expect(run.block('b4').attachments).toMatchObject([
      { type: 'citation', value: { cited_text: 'High water 14:05' } },
    ]);
    expect(run.outcome).toMatchObject({
      service_tier: 'standard',
      usage: { input: 115, output: 57 },
      finish: [{ unified: 'tool_use', raw: 'tool_use' }],
    });
  });

  test('content in message_start, and input given whole at block start', () => {
    const run = runWire(
      'messages',
      namedBody(
        {
          type: 'message_start',
          message: {
            id: 'm',
            content: [{ type: 'tool_use', id: 't0', name: 'f', input: { a: 1 } }],
            stop_reason: 'tool_use',
          },
        },
        {
          type: 'content_block_start',
          index: 1,
          content_block: { type: 'tool_use', id: 't1', name: 'g', input: { b: 2 } },
        },
        { type: 'content_block_stop', index: 1 },
        { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 't2', name: 'h', input: {} } },
        { type: 'content_block_stop', index: 2 },
        { type: 'message_stop' },
      ),
    );
    expect(run.outcome.blocks.map(({ block, text, closed, valid }) => [block, text, closed, valid])).toEqual([
      ['b0', '{"a":1}', true, true],
      ['b1', '{"b":2}', true, true],
      ['b2', '', true, null],
    ]);
    expect(run.outcome.finish).toEqual([{ choice: 0, unified: 'tool_use', raw: 'tool_use' }]);
  });

  test('two spliced messages: every block is kept, the sum is the second message', () => {
    const message = (id: string) => ({
      type: 'message_start',
      message: { id, content: [], usage: { output_tokens: 1 } },
    });
    const block = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
    const delta = (text: string) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
    const run = runWire(
      'messages',
      namedBody(
        message('one'),
        block,
        delta('a'),
        message('two'),
        block,
        delta('b'),
        { type: 'content_block_stop', index: 0 },
        { type: 'message_stop' },
      ),
    );
    expect(run.outcome.blocks.map(({ block: id, text, closed }) => [id, text, closed])).toEqual([
      ['b0', 'a', false],
      ['b0.2', 'b', true],
    ]);
    expect(run.outcome.accumulated).toMatchObject({ id: 'two', content: [{ text: 'b' }] });
  });
});

describe('Responses', () => {
  test('parts of messages and reasoning, parallel calls, a server tool, encrypted reasoning', () => {
    const run = runWire('responses', wireFixture('responses-mixed.sse'));
    expect(run.outcome.blocks.map(({ block, kind, type, text, valid }) => [block, kind, type, text, valid])).toEqual([
      ['o0/s0', 'reasoning', 'summary_text', '**Plan** the answer', undefined],
      ['o0/encrypted', 'redacted_reasoning', 'encrypted_content', 'Z0FBQUFB', undefined],
      ['o1/p0', 'text', 'output_text', 'Hello, world 🌍.', undefined],
      ['o2', 'tool', 'function_call', '{"zone":"UTC"}', true],
      ['o3', 'tool', 'function_call', '{"zone":"Asia/Tokyo"}', true],
      ['o4', 'server_tool', 'web_search_call', '{"type":"search","query":"time zones"}', null],
    ]);
    expect(run.block('o1/p0').attachments).toMatchObject([{ type: 'annotation', value: { type: 'url_citation' } }]);
    expect(run.outcome).toMatchObject({
      terminated: true,
      service_tier: 'default',
      finish: [{ unified: 'tool_use', raw: 'completed' }],
      usage: { input: 75, cachedInput: 64, output: 40, reasoning: 16, total: 115 },
    });
    expect(run.summaries.at(-1)).toMatchObject({ kind: 'done', type: 'response.completed', preview: 'completed' });
  });

  test('a server that streams no item events, and one that gives text only with the done event', () => {
    const created = { type: 'response.created', response: { id: 'r', output: [] } };
    const message = {
      type: 'message',
      id: 'm',
      content: [{ type: 'output_text', text: 'whole', annotations: [{ type: 'a' }] }],
    };
    const bare = runWire(
      'responses',
      namedBody(created, {
        type: 'response.completed',
        response: {
          id: 'r',
          status: 'completed',
          output: [message, { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' }],
        },
      }),
    );
    expect(bare.outcome.blocks.map(({ block, text, closed }) => [block, text, closed])).toEqual([
      ['o0/p0', 'whole', true],
      ['o1', '{}', true],
    ]);
    expect(bare.block('o0/p0').attachments).toEqual([{ type: 'annotation', value: { type: 'a' } }]);
    const late = runWire(
      'responses',
      namedBody(
        created,
        { type: 'response.output_item.added', output_index: 0, item: { type: 'message', id: 'm', content: [] } },
        { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'wh' },
        { type: 'response.output_item.done', output_index: 0, item: message },
      ),
    );
    expect(late.block('o0/p0').text).toBe('whole');
    expect(late.summaries[3]?.notes).toEqual(['3 characters come only with the done event']);
  });

  test('a done event that contradicts the deltas: the deltas stay, the whole is attached', () => {
    const run = runWire(
      'responses',
      namedBody(
        { type: 'response.created', response: { id: 'r', output: [] } },
        {
          type: 'response.output_item.added',
          output_index: 0,
          item: { type: 'function_call', id: 'f', call_id: 'c', name: 'f', arguments: '' },
        },
        { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"a":1}' },
        { type: 'response.function_call_arguments.done', output_index: 0, arguments: '{"a":2}' },
      ),
    );
    expect(run.block('o0')).toMatchObject({ text: '{"a":1}', attachments: [{ type: 'done', value: '{"a":2}' }] });
    expect(run.outcome.accumulated).toMatchObject({ output: [{ arguments: '{"a":2}' }] });
  });

  test('shell commands stand on lines of their own; an item that shows nothing is still a block', () => {
    const run = runWire(
      'responses',
      namedBody(
        { type: 'response.created', response: { id: 'r', output: [] } },
        { type: 'response.output_item.added', output_index: 0, item: { type: 'reasoning', id: 'rs', summary: [] } },
        { type: 'response.output_item.done', output_index: 0, item: { type: 'reasoning', id: 'rs', summary: [] } },
        {
          type: 'response.output_item.added',
          output_index: 1,
          item: { type: 'shell_call', id: 's', call_id: 'c', action: { commands: [] } },
        },
        { type: 'response.shell_call_command.added', output_index: 1, command_index: 0, command: '' },
        { type: 'response.shell_call_command.delta', output_index: 1, command_index: 0, delta: 'ls' },
        { type: 'response.shell_call_command.added', output_index: 1, command_index: 1, command: 'pwd' },
      ),
    );
    expect(run.block('o0')).toMatchObject({ kind: 'reasoning', text: '', closed: true });
    expect(run.block('o1')).toMatchObject({ kind: 'tool', text: 'ls\npwd', closed: false });
    expect(run.outcome.accumulated).toMatchObject({ output: [{}, { action: { commands: ['ls', 'pwd'] } }] });
  });
});
