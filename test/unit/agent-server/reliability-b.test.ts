import { describe, expect, test } from 'vitest';
import type { AdapterMessage, AdapterOutcome } from '../../../src/shared/model/messages.ts';
import { bytesOf } from '../../support/framing.ts';
import { laneSetup, runLane } from '../../support/lanes.ts';

const chunk = (delta: unknown): string => JSON.stringify({ id: 'c', model: 'gpt-4o', choices: [{ index: 0, delta }] });
const text = (content: string): string => chunk({ content });

interface Row {
  readonly id: string;
  readonly what: string;
  /** Data of the second event; the first says `a`, the third `b`. */
  readonly data: string;
  /** The text that simple emits, and the event at which it ends in an error. */
  readonly emits: string;
  readonly errorAt?: number;
}

const ROWS: readonly Row[] = [
  { id: 'A7', what: 'empty data, which is an event', data: '', emits: 'a', errorAt: 1 },
  { id: 'B1', what: 'malformed JSON', data: '{"id": oops}', emits: 'a', errorAt: 1 },
  { id: 'B2', what: 'truncated JSON', data: text('x').slice(0, -3), emits: 'a', errorAt: 1 },
  { id: 'B2', what: 'two values in one event', data: `${text('x')}${text('y')}`, emits: 'a', errorAt: 1 },
  ...['null', '5', '"text"', '[1]'].map((data) => ({
    id: 'B3',
    what: `JSON that is ${data}`,
    data,
    emits: 'a',
    errorAt: 1,
  })),
  { id: 'B4', what: 'choices missing', data: '{"id":"c","model":"m"}', emits: 'ab' },
  { id: 'B4', what: 'choices null', data: '{"choices":null}', emits: 'ab' },
  { id: 'B4', what: 'choices empty', data: '{"choices":[]}', emits: 'ab' },
  { id: 'B4', what: 'delta null', data: chunk(null), emits: 'a', errorAt: 1 },
  { id: 'B5', what: 'fields of the future', data: '{"new":{"a":[]},"choices":[]}', emits: 'ab' },
  { id: 'B11', what: 'half a surrogate pair', data: chunk({ content: null, refusal: '\ud83d' }), emits: 'ab' },
  {
    id: 'B12',
    what: 'numbers beyond what fits',
    data: '{"created":123456789012345678901234567890,"x":1e400,"y":NaN,"choices":[]}',
    emits: 'ab',
  },
  { id: 'B12', what: 'a repeated key', data: '{"choices":null,"choices":[{"delta":{"content":"x"}}]}', emits: 'axb' },
  {
    id: 'B13',
    what: 'keys of the language',
    data: '{"__proto__":{"choices":[1]},"constructor":{"prototype":{}},"toString":1,"then":1,"choices":[]}',
    emits: 'ab',
  },
  {
    id: 'B14',
    what: '5,000 levels',
    data: `{"deep":${'['.repeat(5_000)}${']'.repeat(5_000)},"choices":[]}`,
    emits: 'ab',
  },
  { id: 'B16', what: 'an error object', data: '{"error":{"message":"overloaded"}}', emits: 'a', errorAt: 1 },
];

describe('group B, simple OpenAI chat', () => {
  test.each(ROWS)('$id: $what', ({ data, emits, errorAt }) => {
    const body = [text('a'), data, text('b'), '[DONE]'].map((line) => `data: ${line}\n\n`).join('');
    const { emissions, outcome } = runLane('simple', laneSetup('chat_completions'), bytesOf(body));
    const texts = emissions.map(({ message }) => textOf(message as AdapterMessage)).join('');
    const { error } = outcome.outcome as AdapterOutcome;
    expect({ texts, errorAt: error?.event }).toEqual({ texts: emits, errorAt });
    expect(error?.stage).toBe(errorAt === undefined ? undefined : 'stream');
    expect(({} as Record<string, unknown>)['choices']).toBeUndefined();
  });

  test('B10: two halves of a pair in two events are emitted, and cannot be printed in the provider trace', () => {
    const { emissions, outcome } = runLane(
      'simple',
      laneSetup('chat_completions'),
      bytesOf(`data: ${text('\ud83d')}\n\ndata: ${text('\ude00')}\n\ndata: [DONE]\n\n`),
    );
    expect(emissions).toHaveLength(2);
    expect(outcome.outcome).toMatchObject({
      error: { stage: 'after' },
      finished: true,
      message_id: expect.stringContaining('message-') as string,
      provider_trace: null,
    });
  });
});

describe('A24: data after the terminator', () => {
  test('of chat is read by neither adapter', () => {
    const body = bytesOf([text('a'), '[DONE]', text('ZZ')].map((line) => `data: ${line}\n\n`).join(''));
    for (const lane of ['legacy', 'simple'] as const) {
      const { emissions, outcome } = runLane(lane, laneSetup('chat_completions'), body);
      expect(outcome.outcome).toMatchObject({ error: null, finished: true });
      expect(JSON.stringify(emissions)).not.toContain('ZZ');
    }
  });

  test('of messages ends each adapter there, with what it had', () => {
    const body = [
      {
        type: 'message_start',
        message: { id: 'm', role: 'assistant', model: 'c', content: [], usage: { input_tokens: 1, output_tokens: 1 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1 } },
      { type: 'message_stop' },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'ZZ' } },
    ].map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
    for (const lane of ['legacy', 'simple'] as const) {
      const ran = (events: readonly string[]) => runLane(lane, laneSetup('messages'), bytesOf(events.join('')));
      const { emissions, outcome } = ran(body);
      expect(outcome.outcome).toMatchObject({ error: { stage: 'stream', event: 6 }, finished: false });
      const before = ran(body.slice(0, -1)).emissions;
      expect(emissions.slice(0, before.length)).toEqual(before);
      expect(JSON.stringify(emissions)).not.toContain('ZZ');
    }
  });
});

function textOf(message: AdapterMessage): string {
  if (message.message_type !== 'assistant_message') return '';
  return typeof message.content === 'string' ? message.content : message.content.map((part) => part.text).join('');
}
