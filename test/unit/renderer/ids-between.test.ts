/** Runs between two others that are not loaded, while the list goes on. */
import { expect, test } from 'vitest';
import { setClient, type Client } from '../../../src/renderer/client/client.ts';
import { idsBetween } from '../../../src/renderer/stores/ids-between.ts';
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
  const forwards = await idsBetween(rowOf(1800), rowOf(1101), { filter: undefined, most: 1000 });
  expect([forwards.count, forwards.ids]).toEqual([700, wanted]);
  expect((await idsBetween(rowOf(1101), rowOf(1800), { filter: undefined, most: 1000 })).ids).toEqual(wanted);
  expect((await idsBetween(rowOf(3), rowOf(1), { filter: undefined, most: 1000 })).ids).toEqual([
    'run-3',
    'run-2',
    'run-1',
  ]);
  expect((await idsBetween(rowOf(1990), rowOf(2), { filter: undefined, most: 1000 })).ids).toEqual([]);
});
