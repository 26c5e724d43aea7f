import { describe, expect, it } from 'vitest';
import { RowLayout } from '../../../src/renderer/components/row-layout.ts';

const layoutOf = (count: number, opened: readonly number[]) => new RowLayout(count, { row: 26, below: 100, opened });

describe('where the rows of a long list stand', () => {
  it('puts each row below all before it, open ones with what they show', () => {
    const opened = [0, 3, 4, 9];
    const layout = layoutOf(10, opened);
    let top = 0;
    for (let at = 0; at < 10; at++) {
      const height = opened.includes(at) ? 126 : 26;
      expect(layout.topOf(at)).toBe(top);
      expect(layout.heightOf(at)).toBe(height);
      // Its first pixel and its last.
      expect(layout.rowAt(top)).toBe(at);
      expect(layout.rowAt(top + height - 1)).toBe(at);
      top += height;
    }
    expect(layout.height).toBe(top);
  });

  it('has its last row below all of them, its first above, and none where there is none', () => {
    const layout = layoutOf(5, [4]);
    expect(layout.rowAt(layout.height + 1_000)).toBe(4);
    expect(layout.rowAt(-1)).toBe(0);
    expect(layoutOf(0, []).rowAt(0)).toBe(-1);
    expect(layoutOf(0, []).height).toBe(0);
  });

  it('never has more rows in a stretch than it says', () => {
    const layout = layoutOf(100, [7]);
    for (let top = 0; top < 300; top++)
      for (const pixels of [1, 25, 26, 27, 260, 261])
        expect(layout.rowAt(top + pixels) - layout.rowAt(top) + 1).toBeLessThanOrEqual(layout.most(pixels));
  });
});
