/** Gemini: the wire lane against Google's own SDK on the same bytes, and what it does with what is odd. */
import { GoogleGenAI, type Part } from '@google/genai';
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { sample } from '../../../src/main/core/providers/gemini/sample.ts';
import { joined } from '../../../src/main/core/providers/sample/format.ts';
import { scenarioFor } from '../../../src/main/core/samples/scenarios.ts';
import { lint } from '../../../src/shared/compare/lint.ts';
import type { WireOutcome } from '../../../src/shared/model/messages.ts';
import { detectApi } from '../../../src/shared/providers/detect.ts';
import { requestOf } from '../../../src/shared/providers/request-of.ts';
import { titleOf } from '../../../src/shared/providers/title.ts';
import { toolNames } from '../../../src/shared/providers/tool-names.ts';
import { inPieces, usePiecesServer } from '../../support/pieces.ts';
import { chatBody, runWire } from '../../support/wire.ts';

const API = 'gemini';
const says = (parts: readonly object[], rest: object = {}, candidate: object = {}): object => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...candidate }],
  modelVersion: 'gemini-2.5-flash',
  responseId: 'r1',
  ...rest,
});
const USAGE = { promptTokenCount: 5, candidatesTokenCount: 7, thoughtsTokenCount: 11, totalTokenCount: 23 };
const END = says([{ text: '' }], { usageMetadata: USAGE }, { finishReason: 'STOP' });

const textOf = (outcome: WireOutcome, kind: string): string =>
  outcome.blocks
    .filter((block) => block.kind === kind)
    .map(({ text }) => text)
    .join('');

const server = usePiecesServer('text/event-stream');

/** What Google's SDK makes of a body that a server sends in pieces. */
async function bySdk(pieces: readonly Uint8Array[]): Promise<Record<string, unknown>> {
  server.send(pieces);
  const read = { text: '', thought: '', calls: [] as unknown[], finish: '', usage: undefined as unknown };
  const sdk = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: server.url } });
  for await (const event of await sdk.models.generateContentStream({ model: 'm', contents: 'Hello' })) {
    const [candidate] = event.candidates ?? [];
    for (const part of (candidate?.content?.parts ?? []) as Part[]) {
      if (part.functionCall) read.calls.push([part.functionCall.name, part.functionCall.args]);
      else if (part.thought) read.thought += part.text;
      else read.text += part.text ?? '';
    }
    read.finish = candidate?.finishReason ?? read.finish;
    read.usage = event.usageMetadata?.totalTokenCount ?? read.usage;
  }
  return read;
}

function byLane(pieces: readonly Uint8Array[]): Record<string, unknown> {
  const cuts = pieces.reduce<number[]>((ends, piece) => [...ends, (ends.at(-1) ?? 0) + piece.length], []);
  const { outcome } = runWire(API, Buffer.concat(pieces), cuts);
  return {
    text: textOf(outcome, 'text'),
    thought: textOf(outcome, 'reasoning'),
    calls: outcome.blocks.filter(({ kind }) => kind === 'tool').map(({ name, text }) => [name, JSON.parse(text)]),
    finish: outcome.finish[0]?.raw ?? '',
    usage: outcome.usage?.total ?? undefined,
  };
}

describe("the wire lane reads what Google's SDK reads", () => {
  test.each(['plain-text', 'reasoning', 'parallel-tools'])('in the sample %s', async (model) => {
    const scenario = scenarioFor(model, API)!;
    const pieces = inPieces(joined(sample.answer(scenario, sample.request(scenario)).frames), 97);
    expect(await bySdk(pieces)).toEqual(byLane(pieces));
  });

  test('in any stream, for any cut', async () => {
    const text = fc.string({ unit: 'grapheme' });
    const part = fc.oneof(
      fc.record({ text }),
      fc.record({ text, thought: fc.constant(true) }),
      fc.record({
        functionCall: fc.record({ name: fc.string({ minLength: 1 }), args: fc.dictionary(text, fc.jsonValue()) }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(part, { maxLength: 3 }), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 80 }),
        async (events, size) => {
          const pieces = inPieces(Buffer.from(chatBody(...events.map((parts) => says(parts)), END)), size);
          expect(await bySdk(pieces)).toEqual(byLane(pieces));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('an answer', () => {
  const BODY = chatBody(
    says([{ text: 'Hm.', thought: true }]),
    says([{ text: 'Let me ' }]),
    says([{ text: 'look.' }]),
    says([{ functionCall: { name: 'weather', args: { city: 'Rome' }, id: 'c1' }, thoughtSignature: 'c2ln' }]),
    END,
  );

  test('is blocks, usage, finish and an end', () => {
    const { outcome, summaries, block } = runWire(API, BODY);
    expect(outcome.blocks.map(({ block: id, kind, text, closed }) => [id, kind, text, closed])).toEqual([
      ['c0/thought', 'reasoning', 'Hm.', true],
      ['c0/text', 'text', 'Let me look.', true],
      ['c0/call0', 'tool', '{"city":"Rome"}', true],
    ]);
    expect(block('c0/call0').attachments).toEqual([{ type: 'thoughtSignature', value: 'c2ln' }]);
    expect(outcome.usage).toMatchObject({ input: 5, output: 18, reasoning: 11, total: 23 });
    expect(outcome.finish).toEqual([{ choice: 0, unified: 'tool_use', raw: 'STOP' }]);
    expect(outcome).toMatchObject({ terminated: true, id: 'r1', model: 'gemini-2.5-flash', errors: [] });
    expect(summaries.map(({ kind }) => kind)).toEqual(['reasoning', 'text', 'text', 'tool', 'finish']);
  });

  test('has no remark when it is healthy', () => {
    const run = runWire(API, BODY);
    expect(lint(run)).toEqual([]);
  });

  test('is known by its payloads', () => {
    expect(detectApi(Buffer.from(BODY))?.api).toBe(API);
    const error = { error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } };
    expect(detectApi(Buffer.from(chatBody(error)))?.api).toBe(API);
  });

  test('keeps grounding, code and its result', () => {
    const { outcome } = runWire(
      API,
      chatBody(
        says([{ text: 'So' }], {}, { groundingMetadata: { webSearchQueries: ['rome'] } }),
        says([{ executableCode: { language: 'PYTHON', code: 'print(1)' } }]),
        says([{ codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } }]),
        END,
      ),
    );
    expect(outcome.blocks.map(({ kind, type }) => [kind, type])).toEqual([
      ['text', 'text'],
      ['server_tool', 'executableCode'],
      ['server_tool_result', 'codeExecutionResult'],
    ]);
    expect(outcome.blocks[0]!.attachments).toEqual([
      { type: 'groundingMetadata', value: { webSearchQueries: ['rome'] } },
    ]);
  });
});

test('a blocked prompt ends the stream with its reason', () => {
  const feedback = {
    promptFeedback: { blockReason: 'SAFETY', safetyRatings: [] },
    usageMetadata: { promptTokenCount: 4 },
  };
  const { outcome } = runWire(API, chatBody(feedback));
  expect(outcome).toMatchObject({
    terminated: true,
    finish: [{ choice: 0, unified: 'content_filter', raw: 'SAFETY' }],
    usage: { input: 4 },
  });
});

test('an error in mid-stream is an error with its message and code', () => {
  const { outcome } = runWire(
    API,
    chatBody(says([{ text: 'Once' }]), {
      error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' },
    }),
  );
  expect(outcome.errors).toMatchObject([{ message: 'The model is overloaded.', code: '503', event: 1 }]);
  expect(outcome.terminated).toBe(false);
});

test('each candidate has blocks of its own, and the stream ends with the last of them', () => {
  const two = (first: object, second: object): object => ({
    candidates: [
      { index: 0, ...first },
      { index: 1, ...second },
    ],
  });
  const content = (text: string): object => ({ content: { parts: [{ text }], role: 'model' } });
  const half = chatBody(two(content('a'), content('b')), two({ finishReason: 'STOP' }, content('c')));
  expect(runWire(API, half).outcome.terminated).toBe(false);
  const { outcome } = runWire(API, half + chatBody({ candidates: [{ index: 1, finishReason: 'MAX_TOKENS' }] }));
  expect(outcome.terminated).toBe(true);
  expect(outcome.blocks.map(({ choice, text }) => [choice, text])).toEqual([
    [0, 'a'],
    [1, 'bc'],
  ]);
  expect(outcome.finish.map(({ unified }) => unified)).toEqual(['stop', 'length']);
});

test.each([
  says([{ text: ['marker'] }]),
  says([{ marker: 1 }]),
  says(['marker'] as never),
  says([{ functionCall: { name: ['marker'] } }]),
  says([{ functionCall: { name: 'f', args: {}, marker: true } }]),
  says([], {}, { content: 'marker' }),
  says([], {}, { finishReason: { marker: 1 } }),
  says([], {}, { marker: 1 }),
  says([], { usageMetadata: ['marker'] }),
  says([], { marker: 1 }),
  { candidates: 'marker' },
])('what is of another type or unknown is kept: %j', (event) => {
  const { messages } = runWire(API, chatBody(says([{ text: 'a' }]), event, END));
  expect(JSON.stringify(messages)).toContain('marker');
});

describe('lint', () => {
  const rulesOf = (...events: readonly object[]): readonly string[] => {
    const run = runWire(API, chatBody(...events));
    return lint(run).map(({ rule }) => rule);
  };

  test('tells of events without candidates, calls without a name, counts that fall', () => {
    expect(rulesOf({ modelVersion: 'm' }, END)).toContain('gemini-no-candidates');
    expect(rulesOf(says([{ functionCall: { args: {} } }]), END)).toContain('call-name-missing');
    const more = says([], { usageMetadata: { ...USAGE, candidatesTokenCount: 9 } });
    expect(rulesOf(more, END)).toContain('usage-decreases');
  });
});

test('a request gives title, tools and the model of its address', () => {
  const request = {
    contents: [
      { role: 'user', parts: [{ text: 'Hello there' }] },
      { role: 'model', parts: [{ text: 'Hi' }] },
    ],
    tools: [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }, { googleSearch: {} }],
  };
  expect(titleOf(API, request)).toBe('Hello there');
  expect(toolNames(API, request)).toEqual(['f', 'g']);
  const url = 'https://example.test/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse';
  expect(requestOf(API, url, request)).toEqual({ model: 'gemini-2.5-flash', ...request });
});
