/** Holds the comparison of two runs to which blocks belong together, and to what stands at zero on its axis. */
import { describe, expect, it } from 'vitest';
import { tracesMarkdown } from '../../../../src/renderer/views/compare/copy-traces.ts';
import { factsOf } from '../../../../src/renderer/views/compare/traces-facts.ts';
import { blockPairs, overlay, partsOf, swapped, timesText } from '../../../../src/renderer/views/compare/two-traces.ts';
import type { TraceCompareResult, TraceSide } from '../../../../src/shared/compare/result.ts';

const block = (kind: string, title = kind, firstMs = 0, lastMs = 0): TraceSide['blocks'][number] => ({
  kind,
  title,
  text: `${kind} text`,
  firstNs: firstMs * 1e6,
  lastNs: lastMs * 1e6,
});
const ns = (ms: number | null | undefined) => (ms === null || ms === undefined ? null : ms * 1e6);
const side = (
  blocks: TraceSide['blocks'],
  firsts: { byte?: number | null; text?: number | null; total?: number } = {},
  timed = true,
  silences: TraceSide['silences'] = [],
): TraceSide =>
  ({
    blocks,
    timed,
    silences,
    metrics: { firstByteNs: ns(firsts.byte), firstTextNs: ns(firsts.text), totalNs: ns(firsts.total) },
  }) as unknown as TraceSide;
const pairsOf = (a: readonly string[], b: readonly string[]) =>
  blockPairs(
    a.map((kind) => block(kind)),
    b.map((kind) => block(kind)),
  ).map((pair) => `${pair.a?.kind ?? '-'} ${pair.b?.kind ?? '-'}`);

describe('blocks', () => {
  it('of one kind stand beside each other, what only one side has stands alone', () => {
    expect(pairsOf(['reasoning', 'text'], ['text'])).toEqual(['reasoning -', 'text text']);
    expect(pairsOf(['text'], ['text', 'reasoning', 'text'])).toEqual(['text text', '- reasoning', '- text']);
    expect(pairsOf([], ['text'])).toEqual(['- text']);
  });

  it('of tools belong together by name', () => {
    const pairs = blockPairs([block('tool', 'a'), block('tool', 'b')], [block('tool', 'b')]);
    expect(pairs.map(({ a, b }) => [a?.title, b?.title])).toEqual([
      ['a', undefined],
      ['b', 'b'],
    ]);
  });

  it('keep each block of both sides, in order', () => {
    const a = ['text', 'tool', 'text', 'reasoning'];
    const b = ['reasoning', 'tool', 'text'];
    const pairs = blockPairs(
      a.map((kind) => block(kind)),
      b.map((kind) => block(kind)),
    );
    expect(pairs.flatMap((pair) => (pair.a ? [pair.a.kind] : []))).toEqual(a);
    expect(pairs.flatMap((pair) => (pair.b ? [pair.b.kind] : []))).toEqual(b);
  });
});

describe('times of both', () => {
  const a = side([block('text', 'text', 300, 500)], { byte: 200, text: 300, total: 600 });
  const b = side([block('text', 'text', 800, 900)], { byte: 750, text: 800, total: 1000 });

  it.each([
    ['request', [300e6, 500e6], [800e6, 900e6]],
    ['byte', [100e6, 300e6], [50e6, 150e6]],
    ['text', [0, 200e6], [0, 100e6]],
  ] as const)('aligned at the %s', (alignment, barA, barB) => {
    const [row] = overlay({ a, b }, alignment)!.rows;
    expect([row!.a, row!.b]).toEqual([
      { from: barA[0], to: barA[1], silences: [] },
      { from: barB[0], to: barB[1], silences: [] },
    ]);
  });

  it('show the silences of a block, on the same axis', () => {
    const silent = side([block('text', 'text', 300, 5000)], { byte: 200 }, true, [
      { startNs: 0, endNs: 200e6 },
      { startNs: 400e6, endNs: 3700e6 },
      { startNs: 4000e6, endNs: 9000e6 },
    ]);
    const bar = overlay({ a, b: silent }, 'byte')!.rows[0]!.b!;
    expect(bar.silences).toEqual([
      { from: 200e6, to: 3500e6 },
      { from: 3800e6, to: 4800e6 },
    ]);
    expect(partsOf(bar)).toEqual([
      { from: 100e6, to: 200e6 },
      { from: 3500e6, to: 3800e6 },
      { from: 4800e6, to: 4800e6 },
    ]);
  });

  it('hold all of both, before zero too', () => {
    const both = overlay({ a, b }, 'text')!;
    expect(both.start).toBe(-100e6);
    expect(both.end).toBeGreaterThanOrEqual(300e6);
  });

  it('are none where a run was not timed or has no such moment', () => {
    expect(overlay({ a, b: side([], {}, false) }, 'request')).toBeNull();
    expect(overlay({ a, b: side([], { byte: 1 }) }, 'text')).toBeNull();
    const log: TraceSide = { ...b, metrics: { ...b.metrics, startUnknown: true } };
    expect(overlay({ a, b: log }, 'request')).toBeNull();
    expect(overlay({ a, b: log }, 'byte')).toEqual(overlay({ a, b }, 'byte'));
  });
});

it('swaps sides: what was added is removed, and back again', () => {
  const result = {
    a: side([block('text')]),
    b: side([]),
    request: [{ section: 'messages', path: 'messages[0]', change: 'added', a: null, b: 'x' }],
  } as TraceCompareResult;
  expect(swapped(result).request).toEqual([
    { section: 'messages', path: 'messages[0]', change: 'removed', a: 'x', b: null },
  ]);
  expect(swapped(swapped(result))).toEqual(result);
});

it.each([
  [1000, 1, '×0.001'],
  [3, 1, '×0.33'],
  [1, 3, '×3.00'],
  [7, 4000, '×570'],
  [1, 0, ''],
  [0, 1, ''],
])('%d and %d are so many times each other: %s', (a, b, text) => expect(timesText(a, b)).toBe(text));

it('has both runs as text, with what differs in their requests', () => {
  const one = { ...side([]), title: 'One | *two*', api: 'messages', model: 'm', findings: [], lanes: [] };
  Object.assign(one.metrics, { events: 4, bytes: 5, textChars: 6 });
  const text = tracesMarkdown({
    a: one,
    b: { ...one, title: 'Three', model: 'n' },
    request: [
      { section: 'parameters', path: 'model', change: 'changed', a: 'm', b: 'n' },
      { section: 'messages', path: 'messages[0]', change: 'same', a: '', b: '' },
    ],
  } as unknown as TraceCompareResult);
  expect(text).toContain('## A: One \\| \\*two\\*, B: Three');
  expect(text).toContain('| Model | m | n |');
  expect(text).toContain('- parameters: `model` changed\n');
  expect(text).not.toContain('messages[0]');
});

it('calls two numbers equal only where both are known, and says why one is not', () => {
  const of = (part: object): TraceSide => ({
    ...side([], { byte: 1, total: 2 }),
    api: 'messages',
    model: null,
    ending: 'complete',
    lanes: [],
    findings: [],
    ...part,
  });
  const facts = (a: TraceSide, b: TraceSide) =>
    Object.fromEntries(factsOf(a, b).map(({ name, equal, a: left, b: right }) => [name, { equal, left, right }]));
  const known = facts(of({ cost: 0.5 }), of({ cost: 0.5 }));
  expect(known['Cost']).toMatchObject({ equal: true });
  expect(known['Model']).toEqual({ equal: false, left: 'not reported', right: 'not reported' });
  expect(known['First text']).toEqual({ equal: false, left: 'none', right: 'none' });
  const untimed = facts(of({ timed: false }), of({}));
  expect(untimed['Cost']).toEqual({ equal: false, left: 'not known', right: 'not known' });
  expect(untimed['Total']).toMatchObject({ equal: false, left: 'not timed' });
  const { metrics } = side([], { byte: 0, text: 0, total: 5 });
  const log = facts(of({ metrics: { ...metrics, startUnknown: true } }), of({ metrics }));
  for (const name of ['First byte', 'First text', 'First tool', 'Total'])
    expect([name, log[name]]).toMatchObject([name, { equal: false, left: 'not known' }]);
});
