/** Runs between two others that are not loaded, while the list goes on. */
import { expect, test } from 'vitest';
import { setClient, type Client } from '../../../src/renderer/client/client.ts';
import { useApp } from '../../../src/renderer/stores/app.ts';
import { rowsBetween } from '../../../src/renderer/stores/rows-between.ts';
import { useToasts } from '../../../src/renderer/stores/toasts.ts';
import { markTo } from '../../../src/renderer/views/runs/marking.ts';
import { traceId } from '../../../src/shared/model/ids.ts';
import type { TraceRow } from '../../../src/shared/model/trace.ts';

const rowOf = (nr: number): TraceRow => ({ id: traceId(`run-${nr}`), nr }) as TraceRow;

/** A list of `count` runs, to which each question brings one more. */
function growing(count: number): void {
  let newest = count;
  const list = async (_name: string, { around, after, limit }: { around?: number; after?: string; limit: number }) => {
    const rows = Array.from({ length: newest }, (_, at) => rowOf(newest - at));
    const at = newest - (around ?? Number(after) - 1);
    newest++;
    const page = rows.slice(at, at + limit);
    const last = page.at(-1)?.nr ?? 1;
    return { rows: page, at, previous: null, next: last > 1 ? String(last) : null, total: rows.length };
  };
  setClient({ call: list } as unknown as Client);
}

test('a range is the same runs, whichever begin meanwhile', async () => {
  growing(2000);
  const wanted = Array.from({ length: 700 }, (_, at) => `run-${1800 - at}`);
  const between = async (from: number, to: number) => {
    const { count, rows } = await rowsBetween(rowOf(from), rowOf(to), { filter: undefined, most: 1000 });
    return { count, ids: rows?.map(({ id }) => id) ?? null };
  };
  expect(await between(1800, 1101)).toEqual({ count: 700, ids: wanted });
  expect((await between(1101, 1800)).ids).toEqual(wanted);
  expect((await between(3, 1)).ids).toEqual(['run-3', 'run-2', 'run-1']);
  expect((await between(1990, 2)).ids).toBeNull();
});

test('10,000 runs are marked, and of more it is said that they are too many', async () => {
  const shown = { grouped: false, filter: undefined };
  const chosen = rowOf(10_001);
  useApp.setState({ selected: chosen.id });
  growing(10_001);
  await markTo(chosen, rowOf(1), shown);
  expect(useApp.getState().picked).toEqual([]);
  expect(useToasts.getState().toasts.map(({ text }) => text)).toEqual([
    '10,001 runs are too many to mark at once. Choose a range of at most 10,000.',
  ]);
  growing(10_001);
  await markTo(chosen, rowOf(2), shown);
  expect(useApp.getState().picked).toHaveLength(9999);
  expect(useApp.getState().picked.at(-1)).toBe('run-2');
});
