/** What holds for the wire lane on every stream: ours, the corpus's and generated ones. */
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import type { Emission, WireMessage } from '../../../src/shared/model/messages.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import { allStreams, wireFixtures } from '../../support/fixtures.ts';
import { chatBody, chunk, namedBody, runWire, type WireRun } from '../../support/wire.ts';

/** What must not depend on the cut: everything but the read and its time. */
function comparable(run: WireRun): unknown {
  return {
    outcome: run.outcome,
    emissions: run.emissions,
    summaries: run.summaries.map(({ read: _read, tNs: _tNs, ...rest }) => rest),
  };
}

function pieceOf(message: WireMessage): { readonly block: string; readonly piece: string } | null {
  switch (message.message_type) {
    case 'assistant_message':
    case 'refusal_message':
      return { block: message.block, piece: message.content };
    case 'reasoning_message':
      return { block: message.block, piece: message.reasoning };
    case 'hidden_reasoning_message':
      return { block: message.block, piece: message.hidden_reasoning ?? '' };
    case 'tool_call_message':
      return { block: message.block, piece: message.tool_call.arguments ?? '' };
    default:
      return null;
  }
}

function joined(emissions: readonly Emission<WireMessage>[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const { message } of emissions) {
    const said = pieceOf(message);
    if (said) texts.set(said.block, (texts.get(said.block) ?? '') + said.piece);
  }
  return texts;
}

/** All strings in the stream's deltas that are content, found without the lane. */
function rawContent(api: Api, run: WireRun, field: 'text' | 'reasoning'): string {
  let all = '';
  for (const frame of run.frames) {
    // oxlint-disable-next-line typescript/no-explicit-any -- an independent, throw-away reading of recorded JSON.
    const data = (frame.payload.ok ? frame.payload.value : {}) as any;
    if (api === 'chat_completions') {
      for (const choice of data?.choices ?? []) {
        const { content, reasoning, reasoning_content } = choice?.delta ?? {};
        if (Array.isArray(content))
          for (const part of content) all += field === 'text' ? (part.text ?? '') : (part.thinking?.[0]?.text ?? '');
        else all += field === 'text' ? (content ?? '') : (reasoning ?? reasoning_content ?? '');
      }
    } else if (api === 'messages') {
      all += (field === 'text' ? data?.delta?.text : data?.delta?.thinking) ?? '';
    } else if (
      field === 'text' ? data?.type === 'response.output_text.delta' : /reasoning.*_text\.delta$/.test(data?.type ?? '')
    )
      all += data.delta;
  }
  return all;
}

describe.each(allStreams().map((file) => [file.name, file] as const))('%s', (_name, { api, bytes }) => {
  const whole = runWire(api, bytes);

  test('what is emitted adds up to the blocks, ids are unique, and every emission names its event', () => {
    const texts = joined(whole.emissions);
    for (const { block, text } of whole.outcome.blocks) expect(texts.get(block) ?? '').toBe(text);
    expect(new Set(whole.outcome.blocks.map(({ block }) => block)).size).toBe(whole.outcome.blocks.length);
    whole.emissions.forEach(({ ordinal, event }, i) => {
      expect(ordinal).toBe(i);
      expect(event).not.toBeNull();
    });
    const starts = whole.messages.flatMap((message) => (message.message_type === 'block_start' ? [message.block] : []));
    expect(starts).toEqual(whole.outcome.blocks.map(({ block }) => block));
  });

  test('all text and reasoning of the deltas is there', () => {
    const of = (...kinds: readonly string[]): string =>
      whole.outcome.blocks
        .filter(({ kind }) => kinds.includes(kind))
        .map(({ text }) => text)
        .join('');
    // A recording that was shortened by hand has text that only a done event says: the wire has more than the deltas then.
    if (whole.summaries.some(({ notes }) => notes?.some((note) => note.includes('only with the done event')))) return;
    const multi = whole.outcome.blocks.some(({ choice }) => choice > 0);
    if (!multi) expect(of('text')).toBe(rawContent(api, whole, 'text'));
    expect(of('reasoning')).toBe(rawContent(api, whole, 'reasoning'));
  });

  test('any cut of the bytes gives the same', () => {
    const expected = comparable(whole);
    const size = bytes.length > 50_000 ? 613 : 7;
    expect(
      comparable(
        runWire(
          api,
          bytes,
          Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => (i + 1) * size),
        ),
      ),
    ).toEqual(expected);
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: bytes.length - 1 }), { maxLength: 40 }), (cuts) => {
        expect(
          comparable(
            runWire(
              api,
              bytes,
              cuts.toSorted((a, b) => a - b),
            ),
          ),
        ).toEqual(expected);
      }),
      { numRuns: bytes.length > 50_000 ? 2 : 10, seed: 7 },
    );
  });

  test('cut after any event: truncated, and no tool call is final that its provider had not closed', () => {
    const closedAt = new Map<string, number>();
    for (const { message, event } of whole.emissions)
      if (message.message_type === 'block_stop') closedAt.set(message.block, event!);
    const ends = whole.frames.map(({ end }) => end);
    const step = Math.max(1, Math.floor(ends.length / 60));
    for (let i = 0; i < ends.length; i += step) {
      const { outcome, ending } = runWire(api, bytes.subarray(0, ends[i]));
      for (const { block, kind, closed, valid } of outcome.blocks) {
        if (kind !== 'tool' && kind !== 'server_tool') continue;
        expect(closed).toBe((closedAt.get(block) ?? Infinity) <= i);
        if (!closed) expect(valid).toBeUndefined();
      }
      if (outcome.terminated || outcome.errors.length > 0) continue;
      expect(ending.state).toBe('truncated');
    }
  });
});

/** A longer hunt: FUZZ_RUNS=75000 gives each API more than a million events (14 to a stream). */
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 400);

describe('damaged streams', () => {
  test.each(wireFixtures().map((file) => [file.name, file] as const))(
    '%s with bytes flipped, lost and doubled is read to its end',
    (_name, { api, bytes }) => {
      const damage = fc.array(
        fc.record({
          at: fc.nat({ max: bytes.length - 1 }),
          kind: fc.constantFrom('flip', 'delete', 'double'),
          length: fc.integer({ min: 1, max: 40 }),
        }),
        { minLength: 1, maxLength: 6 },
      );
      fc.assert(
        fc.property(damage, (wounds) => {
          let damaged = Array.from(bytes);
          for (const { at, kind, length } of wounds) {
            const piece = damaged.slice(at, at + length);
            if (kind === 'flip') damaged.splice(at, piece.length, ...piece.map((byte) => byte ^ 0x11));
            else
              damaged = [
                ...damaged.slice(0, at),
                ...(kind === 'delete' ? [] : [...piece, ...piece]),
                ...damaged.slice(at + length),
              ];
          }
          const { outcome, ending, emissions } = runWire(api, new Uint8Array(damaged));
          const texts = joined(emissions);
          for (const { block, text } of outcome.blocks) expect(texts.get(block) ?? '').toBe(text);
          expect(['complete', 'provider-error', 'truncated']).toContain(ending.state);
        }),
        { numRuns: 150, seed: 5 },
      );
    },
  );
});

describe('generated streams', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 });
  const odd = fc.oneof(fc.constant(null), fc.integer(), text, fc.constant({}), fc.constant([]));

  const chatDelta = fc.oneof(
    { weight: 6, arbitrary: fc.record({ content: text }) },
    { weight: 3, arbitrary: fc.record({ reasoning_content: text }) },
    {
      weight: 4,
      arbitrary: fc.record({
        tool_calls: fc.array(
          fc.record({
            index: fc.integer({ min: 0, max: 3 }),
            id: fc.constantFrom(undefined, 'a', 'b', ''),
            function: fc.record({ name: fc.constantFrom(undefined, 'f', 'g'), arguments: text }),
          }),
          { maxLength: 2 },
        ),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ content: odd, tool_calls: odd, refusal: odd, reasoning_details: odd, __proto__x: odd }),
    },
  );
  const chatStream = fc
    .array(
      fc.oneof(
        {
          weight: 12,
          arbitrary: fc
            .tuple(chatDelta, fc.integer({ min: 0, max: 1 }), fc.constantFrom(null, null, null, 'stop', 'tool_calls'))
            .map(([delta, index, reason]) => chunk(delta, {}, { index, finish_reason: reason })),
        },
        {
          weight: 1,
          arbitrary: fc.constantFrom<unknown>(
            '[DONE]',
            '{"broken',
            'null',
            '[1]',
            { error: { message: 'no' } },
            { choices: null },
            { choices: [null, 7] },
          ),
        },
      ),
      { maxLength: 30, size: 'max' },
    )
    .map((events) => chatBody(...events));

  const messagesStream = fc
    .array(
      fc.record(
        {
          type: fc.constantFrom(
            'message_start',
            'content_block_start',
            'content_block_delta',
            'content_block_delta',
            'content_block_stop',
            'message_delta',
            'message_stop',
            'ping',
            'error',
            'new_event',
          ),
          index: fc.constantFrom<unknown>(0, 0, 1, 2, -1, 1e9, null, 'x'),
          message: fc.constantFrom<unknown>(
            { id: 'm', model: 'x', content: [], usage: { input_tokens: 1 } },
            { content: [{ type: 'text', text: 'a' }] },
            null,
            {},
          ),
          content_block: fc.constantFrom<unknown>(
            { type: 'text', text: '' },
            { type: 'tool_use', id: 't', name: 'f', input: {} },
            { type: 'tool_use', input: { a: 1 } },
            { type: 'thinking', thinking: '' },
            null,
            { type: 'odd' },
          ),
          delta: fc.oneof(
            fc.record({
              type: fc.constantFrom(
                'text_delta',
                'input_json_delta',
                'thinking_delta',
                'signature_delta',
                'citations_delta',
                'odd',
              ),
              text,
              partial_json: text,
              thinking: text,
            }),
            odd,
          ),
          usage: odd,
        },
        { requiredKeys: ['type'] },
      ),
      { maxLength: 30, size: 'max' },
    )
    .map((events) => namedBody(...(events as ({ type: string } & Record<string, unknown>)[])));

  const responsesStream = fc
    .array(
      fc.record(
        {
          type: fc.constantFrom(
            'response.created',
            'response.in_progress',
            'response.output_item.added',
            'response.output_item.done',
            'response.content_part.added',
            'response.content_part.done',
            'response.output_text.delta',
            'response.output_text.done',
            'response.function_call_arguments.delta',
            'response.function_call_arguments.done',
            'response.reasoning_summary_text.delta',
            'response.shell_call_command.delta',
            'response.shell_call_output_content.delta',
            'response.web_search_call.searching',
            'response.completed',
            'response.failed',
            'error',
            'constructor.delta',
            'odd',
          ),
          output_index: fc.constantFrom<unknown>(0, 0, 1, 2, -1, 1e9, undefined, 'x'),
          content_index: fc.constantFrom<unknown>(0, 1, 1e9, undefined),
          command_index: fc.constantFrom<unknown>(0, 1, 1e9, undefined),
          item: fc.constantFrom<unknown>(
            { type: 'message', content: [] },
            { type: 'function_call', name: 'f', arguments: '' },
            { type: 'function_call', arguments: '{}' },
            { type: 'reasoning', summary: [{ text: 'a' }], encrypted_content: 'x' },
            null,
            { type: 'odd' },
          ),
          part: fc.constantFrom<unknown>({ type: 'output_text', text: '' }, { type: 'refusal', refusal: 'no' }, null),
          delta: fc.oneof(text, odd),
          text,
          arguments: text,
          response: fc.constantFrom<unknown>(
            {
              id: 'r',
              status: 'completed',
              output: [{ type: 'message', content: [{ type: 'output_text', text: 'x' }] }],
              usage: { input_tokens: 1 },
            },
            { output: 7 },
            null,
          ),
        },
        { requiredKeys: ['type'] },
      ),
      { maxLength: 30, size: 'max' },
    )
    .map((events) => namedBody(...(events as ({ type: string } & Record<string, unknown>)[])));

  test.each([
    ['chat_completions', chatStream],
    ['messages', messagesStream],
    ['responses', responsesStream],
  ] as const)(
    '%s: no cut changes anything, blocks add up, nothing throws',
    (api, stream) => {
      fc.assert(
        fc.property(stream, fc.array(fc.nat(), { maxLength: 8 }), (body, picks) => {
          const bytes = new TextEncoder().encode(body);
          const whole = runWire(api, bytes);
          const cuts = picks.map((pick) => pick % Math.max(1, bytes.length)).toSorted((a, b) => a - b);
          expect(comparable(runWire(api, bytes, cuts))).toEqual(comparable(whole));
          expect(new Set(whole.outcome.blocks.map(({ block }) => block)).size).toBe(whole.outcome.blocks.length);
          // What a lane emits travels to the window: it must survive the way.
          expect(() => structuredClone(whole.outcome)).not.toThrow();
          expect(() => JSON.stringify(whole.emissions)).not.toThrow();
        }),
        { numRuns: RUNS, seed: 11 },
      );
    },
    60_000 + RUNS * 100,
  );
});
