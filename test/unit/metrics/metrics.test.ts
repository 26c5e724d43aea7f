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
      gaps: [],
    });
  });

  test('the five firsts, totals, and the rate from the first text to the last content', () => {
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
    expect(metrics.tokensPerSecond).toBeCloseTo(50, 6);
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
