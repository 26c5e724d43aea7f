/** Holds the comparison of two runs to which blocks belong together, and to what stands at zero on its axis. */
import { describe, expect, it } from 'vitest';
import { blockPairs, overlay, swapped } from '../../../../src/renderer/views/compare/two-traces.ts';
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
): TraceSide =>
  ({
    blocks,
    timed,
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
      { from: barA[0], to: barA[1] },
      { from: barB[0], to: barB[1] },
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
