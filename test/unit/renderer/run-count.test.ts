/** How many runs the list has, while pages and changes cross. */
import { beforeEach, expect, test, vi } from 'vitest';
import { setClient, type Client } from '../../../src/renderer/client/client.ts';
import { loadRows, useRuns, watchRuns } from '../../../src/renderer/stores/runs.ts';
import { traceId } from '../../../src/shared/model/ids.ts';
import type { TraceRow } from '../../../src/shared/model/trace.ts';
import type { ListChange } from '../../../src/shared/rpc/contract.ts';

const PAGE = 200;
const rowOf = (nr: number): TraceRow => ({ id: traceId(`run-${nr}`), nr, ending: {} }) as TraceRow;

/** What the store has, by row numbers, the newest first. */
let stored: number[];
let tell: (changes: readonly ListChange[]) => void;

beforeEach(() => {
  vi.stubGlobal('document', { hidden: false, addEventListener() {} });
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 0));
  vi.stubGlobal('cancelAnimationFrame', clearTimeout);
});

function connect(count: number): void {
  stored = Array.from({ length: count }, (_, at) => count - at);
  const list = async (_name: string, { limit, at, after }: { limit: number; at?: number; after?: string }) => {
    const from = after === undefined ? (at ?? 0) : stored.findIndex((nr) => nr < Number(after));
    return { rows: stored.slice(from, from + limit).map(rowOf), at: from, total: stored.length };
  };
  setClient({
    call: list,
    subscribe: (_name: string, _params: object, { items }: { items: typeof tell }) => (tell = items),
    onStatus: (listener: (status: string) => void) => listener('open'),
  } as unknown as Client);
  watchRuns();
}

test('a run that goes while a page is read is counted once', async () => {
  connect(1000);
  await expect.poll(() => useRuns.getState().total).toBe(1000);
  const totals: number[] = [];
  const stop = useRuns.subscribe(({ total }) => void (totals.at(-1) === total || totals.push(total)));
  // The page knows of it already when the change comes.
  stored = stored.filter((nr) => nr !== 10);
  await loadRows(PAGE, PAGE + 10);
  tell([{ type: 'delete', id: traceId('run-10'), nr: 10 }]);
  await expect.poll(() => totals).toEqual([999, 998, 999]);
  stop();
});
