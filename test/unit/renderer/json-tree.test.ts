/** Arguments as a tree: every value as it came, and no more rows than are open. */
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { JsonTree } from '../../../src/renderer/components/JsonTree.tsx';
import { jsonRows, seenRows } from '../../../src/renderer/components/json-tree.ts';

const NONE: ReadonlySet<number> = new Set();

test('B12 values keep their digits, keys their order and their repeats', () => {
  const rows = jsonRows('{"b":1.50,"a":[9007199254740993,{}],"b":"x\\u0041"}');
  expect(rows.map(({ name, value, level, held }) => [level, name, value ?? held])).toEqual([
    [1, 'b', '1.50'],
    [1, 'a', 2],
    [2, '0', '9007199254740993'],
    [2, '1', 0],
    [1, 'b', String.raw`"x\u0041"`],
  ]);
  expect(seenRows(rows, new Set([1]), 10)).toEqual({ seen: [0, 1, 4], total: 3 });
  expect(seenRows(rows, NONE, 2)).toEqual({ seen: [0, 1], total: 5 });
});

test('a row ends where what stands under it does, and closing all leaves the top', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const rows = jsonRows(text);
      for (const [at, { next, held, level }] of rows.entries()) {
        const under = rows.slice(at + 1, next);
        expect(under.every((row) => row.level > level)).toBe(true);
        expect(under.filter(({ parent }) => parent === at).length).toBe(held);
        expect(rows[next]?.level ?? 0).toBeLessThanOrEqual(level);
      }
      const top = rows.flatMap(({ level }, at) => (level === 1 ? [at] : []));
      expect(seenRows(rows, new Set(rows.keys()), Infinity).seen).toEqual(top);
    }),
  );
});

describe('I5 I6 B14 B15 large and hostile arguments', () => {
  const html = (text: string): string => renderToStaticMarkup(createElement(JsonTree, { text, label: 'Arguments' }));
  const items = (text: string): number => html(text).split('role="treeitem"').length - 1;

  test('draws a few of many rows at once, and of a deep one its outermost', () => {
    const rows = items(`[${Array.from({ length: 50_000 }, (_, at) => at).join()}]`);
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(200);
    expect(items('['.repeat(100_000) + ']'.repeat(100_000))).toBe(1);
  });

  test('cuts a long value, which it says', () => {
    const shown = html(JSON.stringify({ a: 'x'.repeat(200_000) }));
    expect(shown.length).toBeLessThan(4_000);
    expect(shown).toContain('more characters');
  });

  test('shows what text hides', () => expect(html('{"a":"\u202egpj.exe"}')).not.toContain('\u202e'));

  test('what holds no values is its text', () => expect(html('{}')).toContain('{}'));
});
