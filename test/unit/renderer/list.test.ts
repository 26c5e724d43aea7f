import { describe, expect, it } from 'vitest';
import { traceId } from '../../../src/shared/model/ids.ts';
import type { TraceRow } from '../../../src/shared/model/trace.ts';
import { compact, dayName, duration, money } from '../../../src/renderer/components/format.ts';
import type { Listing } from '../../../src/renderer/stores/listing.ts';
import { groupedRows, listRows, type ListRow } from '../../../src/renderer/views/runs/list-rows.ts';
import { groupsOf, unknownNrs, withoutNrs } from '../../../src/renderer/stores/grouping.ts';
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
  const groups = groupsOf(
    {
      groups: [
        { key: 'x', title: 'And then?', steps: [9, 2, 3] },
        { key: null, title: 'Alone', steps: [8, 5] },
      ],
      older: [6, 1],
    },
    'conversation',
  );
  const known = (...all: readonly TraceRow[]) => new Map(all.map((item) => [item.id, item]));
  const shape = (rows: ReadonlyMap<TraceRow['id'], TraceRow>, options = { pinLive: true, whole: true }) =>
    groupedRows(groups, rows, options).map(said);

  it('has all of each group, and leaves room for what is not loaded of it', () => {
    const rows = known(row('a', { nr: 9 }), row('b', { nr: 4 }), row('c', { nr: 8 }), row('d', { nr: 6 }));
    expect(shape(rows)).toEqual([
      'And then? 3',
      'a',
      '1 from 1',
      'b',
      'No conversation known 2',
      'c',
      '1 from 4',
      'Older conversations 2',
      'd',
      '1 from 6',
    ]);
    expect(shape(known())).toEqual([
      'And then? 3',
      '3 from 0',
      'No conversation known 2',
      '2 from 3',
      'Older conversations 2',
      '2 from 5',
    ]);
  });

  it('puts live runs on top while it is followed, also those that are in no group yet', () => {
    const live = { ...running, id: traceId('live'), nr: 7 };
    const fresh = { ...running, id: traceId('fresh'), nr: 10 };
    const rows = known(live, fresh);
    const others = ['Older conversations 2', '2 from 5'];
    expect(shape(rows)).toEqual([
      'Live 2',
      'fresh',
      'live',
      'And then? 2',
      '1 from 0',
      '1 from 2',
      'No conversation known 2',
      '2 from 3',
      ...others,
    ]);
    expect(shape(rows, { pinLive: true, whole: false }).slice(0, 2)).toEqual(['Live 1', 'live']);
    expect(shape(rows, { pinLive: false, whole: true }).slice(0, 4)).toEqual([
      'And then? 3',
      '1 from 0',
      'live',
      '1 from 2',
    ]);
  });

  it('asks for what is seen and is not there, with what is around it', () => {
    const asked = (from: number, to: number, most: number, ...there: readonly number[]) =>
      unknownNrs(groups, { from, to, most }, (nr) => there.includes(nr)).toSorted((a, b) => b - a);
    expect(asked(2, 3, 4)).toEqual([8, 7, 4, 3]);
    expect(asked(-3, 0, 3)).toEqual([9]);
    expect(asked(0, 99, 200)).toEqual([9, 8, 7, 6, 5, 4, 3]);
    expect(asked(0, 2, 200, 9, 7, 4)).toEqual([]);
    expect(asked(0, 6, 2)).toHaveLength(2);
  });

  it('loses what is no more, and a group with its last run', () => {
    expect(withoutNrs(groups, new Set([9, 8, 7, 5, 6])).map(({ name, nrs }) => [name, nrs])).toEqual([
      ['And then?', [4]],
      ['No conversation known', [3]],
    ]);
  });
});

describe('the run list', () => {
  const all: readonly TraceRow[] = [row('a'), row('b', { startedAt: NOW - 20 * HOUR }), running];
  const rows = new Map(all.map((item) => [item.id, item]));
  const shape = (pinLive: boolean, whole = true) =>
    listRows(listing(all, whole ? all.length : 9), rows, {
      pinLive,
      now: NOW,
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
    const options = { pinLive: true, now: NOW };
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
