/** Each rule on a stream that breaks it, and on streams that keep to the protocol. */
import { describe, expect, test } from 'vitest';
import { exampleApi, lint, rulesOf } from '../../../src/shared/compare/lint.ts';
import { ANY_API_RULES } from '../../../src/shared/lint/any-api.ts';
import {
  LINT_SEVERITIES,
  type LintExample,
  type LintProfile,
  type LintRemark,
  type LintRule,
} from '../../../src/shared/lint/rule.ts';
import { providerOf, PROVIDERS } from '../../../src/shared/providers/registry.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import { CORPUS, corpusFiles, describeWith } from '../../support/corpus.ts';
import { awsMessage, exampleBytes } from '../../support/lint-example.ts';
import { wireFixtures } from '../../support/fixtures.ts';
import { chatBody, chunk, namedBody, runWire } from '../../support/wire.ts';

function lintOf(api: Api, body: string | Uint8Array, profile?: LintProfile): readonly LintRemark[] {
  return lint(runWire(api, body), profile);
}

type Event = { readonly type: string } & Record<string, unknown>;
const mStart: Event = {
  type: 'message_start',
  message: { id: 'm', type: 'message', role: 'assistant', content: [], usage: { input_tokens: 1, output_tokens: 1 } },
};
const block = (index: number, content: Record<string, unknown> = { type: 'text', text: '' }): Event => ({
  type: 'content_block_start',
  index,
  content_block: content,
});
const delta = (index: number, inner: Record<string, unknown> = { type: 'text_delta', text: 'a' }): Event => ({
  type: 'content_block_delta',
  index,
  delta: inner,
});
const stop = (index: number): Event => ({ type: 'content_block_stop', index });
const mEnd = (reason: string | null = 'end_turn', usage: Record<string, unknown> = { output_tokens: 2 }): Event[] => [
  { type: 'message_delta', delta: { stop_reason: reason }, usage },
  { type: 'message_stop' },
];
const messages = (...events: readonly Event[]): string => namedBody(...events);

const rCreated = { type: 'response.created', response: { id: 'r', status: 'in_progress', model: 'x', output: [] } };
const rItem = { type: 'message', id: 'msg', status: 'in_progress', role: 'assistant', content: [] };
const rSaid = { ...rItem, status: 'completed', content: [{ type: 'output_text', text: 'Hi' }] };
const rDone = {
  type: 'response.completed',
  response: {
    id: 'r',
    status: 'completed',
    model: 'x',
    output: [rItem],
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  },
};
const rPart = { output_index: 0, item_id: 'msg', content_index: 0 };
const rText: readonly Event[] = [
  { type: 'response.content_part.added', ...rPart, part: { type: 'output_text', text: '' } },
  { type: 'response.output_text.delta', ...rPart, delta: 'Hi' },
];
const added = (index = 0, item: Record<string, unknown> = rItem): Event => ({
  type: 'response.output_item.added',
  output_index: index,
  item,
});
const done = (index = 0, item: Record<string, unknown> = rItem): Event => ({
  type: 'response.output_item.done',
  output_index: index,
  item,
});
/** Numbered as OpenAI numbers them. */
const responses = (...events: readonly Event[]): string =>
  namedBody(...events.map((event, i) => ({ sequence_number: i, ...event })));

const first = chunk({ role: 'assistant', content: 'a' });
const finish = (reason = 'stop'): Record<string, unknown> => chunk({}, {}, { finish_reason: reason });
const usage = chunk({}, { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } });
const call = (fields: Record<string, unknown>): Record<string, unknown> =>
  chunk({ role: 'assistant', tool_calls: [fields] });
const f = { name: 'f', arguments: '{}' };

const clean: readonly (readonly [Api, string])[] = [
  ['chat_completions', chatBody(first, finish(), usage, '[DONE]')],
  ['messages', messages(mStart, block(0), delta(0), stop(0), ...mEnd())],
  [
    'responses',
    responses(
      rCreated,
      added(),
      ...rText,
      { type: 'response.output_text.done', ...rPart, text: 'Hi' },
      done(0, rSaid),
      {
        ...rDone,
        response: { ...rDone.response, output: [rSaid] },
      },
    ),
  ],
];

const broken: readonly (readonly [rule: string, api: Api, body: string, event: number | null])[] = [
  ['not-json', 'chat_completions', chatBody(first, '{"a": oops}', finish(), usage, '[DONE]'), 1],
  ['empty-event', 'messages', messages(mStart).concat('event: ping\n\n', messages(...mEnd())), 1],
  ['done-misspelt', 'chat_completions', chatBody(first, finish(), usage, '"[DONE]"'), 3],
  ['name-and-type', 'messages', `event: ping\ndata: ${JSON.stringify(mStart)}\n\n${messages(...mEnd())}`, 0],
  ['no-terminator', 'messages', messages(mStart, block(0), delta(0), stop(0)), null],
  ['after-terminator', 'messages', messages(mStart, ...mEnd(), { type: 'ping' }), 3],
  ['after-terminator', 'chat_completions', chatBody(first, finish(), usage, '[DONE]', '[DONE]'), 4],
  [
    'arguments-invalid',
    'messages',
    messages(
      mStart,
      block(0, { type: 'tool_use', id: 't', name: 'f', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '{"a' }),
      stop(0),
      ...mEnd('tool_use'),
    ),
    3,
  ],
  ['finish-missing', 'chat_completions', chatBody(first, usage, '[DONE]'), null],
  ['finish-missing', 'messages', messages(mStart, ...mEnd(null)), null],
  [
    'finish-disagrees',
    'chat_completions',
    chatBody(call({ index: 0, id: 'a', type: 'function', function: f }), finish('stop'), usage, '[DONE]'),
    0,
  ],
  ['finish-disagrees', 'messages', messages(mStart, ...mEnd('tool_use')), null],
  ['block-left-open', 'messages', messages(mStart, block(0), delta(0), ...mEnd()), 2],
  ['usage-missing', 'chat_completions', chatBody(first, finish(), '[DONE]'), null],
  [
    'usage-total',
    'chat_completions',
    chatBody(
      first,
      finish(),
      { ...usage, usage: { prompt_tokens: 307, completion_tokens: 26, total_tokens: 560 } },
      '[DONE]',
    ),
    2,
  ],
  ['usage-negative', 'messages', messages(mStart, ...mEnd('end_turn', { output_tokens: -2 })), 1],
  ['unnamed-event', 'messages', chatBody(mStart).concat(messages(...mEnd())), 0],
  ['before-message-start', 'messages', messages(block(0), mStart, ...mEnd()), 0],
  ['second-message-start', 'messages', messages(mStart, mStart, ...mEnd()), 1],
  ['block-order', 'messages', messages(mStart, delta(0), ...mEnd()), 1],
  ['block-order', 'messages', messages(mStart, block(0), stop(0), delta(0), ...mEnd()), 3],
  ['blocks-overlap', 'messages', messages(mStart, block(0), block(1), stop(0), stop(1), ...mEnd()), 2],
  ['block-order', 'messages', messages(mStart, stop(0), ...mEnd()), 1],
  ['index-gap', 'messages', messages(mStart, block(0), stop(0), block(2), stop(2), ...mEnd()), 3],
  [
    'delta-type',
    'messages',
    messages(mStart, block(0), delta(0, { type: 'input_json_delta', partial_json: '{' }), stop(0), ...mEnd()),
    2,
  ],
  ['usage-decreases', 'messages', messages(mStart, ...mEnd('end_turn', { output_tokens: 0 })), 1],
  [
    'sequence-gap',
    'responses',
    responses(
      rCreated,
      { ...added(), sequence_number: 5 },
      { ...done(), sequence_number: 6 },
      { ...rDone, sequence_number: 7 },
    ),
    1,
  ],
  [
    'sequence-missing',
    'responses',
    responses(
      rCreated,
      { ...added(), sequence_number: null },
      { ...done(), sequence_number: 1 },
      { ...rDone, sequence_number: 2 },
    ),
    1,
  ],
  ['before-created', 'responses', responses(added(), rCreated, done(), rDone), 0],
  ['item-order', 'responses', responses(rCreated, done(), rDone), 1],
  ['item-order', 'responses', responses(rCreated, added(), rDone), 1],
  ['output-index-gap', 'responses', responses(rCreated, added(3), done(3), rDone), 1],
  [
    'part-order',
    'responses',
    responses(
      rCreated,
      added(),
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: '' },
      done(),
      rDone,
    ),
    2,
  ],
  ['item-id-changes', 'responses', responses(rCreated, added(), done(0, { ...rItem, id: 'other' }), rDone), 2],
  [
    'done-differs',
    'responses',
    responses(
      rCreated,
      added(),
      {
        type: 'response.content_part.added',
        output_index: 0,
        content_index: 0,
        part: { type: 'output_text', text: '' },
      },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'one' },
      { type: 'response.output_text.done', output_index: 0, content_index: 0, text: 'two' },
      done(),
      rDone,
    ),
    4,
  ],
  [
    'output-disagrees',
    'responses',
    responses(rCreated, added(), done(), { ...rDone, response: { ...rDone.response, output: [] } }),
    3,
  ],
  ['id-changes', 'chat_completions', chatBody(first, finish(), { ...usage, id: 'other' }, '[DONE]'), 2],
  ['model-changes', 'chat_completions', chatBody(first, finish(), { ...usage, model: 'other' }, '[DONE]'), 2],
  [
    'object-type',
    'chat_completions',
    chatBody(first, { ...finish(), object: 'chat.completion.done' }, usage, '[DONE]'),
    1,
  ],
  ['choices-missing', 'chat_completions', chatBody(first, finish(), { ...usage, choices: null }, '[DONE]'), 2],
  [
    'choice-index',
    'chat_completions',
    chatBody(first, chunk({}, {}, { index: null, finish_reason: 'stop' }), usage, '[DONE]'),
    1,
  ],
  ['role-missing', 'chat_completions', chatBody(chunk({ content: 'a' }), finish(), usage, '[DONE]'), 0],
  ['content-after-finish', 'chat_completions', chatBody(first, finish(), chunk({ content: 'b' }), usage, '[DONE]'), 2],
  ['finish-twice', 'chat_completions', chatBody(first, finish(), finish('length'), usage, '[DONE]'), 2],
  [
    'tool-index-missing',
    'chat_completions',
    chatBody(call({ id: 'a', type: 'function', function: f }), finish('tool_calls'), usage, '[DONE]'),
    0,
  ],
  [
    'tool-index-gap',
    'chat_completions',
    chatBody(call({ index: 1, id: 'a', type: 'function', function: f }), finish('tool_calls'), usage, '[DONE]'),
    0,
  ],
  [
    'tool-index-reused',
    'chat_completions',
    chatBody(
      call({ index: 0, id: 'a', type: 'function', function: f }),
      call({ index: 0, id: 'b', type: 'function', function: f }),
      finish('tool_calls'),
      usage,
      '[DONE]',
    ),
    1,
  ],
  [
    'call-id-missing',
    'chat_completions',
    chatBody(call({ index: 0, function: f }), finish('tool_calls'), usage, '[DONE]'),
    0,
  ],
  [
    'tool-name-repeated',
    'chat_completions',
    chatBody(
      call({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{' } }),
      call({ index: 0, function: { name: 'f', arguments: '}' } }),
      finish('tool_calls'),
      usage,
      '[DONE]',
    ),
    1,
  ],
  [
    'sequence-missing',
    'responses',
    responses(
      rCreated,
      { ...added(), sequence_number: null },
      { ...done(), sequence_number: null },
      { ...rDone, sequence_number: 1 },
    ),
    1,
  ],
  [
    'output-index-missing',
    'responses',
    responses(rCreated, { ...added(), output_index: null }, { ...done(), output_index: null }, rDone),
    1,
  ],
  [
    'item-id-missing',
    'responses',
    responses(
      rCreated,
      added(),
      {
        type: 'response.content_part.added',
        item_id: 'msg',
        output_index: 0,
        content_index: 0,
        part: { type: 'output_text', text: '' },
      },
      { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'a' },
      done(),
      rDone,
    ),
    3,
  ],
  [
    'arguments-empty',
    'chat_completions',
    chatBody(
      call({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }),
      finish('tool_calls'),
      usage,
      '[DONE]',
    ),
    0,
  ],
  [
    'text-repeated',
    'chat_completions',
    chatBody(first, chunk({ content: 'n answer' }), chunk({ content: 'an answer' }), finish(), usage, '[DONE]'),
    2,
  ],
  [
    'text-repeated',
    'messages',
    messages(
      mStart,
      block(0),
      ...['one, ', 'two', 'one, two'].map((text) => delta(0, { type: 'text_delta', text })),
      stop(0),
      ...mEnd(),
    ),
    4,
  ],
  [
    'text-cumulative',
    'chat_completions',
    chatBody(
      first,
      ...['ab', 'abc', 'abcdefgh', 'abcdefghi'].map((content) => chunk({ content })),
      finish(),
      usage,
      '[DONE]',
    ),
    3,
  ],
  [
    'thinking-unsigned',
    'messages',
    messages(
      mStart,
      block(0, { type: 'thinking', thinking: '' }),
      delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
      stop(0),
      ...mEnd(),
    ),
    3,
  ],
  ['finish-twice', 'messages', messages(mStart, mEnd('max_tokens')[0]!, ...mEnd('end_turn')), 2],
  [
    'content-after-finish',
    'messages',
    messages(mStart, mEnd()[0]!, block(0), delta(0), stop(0), { type: 'message_stop' }),
    3,
  ],
  [
    'delta-missing',
    'chat_completions',
    chatBody(first, { ...finish(), choices: [{ index: 0, finish_reason: 'stop' }] }, usage, '[DONE]'),
    1,
  ],
  [
    'message-instead-of-delta',
    'chat_completions',
    chatBody(
      first,
      { ...finish(), choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }] },
      usage,
      '[DONE]',
    ),
    1,
  ],
  [
    'choice-zero-missing',
    'chat_completions',
    chatBody(chunk({ role: 'assistant', content: 'a' }, {}, { index: 1, finish_reason: 'stop' }), usage, '[DONE]'),
    0,
  ],
  [
    'finish-empty',
    'chat_completions',
    chatBody(chunk({ role: 'assistant', content: 'a' }, {}, { finish_reason: '' }), finish(), usage, '[DONE]'),
    0,
  ],
  [
    'finish-elsewhere',
    'chat_completions',
    chatBody(first, chunk({}, {}, { stop_reason: 'end_turn' }), usage, '[DONE]'),
    1,
  ],
  [
    'call-name-late',
    'chat_completions',
    chatBody(
      call({ index: 0, id: 'a', type: 'function', function: { arguments: '{' } }),
      call({ index: 0, function: { name: 'f', arguments: '}' } }),
      finish('tool_calls'),
      usage,
      '[DONE]',
    ),
    0,
  ],
  [
    'arguments-type',
    'chat_completions',
    chatBody(
      call({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: { a: 1 } } }),
      finish('tool_calls'),
      usage,
      '[DONE]',
    ),
    0,
  ],
  [
    'reasoning-mirrored',
    'chat_completions',
    chatBody(chunk({ role: 'assistant', reasoning: 'a', reasoning_content: 'a' }), first, finish(), usage, '[DONE]'),
    0,
  ],
  [
    'usage-elsewhere',
    'chat_completions',
    chatBody(first, chunk({}, {}, { finish_reason: 'stop', usage: { prompt_tokens: 1 } }), '[DONE]'),
    1,
  ],
  ['usage-repeated', 'chat_completions', chatBody({ ...first, usage: usage['usage'] }, finish(), usage, '[DONE]'), 2],
];

test.each(clean)('a %s stream that keeps to the protocol has no remark', (api, body) => {
  expect(lintOf(api, body)).toEqual([]);
});

test.each(wireFixtures().map(({ name, api, bytes }) => [name, api, bytes] as const))(
  'our %s has no error and, but for missing usage, no warning',
  (_name, api, bytes) => {
    expect(lintOf(api, bytes).filter(({ severity }) => severity !== 'info')).toEqual([]);
  },
);

describe('each rule finds its breach', () => {
  test.each(broken)('%s (%s)', (rule, api, body, event) => {
    const run = runWire(api, body);
    const remarks = lint(run).filter((remark) => remark.rule === rule);
    expect(remarks).toHaveLength(1);
    const frame = event === null ? null : run.frames[event]!;
    expect(remarks[0]).toMatchObject({ event, bytes: frame && [frame.start, frame.end] });
    // The lenient profile never judges harder than the strict one.
    const lenient = lint(run, 'lenient').find((remark) => remark.rule === rule);
    if (lenient)
      expect(LINT_SEVERITIES.indexOf(lenient.severity)).toBeGreaterThanOrEqual(
        LINT_SEVERITIES.indexOf(remarks[0]!.severity),
      );
  });
});

/** Each rule with its own API, and those of several with each that they hold for. */
const listed = [...PROVIDERS.keys()].flatMap((api) => providerOf(api).rules.map((rule) => ({ api, rule })));
const rules: readonly LintRule[] = [...new Set([...ANY_API_RULES, ...listed.map(({ rule }) => rule)])];

const remarksOn = (example: LintExample, profile?: LintProfile): readonly LintRemark[] =>
  lint(runWire(exampleApi(example), exampleBytes(example)), profile, { offered: example.offered });

describe('the help of each rule', () => {
  test.each(rules.map((rule) => [rule.id, exampleApi(rule.example), rule] as const))(
    '%s (%s): its example breaks it and no other, its counterexample does not',
    (id, _api, { example, counterexample, comesWith = [] }) => {
      const found = new Set(remarksOn(example).map((remark) => remark.rule));
      expect([...found].toSorted()).toEqual([id, ...comesWith].toSorted());
      expect(remarksOn(counterexample).map((remark) => remark.rule)).not.toContain(id);
    },
  );

  test.each(rules.map((rule) => [rule.id, exampleApi(rule.example), rule] as const))(
    '%s (%s) says the fact and the next step, in sentences',
    (id, _api, { help, advice, example, strict, lenient }) => {
      const sentences = remarksOn(example).filter(({ rule }) => rule === id);
      for (const { sentence } of sentences) {
        expect(sentence).toMatch(/^\S.*[.!?)]$/s);
        expect(sentence.replace(advice ?? '', '')).not.toMatch(/undefined|\[object|\.\.(?!\.)| {2}/);
      }
      expect(help).toMatch(/^\S.*\.$/s);
      if (advice !== undefined) expect(advice).toMatch(/^\S.*\.$/s);
      if (lenient !== null)
        expect(LINT_SEVERITIES.indexOf(lenient)).toBeGreaterThanOrEqual(LINT_SEVERITIES.indexOf(strict));
    },
  );

  test('one rule of several APIs says the same of each', () => {
    const byId = Map.groupBy(rules, ({ id }) => id);
    for (const [, same] of byId) {
      expect(new Set(same.map(({ strict }) => strict)).size).toBe(1);
      expect(new Set(same.map(({ example }) => exampleApi(example))).size).toBe(same.length);
    }
    for (const api of PROVIDERS.keys()) {
      const ids = rulesOf(api).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });
});

describe('what shows many times', () => {
  test('is told once, with how often and where last', () => {
    const names = Array.from({ length: 100 }, () => call({ index: 0, function: { name: 'f', arguments: '' } }));
    const remarks = lintOf(
      'chat_completions',
      chatBody(call({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }), ...names),
    ).filter(({ rule }) => rule === 'tool-name-repeated');
    expect(remarks).toMatchObject([{ event: 1, count: 100 }]);
    expect(remarks[0]!.sentence).toMatch(
      /^The name f is repeated in a later fragment \(and 99 more events, the last is event 100\)\. /,
    );
  });

  test('is told for each subject, up to five', () => {
    const calls = Array.from({ length: 9 }, (_, index) => ({
      index,
      id: 'a',
      type: 'function',
      function: { name: `f${index}`, arguments: '{}' },
    }));
    const remarks = lint(
      runWire('chat_completions', chatBody(chunk({ role: 'assistant', tool_calls: calls }))),
      'strict',
      {
        offered: [{ name: 'something_else', required: [] }],
      },
    ).filter(({ rule }) => rule === 'call-not-offered');
    expect(remarks.map(({ count }) => count)).toEqual([1, 1, 1, 1, 1, 4]);
    expect(remarks.at(-1)!.sentence).toContain('call-not-offered has 4 more remarks');
  });
});

test('the worst comes first, then what comes first in the stream, and the stream as a whole last', () => {
  const remarks = lintOf(
    'chat_completions',
    chatBody(
      { ...chunk({ content: 'a' }), object: 'x' },
      call({ function: f }),
      call({ id: 'a', function: f }),
      finish('stop'),
    ),
  );
  expect(remarks.map(({ severity, event }) => [severity, event])).toEqual(
    remarks
      .map(({ severity, event }) => [severity, event] as const)
      .toSorted(
        ([a, at], [b, then]) =>
          LINT_SEVERITIES.indexOf(a) - LINT_SEVERITIES.indexOf(b) || (at ?? Infinity) - (then ?? Infinity) || 0,
      ),
  );
  expect(remarks.length).toBeGreaterThan(4);
});

test.each(['constructor', '__proto__', 'toString'])('%s is a type like any other that nobody has heard of', (name) => {
  const bodies = (type: string): readonly (readonly [Api, string])[] => [
    ['responses', responses(rCreated, added(0, { ...rItem, type }), done(0, { ...rItem, type }), rDone)],
    ['responses', responses(rCreated, added(), ...rText, { ...rDone, type }, done(0, rSaid), rDone)],
    ['messages', messages(mStart, block(0, { type }), delta(0), stop(0), ...mEnd())],
    ['messages', messages(mStart, block(0), delta(0, { type, text: 'a' }), delta(0), stop(0), ...mEnd())],
    ['messages', messages(mStart, { type, index: 0 }, block(0), delta(0), stop(0), ...mEnd())],
    [
      'chat_completions',
      chatBody(first, call({ id: 'c', type, function: { name: type, arguments: '{}' } }), finish(type)),
    ],
  ];
  const said = (type: string) =>
    bodies(type).map(([api, body]) => lintOf(api, body).map(({ rule, event }) => [rule, event]));
  expect(said(name)).toEqual(said('made_up'));
});

describeWith(CORPUS, 'the corpus under the lenient profile', () => {
  test('streams of the three original providers that are whole have no error', () => {
    const whole = corpusFiles().filter(
      ({ name }) =>
        /^(openai|anthropic|azure)-/.test(name) &&
        !/error|duplicate|spliced|parallel-tool-call-wrapper|openai-compatible/.test(name),
    );
    expect(whole.length).toBeGreaterThan(40);
    const errors = whole.flatMap(({ name, api, bytes }) =>
      lintOf(api, bytes, 'lenient')
        .filter(({ severity }) => severity === 'error')
        .map(({ rule, sentence }) => `${name}: ${rule}: ${sentence}`),
    );
    expect(errors).toEqual([]);
  });

  test('the broken ones are found', () => {
    const rules = (name: string): string[] => {
      const file = corpusFiles().find((one) => one.name === name)!;
      return [...new Set(lintOf(file.api, file.bytes, 'lenient').map(({ rule }) => rule))];
    };
    expect(rules('anthropic-messages-spliced-message-start.sse')).toContain('second-message-start');
    expect(rules('openai-responses-parallel-tool-call-wrapper.1.sse')).toEqual(
      expect.arrayContaining(['event-cut', 'no-terminator']),
    );
    expect(rules('mistral-chat_completions-tool-call.sse')).toContain('tool-index-missing');
    expect(rules('github-copilot-responses-id-rotation.1.sse')).toContain('item-id-changes');
  });
});

describe('a damaged message of Bedrock', () => {
  const events = [
    { ...mStart, message: { ...(mStart['message'] as object), model: 'x' } },
    block(0),
    delta(0),
    delta(0),
    stop(0),
    block(1),
    delta(1),
    stop(1),
    ...mEnd(),
    { type: 'message_stop' },
  ];
  const messages = events.map((event) =>
    awsMessage('chunk', JSON.stringify({ bytes: Buffer.from(JSON.stringify(event)).toString('base64') })),
  );
  // What the last event of a block or of the answer took with it is missing, and is said to be.
  test.each([1, 2, 3, 5, 6])('is not told again as a block that was not started, message %i', (at) => {
    const body = Buffer.concat(
      messages.map((message, place) => {
        const copy = Buffer.from(message);
        if (place === at) copy[copy.length - 8]! ^= 1;
        return copy;
      }),
    );
    const rules = lintOf('bedrock', new Uint8Array(body)).map(({ rule }) => rule);
    expect(rules).toContain('message-damaged');
    expect(rules).not.toContain('block-order');
  });
});
