import { describe, expect, it } from 'vitest';
import { traceId } from '../../../src/shared/model/ids.ts';
import type { TraceRow } from '../../../src/shared/model/trace.ts';
import { compact, dayName, duration, money } from '../../../src/renderer/components/format.ts';
import type { Listing } from '../../../src/renderer/stores/listing.ts';
import { listRows, type Grouping, type ListRow } from '../../../src/renderer/views/runs/list-rows.ts';
import { lookOf } from '../../../src/renderer/components/names.ts';

const NOW = new Date(2025, 9, 18, 14).getTime();
const HOUR = 3_600_000;

function row(id: string, over: Partial<TraceRow> = {}): TraceRow {
  return {
    id: traceId(id),
    nr: 1,
    title: `Question ${id}`,
    renamed: false,
    starred: false,
    source: 'run',
    api: 'messages',
    model: 'claude-x',
    startedAt: NOW,
    timed: true,
    metrics: {
      firstByteNs: 1,
      firstEventNs: 1,
      firstReasoningNs: null,
      firstTextNs: 1,
      firstToolNs: null,
      totalNs: 1,
      events: 1,
      reads: 1,
      bytes: 1,
      textChars: 1,
      lastContentNs: 1,
      gaps: [],
    },
    ending: { state: 'complete', rule: '' },
    ...over,
  };
}
const { ending: _, ...running } = row('live', { startedAt: NOW - 30 * HOUR });

const listing = (all: readonly TraceRow[], total: number): Listing => ({ total, parts: [{ at: 0, places: all }] });
const said = (entry: ListRow): string =>
  entry.type === 'group'
    ? `${entry.name} ${entry.count}${entry.more ? '+' : ''}`
    : entry.type === 'gap'
      ? `${entry.count} from ${entry.at}`
      : entry.id;

describe('the run list in groups', () => {
  const facts = (conversation: string | null) =>
    ({ version: 1, differs: [], apart: [], lint: { worst: null, rules: [] }, tools: [], conversation }) as const;
  const all: readonly TraceRow[] = [
    row('a', { title: 'And then?', provider: 'lab', facts: facts('x') }),
    row('b', { model: null, facts: facts(null) }),
    row('c', { title: 'Hello', provider: 'lab', facts: facts('x') }),
  ];
  const rows = new Map(all.map((item) => [item.id, item]));
  const shape = (by: Grouping) =>
    listRows(listing(all, 9), rows, { pinLive: true, now: NOW, by, endpointName: () => undefined }).map(said);

  it('puts runs of one endpoint, model or conversation under each other, and says that there may be more', () => {
    expect(shape('endpoint')).toEqual(['lab 2+', 'a', 'c', 'Unknown endpoint 1+', 'b']);
    expect(shape('model')).toEqual(['claude-x 2+', 'a', 'c', 'Unknown model 1+', 'b']);
    expect(shape('conversation')).toEqual(['And then? 2+', 'a', 'c', 'No conversation known 1+', 'b']);
  });
});

describe('the run list', () => {
  const all: readonly TraceRow[] = [row('a'), row('b', { startedAt: NOW - 20 * HOUR }), running];
  const rows = new Map(all.map((item) => [item.id, item]));
  const shape = (pinLive: boolean, whole = true) =>
    listRows(listing(all, whole ? all.length : 9), rows, {
      pinLive,
      now: NOW,
      by: 'day',
      endpointName: () => undefined,
    }).map(said);

  it('groups by day, and puts live runs on top only while it is followed', () => {
    expect(shape(false)).toEqual(['Today 1', 'a', 'Yesterday 2', 'b', 'live']);
    expect(shape(true)).toEqual(['Live 1', 'live', 'Today 1', 'a', 'Yesterday 1', 'b']);
  });

  it('says of the last day that it may have more, where not all is loaded', () => {
    expect(shape(false, false)).toEqual(['Today 1', 'a', 'Yesterday 2+', 'b', 'live', '6 from 3']);
    expect(shape(true, false)).toEqual(['Live 1', 'live', 'Today 1', 'a', 'Yesterday 1+', 'b', '6 from 3']);
  });

  it('leaves room between stretches for what is not loaded', () => {
    const more = row('z', { startedAt: NOW - 20 * HOUR });
    const parts = [
      { at: 0, places: [all[0]!] },
      { at: 5, places: [all[1]!, more] },
    ];
    const known = new Map([...rows, [more.id, more]]);
    const options = { pinLive: true, now: NOW, by: 'day', endpointName: () => undefined } as const;
    expect(listRows({ total: 8, parts }, known, options).map(said)).toEqual([
      'Today 1+',
      'a',
      '4 from 1',
      'Yesterday 2+',
      'b',
      'z',
      '1 from 7',
    ]);
  });

  it('tells a request that got no response from one that was cut, and from one that was refused by a status', () => {
    const lost = row('x', { ending: { state: 'reset', rule: '' } });
    expect(lookOf(lost).label).toBe('Connection lost');
    // The request was sent: what broke was a connection.
    expect(lookOf({ ...lost, metrics: { ...lost.metrics, reads: 0 } }).label).toBe('Cut before a response');
    const refused = {
      ...lost,
      ending: { state: 'http-error', rule: '' } as const,
      metrics: { ...lost.metrics, reads: 0 },
    };
    expect(lookOf(refused).label).toBe('No response');
    expect(lookOf({ ...refused, httpStatus: 429 }).label).toBe('HTTP error');
    expect(lookOf(running).label).toBe('Live');
  });
});

describe('numbers', () => {
  it('gives durations the unit that fits', () => {
    expect([0.4e6, 398e6, 999e6, 3.372e9, 123.4e9].map((ns) => Object.values(duration(ns)).join(' '))).toEqual([
      '0.4 ms',
      '398 ms',
      '999 ms',
      '3.37 s',
      '123.4 s',
    ]);
  });
  it('shortens counts and sums', () => {
    expect([compact(640), compact(1234), compact(54_321), money(0.0112), money(1.5)]).toEqual([
      '640',
      '1.2k',
      '54k',
      '$0.0112',
      '$1.50',
    ]);
  });
  it('names days', () => {
    expect([dayName(NOW, NOW), dayName(NOW - 20 * HOUR, NOW)]).toEqual(['Today', 'Yesterday']);
    expect(dayName(new Date(2024, 0, 5).getTime(), NOW)).toBe('January 5, 2024');
  });
});
