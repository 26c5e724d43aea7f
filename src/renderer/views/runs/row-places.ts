/** Where rows of the list stand, in pixels from its top, and which of them are seen. Pure. */
import type { Virtualizer } from '@tanstack/react-virtual';
import type { TraceId } from '../../../shared/model/ids.ts';
import type { ListRow } from './list-rows.ts';

export const RUN_HEIGHT = 52;
const DAY_HEIGHT = 26;

export const keyOf = (row: ListRow | undefined) =>
  row === undefined ? '' : row.type === 'group' ? `group ${row.key}` : row.type === 'gap' ? `gap ${row.at}` : row.id;

export const heightOf = (row: ListRow | undefined): number =>
  row?.type === 'group' ? DAY_HEIGHT : row?.type === 'gap' ? row.count * RUN_HEIGHT : RUN_HEIGHT;

/** Rows that are read before they are seen. */
const AHEAD = 20;

/** The places of what is seen, and a little more; undefined while nothing is drawn. */
export function stretchOf(
  list: readonly ListRow[],
  virtual: Virtualizer<HTMLDivElement, Element>,
): readonly [from: number, to: number] | undefined {
  const { scrollOffset, scrollRect } = virtual;
  if (scrollOffset === null || scrollRect === null) return undefined;
  const bottom = scrollOffset + scrollRect.height;
  const places = virtual.getVirtualItems().flatMap(({ index, start, end }): readonly number[] => {
    const row = list[index];
    // More is drawn than is seen: what is next to a gap may be far from it.
    if (row === undefined || row.type === 'group' || end <= scrollOffset || start >= bottom) return [];
    if (row.type === 'run') return [row.at];
    const within = (y: number): number => Math.min(Math.max(0, Math.floor((y - start) / RUN_HEIGHT)), row.count - 1);
    return [row.at + within(scrollOffset), row.at + within(bottom)];
  });
  return places.length === 0 ? undefined : [Math.max(0, Math.min(...places) - AHEAD), Math.max(...places) + AHEAD];
}

/** Whether nothing between two runs is not loaded. */
export function areWhole(list: readonly ListRow[], a: TraceId | null, b: TraceId): boolean {
  const [from, to] = [a, b]
    .map((id) => list.findIndex((row) => row.type === 'run' && row.id === id))
    .toSorted((x, y) => x - y) as [number, number];
  return !list.slice(from, to).some(({ type }) => type === 'gap');
}

export const haveSameRows = (a: readonly ListRow[], b: readonly ListRow[]): boolean =>
  a.length === b.length && a.every((row, at) => keyOf(row) === keyOf(b[at]) && heightOf(row) === heightOf(b[at]));

/** The first run that ends below a height. */
export function runBelow(list: readonly ListRow[], top: number): TraceId | undefined {
  let end = 0;
  const row = list.find((one) => (end += heightOf(one)) > top && one.type === 'run');
  return row?.type === 'run' ? row.id : undefined;
}

export function startOf(list: readonly ListRow[], id: TraceId | undefined): number | undefined {
  let start = 0;
  for (const row of list) {
    if (row.type === 'run' && row.id === id) return start;
    start += heightOf(row);
  }
  return undefined;
}
