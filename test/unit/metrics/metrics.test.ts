import { describe, expect, test } from 'vitest';
import { MetricsMeter } from '../../../src/shared/metrics/metrics.ts';
import type { TraceItem } from '../../../src/shared/model/items.ts';
import type { WireMessage } from '../../../src/shared/model/messages.ts';

const MS = 1_000_000;
const read = (n: number, ms: number, length = 100): TraceItem => ({
  k: 'read',
  n,
  offset: n * 100,
  length,
  tNs: ms * MS,
});
const event = (index: number, ms: number): TraceItem => ({
  k: 'event',
  event: { index, start: 0, end: 1, read: 0, tNs: ms * MS, kind: 'text', type: 't', preview: '', chars: 0 },
});
const said = (message: WireMessage): TraceItem => ({
  k: 'message',
  emission: { lane: 'wire', ordinal: 0, event: 0, message },
});
const text = (content: string): TraceItem => said({ message_type: 'assistant_message', block: 'b', content });

function metricsOf(...items: readonly TraceItem[]) {
  const meter = new MetricsMeter();
  for (const item of items) meter.add(item);
  return meter.value();
}

describe('metrics', () => {
  test('nothing was seen: nulls, never zeros', () => {
    expect(metricsOf()).toEqual({
      firstByteNs: null,
      firstEventNs: null,
      firstReasoningNs: null,
      firstTextNs: null,
      firstToolNs: null,
      totalNs: null,
      events: 0,
      reads: 0,
      bytes: 0,
      textChars: 0,
      lastContentNs: null,
      gaps: [],
    });
  });

  test('the five firsts, totals, and the rate from the first content to the last', () => {
    const metrics = metricsOf(
      read(0, 100),
      event(0, 120),
      text(''),
      event(1, 200),
      said({ message_type: 'reasoning_message', block: 'r', reasoning: 'hm', signature: null }),
      read(1, 300),
      event(2, 300),
      text('Hi 👋'),
      event(3, 500),
      said({
        message_type: 'tool_call_message',
        block: 't',
        tool_call: { name: 'f', arguments: null, tool_call_id: null },
      }),
      event(4, 1_300),
      text('!'),
      event(5, 1_500),
      said({ message_type: 'usage', usage: { output: 70, reasoning: 20, raw: [] } }),
      { k: 'ending', tNs: 2_000 * MS, ending: { state: 'complete', rule: '' } },
    );
    expect(metrics).toMatchObject({
      firstByteNs: 100 * MS,
      firstEventNs: 120 * MS,
      firstReasoningNs: 200 * MS,
      firstTextNs: 300 * MS,
      firstToolNs: 500 * MS,
      totalNs: 2_000 * MS,
      events: 6,
      reads: 2,
      bytes: 200,
      textChars: 5,
      gaps: [80, 100, 200, 800, 200].map((ms) => ms * MS),
    });
    // 70 tokens in 8 characters, 6 of which came after the first piece, within 1.1 seconds.
    expect(metrics.tokensPerSecond).toBeCloseTo((70 * 6) / 8 / 1.1, 6);
  });

  test('without usage there is no rate; the adapter lanes count for nothing', () => {
    const seed: TraceItem = {
      k: 'message',
      emission: {
        lane: 'legacy',
        ordinal: 0,
        event: 0,
        message: { message_type: 'assistant_message', id: 'x', date: '', otid: null, content: 'legacy' },
      },
    };
    const metrics = metricsOf(event(0, 1), seed);
    expect(metrics).toMatchObject({ firstTextNs: null, textChars: 0 });
    expect(metrics).not.toHaveProperty('tokensPerSecond');
  });

  describe('tokens per second', () => {
    const reasoning = (content: string, block = 'r'): TraceItem =>
      said({ message_type: 'reasoning_message', block, reasoning: content, signature: null });
    const call = (name: string | null, content: string | null): TraceItem =>
      said({
        message_type: 'tool_call_message',
        block: 't',
        tool_call: { name, arguments: content, tool_call_id: null },
      });
    const counted = (output: number, hidden?: number): TraceItem =>
      said({
        message_type: 'usage',
        usage: { output, ...(hidden !== undefined && { reasoning: hidden }), raw: [] },
      });
    const end: TraceItem = { k: 'ending', tNs: 60_000 * MS, ending: { state: 'complete', rule: '' } };
    /** Each piece at its time, in an event of its own. */
    const rateOf = (pieces: readonly (readonly [ms: number, ...items: TraceItem[]])[], ending = true) =>
      metricsOf(
        ...pieces.flatMap(([ms, ...items], at) => [read(at, ms), event(at, ms), ...items]),
        ...(ending ? [end] : []),
      ).tokensPerSecond;

    test('of steady pieces is their pace, whatever they hold', () => {
      const pieces = [text('abcd'), reasoning('abcd'), call('abcd', null), call(null, 'abcd')];
      for (const piece of pieces) {
        // One token every 50 ms.
        const at = Array.from({ length: 21 }, (_, i) => [500 + i * 50, piece] as const);
        expect(rateOf([...at, [1_600, counted(21)]])).toBeCloseTo(20, 6);
      }
    });
    test('counts the time of the reasoning with its tokens', () => {
      expect(
        rateOf([
          [0, reasoning('....')],
          [1_000, reasoning('....')],
          [2_000, text('....')],
          [3_000, text('....')],
          [3_100, counted(80, 40)],
        ]),
      ).toBeCloseTo(20, 6);
    });
    test.each([
      ['hidden', 'reasoning_text', false],
      ['told in a summary', 'summary_text', true],
    ])('leaves out the tokens of a reasoning that is %s', (_what, type, told) => {
      expect(
        rateOf([
          [
            0,
            said({ message_type: 'block_start', block: 'r', kind: 'reasoning', type, choice: 0 }),
            ...(told ? [reasoning('A summary.')] : []),
          ],
          [2_000, text('....')],
          [3_000, text('....')],
          [3_100, counted(1_020, 1_000)],
        ]),
      ).toBeCloseTo(10, 6);
    });
    test.each([
      ['one read', [[100, text('All of it.'), counted(500)]]],
      [
        'reads that came at once',
        Array.from({ length: 40 }, (_, i) => [100 + i, text('Some.'), counted(500)] as const),
      ],
      ['no content', [[100, counted(500, 500)]]],
    ] as const)('of %s cannot be measured', (_what, pieces) => {
      expect(rateOf(pieces)).toBeNull();
    });
    test('of what came within fifty milliseconds can', () => {
      expect(
        rateOf([
          [100, text('..')],
          [150, text('..'), counted(10)],
        ]),
      ).toBeCloseTo(100, 6);
    });
    test('is not reported of a stream that was counted before it went on, and not said before the end', () => {
      const pieces = [
        [0, counted(1)],
        [100, text('..')],
        [1_100, text('..')],
      ] as const;
      expect(rateOf(pieces)).toBeUndefined();
      expect(rateOf([...pieces, [1_200, counted(10)]], false)).toBeUndefined();
      expect(rateOf([...pieces, [1_200, counted(10)]])).toBeCloseTo(5, 6);
    });
  });

  test('the sparkline keeps the longest gap of each of at most 32 equal stretches', () => {
    const times = Array.from({ length: 1_001 }, (_, i) => i + (i > 500 ? 90 : 0));
    const { gaps } = metricsOf(...times.map((ms, i) => event(i, ms)));
    expect(gaps.length).toBeGreaterThan(16);
    expect(gaps.length).toBeLessThanOrEqual(32);
    expect(gaps.filter((gap) => gap === 91 * MS)).toHaveLength(1);
    expect(gaps.every((gap) => gap === MS || gap === 91 * MS)).toBe(true);
    expect(gaps.indexOf(91 * MS) / gaps.length).toBeCloseTo(0.5, 1);
  });
});
