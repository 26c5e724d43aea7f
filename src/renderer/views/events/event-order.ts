/** In which order the rows of the Events tab stand: as they came, or by one of their columns. Pure. */
import type { EventKind } from '../../../shared/model/stream.ts';
import type { TraceModel } from '../../stores/trace-model.ts';
import type { ListRow } from './event-list.ts';

export type SortColumn = 'wait' | 'kind' | 'chars' | 'bytes';
export interface EventSort {
  readonly by: SortColumn;
  readonly descending: boolean;
}

const KINDS: readonly EventKind[] = [
  'start',
  'reasoning',
  'text',
  'tool',
  'usage',
  'finish',
  'done',
  'ping',
  'meta',
  'error',
  'unknown',
];
/** A key and the number of its row in one double, exactly: numbers are sorted without calling back for each pair. */
const ROWS = 2 ** 20;
const LARGEST_KEY = 2 ** 32;

/** What a press on a column does: the largest first, then the smallest, then as they came. */
export function nextSort(sort: EventSort | null, by: SortColumn): EventSort | null {
  if (sort?.by !== by) return { by, descending: true };
  return sort.descending ? { by, descending: false } : null;
}

/** Numbers of the rows in that order; equal ones as they came. Remarks on bytes have none of the columns and stand last. */
export function orderOf(rows: readonly ListRow[], model: TraceModel, { by, descending }: EventSort): Uint32Array {
  const keys = new Float64Array(rows.length);
  for (const [at, row] of rows.entries()) {
    const key = Math.min(LARGEST_KEY - 1, Math.max(0, Math.round(keyOf(row, model, by))));
    const place = row.type === 'note' ? LARGEST_KEY : descending ? LARGEST_KEY - 1 - key : key;
    keys[at] = place * ROWS + (at % ROWS);
  }
  keys.sort();
  return Uint32Array.from(keys, (value) => value % ROWS);
}

function keyOf(row: ListRow, { events }: TraceModel, by: SortColumn): number {
  if (row.type === 'note') return 0;
  switch (by) {
    case 'wait':
      // Microseconds.
      return row.first === 0 ? 0 : (events[row.first]!.tNs - events[row.first - 1]!.tNs) / 1e3;
    case 'kind':
      return KINDS.length - KINDS.indexOf(events[row.first]!.kind);
    case 'chars':
      return row.chars;
    case 'bytes':
      return row.bytes;
  }
}
