/** Ollama's /api/chat: the wire lane against Ollama's own client on the same bytes, and what it does with what is odd. */
import fc from '../../support/properties.ts';
import { Ollama } from 'ollama';
import { describe, expect, test } from 'vitest';
import { sample } from '../../../src/main/core/providers/ollama/sample.ts';
import { joined } from '../../../src/main/core/providers/sample/format.ts';
import { scenarioFor } from '../../../src/main/core/samples/scenarios.ts';
import { lint } from '../../../src/shared/compare/lint.ts';
import { detectApi } from '../../../src/shared/providers/detect.ts';
import { titleOf } from '../../../src/shared/providers/title.ts';
import { toolNames } from '../../../src/shared/providers/tool-names.ts';
import type { WireOutcome } from '../../../src/shared/model/messages.ts';
import { inPieces, usePiecesServer } from '../../support/pieces.ts';
import { runWire } from '../../support/wire.ts';

const API = 'ollama_chat';
const lines = (...objects: readonly unknown[]): string =>
  objects.map((object) => `${typeof object === 'string' ? object : JSON.stringify(object)}\n`).join('');
const says = (message: object, rest: object = {}): object => ({
  model: 'qwen3',
  created_at: '2026-01-15T09:00:00Z',
  message: { role: 'assistant', content: '', ...message },
  done: false,
  ...rest,
});
const END = says({}, { done: true, done_reason: 'stop', prompt_eval_count: 26, eval_count: 12, eval_duration: 5e8 });

const textOf = (outcome: WireOutcome, kind: string): string =>
  outcome.blocks
    .filter((block) => block.kind === kind)
    .map(({ text }) => text)
    .join('');

const server = usePiecesServer('application/x-ndjson');

async function byTheClient(pieces: readonly Uint8Array[]): Promise<Record<string, unknown>> {
  server.send(pieces);
  const read = { content: '', thinking: '', calls: [] as unknown[], last: {} as object };
  for await (const part of await new Ollama({ host: server.url }).chat({ model: 'm', messages: [], stream: true })) {
    read.content += part.message.content;
    read.thinking += part.message.thinking ?? '';
    for (const { function: fn } of part.message.tool_calls ?? []) read.calls.push([fn.name, fn.arguments]);
    read.last = part;
  }
  return read;
}

function byTheLane(pieces: readonly Uint8Array[]): Record<string, unknown> {
  const cuts = pieces.reduce<number[]>((ends, piece) => [...ends, (ends.at(-1) ?? 0) + piece.length], []);
  const { outcome } = runWire(API, Buffer.concat(pieces), cuts);
  const { message: _message, ...last } = outcome.accumulated as Record<string, unknown>;
  return {
    content: textOf(outcome, 'text'),
    thinking: textOf(outcome, 'reasoning'),
    calls: outcome.blocks.filter(({ kind }) => kind === 'tool').map(({ name, text }) => [name, JSON.parse(text)]),
    last: expect.objectContaining(last),
  };
}

describe('the wire lane reads what the client of Ollama reads', () => {
  test.each(['plain-text', 'reasoning', 'parallel-tools'])('in the sample %s', async (model) => {
    const scenario = scenarioFor(model, API)!;
    const bytes = joined(sample.answer(scenario, sample.request(scenario)).frames);
    const pieces = inPieces(bytes, 97);
    expect(await byTheClient(pieces)).toEqual(byTheLane(pieces));
  });

  test('in any stream, for any cut', async () => {
    const message = fc.record(
      {
        content: fc.string({ unit: 'grapheme' }),
        thinking: fc.string({ unit: 'grapheme' }),
        tool_calls: fc.array(
          fc.record({
            function: fc.record({
              name: fc.string({ minLength: 1 }),
              arguments: fc.dictionary(fc.string(), fc.jsonValue()),
            }),
          }),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: ['content'] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 60 }),
        async (messages, size) => {
          const pieces = inPieces(Buffer.from(lines(...messages.map((one) => says(one)), END)), size);
          expect(await byTheClient(pieces)).toEqual(byTheLane(pieces));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('an answer', () => {
  const BODY = lines(
    says({ thinking: 'Hm.' }),
    says({ content: 'Let me ' }),
    says({ content: 'look.' }),
    says({ tool_calls: [{ function: { index: 0, name: 'weather', arguments: { city: 'Rome' } } }] }),
    END,
  );

  test('is blocks, usage, finish and an end', () => {
    const { outcome, summaries } = runWire(API, BODY);
    expect(outcome.blocks.map(({ block, kind, text, closed }) => [block, kind, text, closed])).toEqual([
      ['thinking', 'reasoning', 'Hm.', true],
      ['text', 'text', 'Let me look.', true],
      ['tool0', 'tool', '{"city":"Rome"}', true],
    ]);
    expect(outcome.usage).toMatchObject({ input: 26, output: 12, raw: [{ eval_duration: 5e8 }] });
    expect(outcome.finish).toEqual([{ choice: 0, unified: 'tool_use', raw: 'stop' }]);
    expect(outcome).toMatchObject({ terminated: true, model: 'qwen3', errors: [] });
    expect(summaries.map(({ kind }) => kind)).toEqual(['reasoning', 'text', 'text', 'tool', 'done']);
  });

  test('has no remark when it is healthy', () => {
    const run = runWire(API, BODY);
    expect(lint(run)).toEqual([]);
  });

  test('is known by its lines', () => {
    expect(detectApi(Buffer.from(BODY))?.api).toBe(API);
    expect(detectApi(Buffer.from(lines({ error: 'model not found' })))?.api).toBe(API);
  });
});

test('an error in mid-stream is an error, and nothing after it makes a terminator', () => {
  const { outcome } = runWire(API, lines(says({ content: 'Once' }), { error: 'llama runner terminated' }));
  expect(outcome.errors).toMatchObject([{ message: 'llama runner terminated', event: 1 }]);
  expect(outcome).toMatchObject({ terminated: false });
});

test.each([
  ['message.content', says({ content: { marker: 1 } })],
  ['message', { ...says({}), message: 'marker' }],
  ['message.tool_calls', says({ tool_calls: 'marker' })],
  ['message.tool_calls[]', says({ tool_calls: ['marker'] })],
  ['message.images', says({ images: ['marker'] })],
  ['created_at', { ...says({}), created_at: ['marker'] }],
  ['eval_count', { ...says({}), eval_count: 'marker' }],
  ['marker', { ...says({}), marker: true }],
])('%s of another type or unknown is kept', (field, line) => {
  const { messages } = runWire(API, lines(line));
  const kept = messages.filter((message) => message.message_type === 'event');
  expect(kept).toMatchObject([{ type: field, known: false }]);
  expect(JSON.stringify(kept)).toContain('marker');
});

describe('lint', () => {
  const rulesOf = (text: string): readonly string[] => {
    const run = runWire(API, text);
    return lint(run).map(({ rule }) => rule);
  };

  test('tells of what follows the end, and of a line without a message', () => {
    expect(rulesOf(lines(END, says({ content: 'x' })))).toContain('after-terminator');
    expect(rulesOf(lines({ model: 'm', done: false }, END))).toContain('ollama-message-missing');
  });

  test('tells of arguments as text and of missing counts', () => {
    const call = { function: { name: 'f', arguments: '{"a":1}' } };
    expect(rulesOf(lines(says({ tool_calls: [call] }), END))).toContain('arguments-type');
    expect(rulesOf(lines(says({}, { done: true, done_reason: 'stop' })))).toContain('ollama-counts-missing');
  });
});

test('a request gives a title and the names of its tools', () => {
  const request = {
    messages: [{ role: 'user', content: 'Hello there' }],
    tools: [{ type: 'function', function: { name: 'f' } }],
  };
  expect(titleOf(API, request)).toBe('Hello there');
  expect(toolNames(API, request)).toEqual(['f']);
});
