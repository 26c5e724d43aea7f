/** What changes of traces make of the rows and the list that a window holds. */
import type { TraceId } from '../../shared/model/ids.ts';
import type { TraceRow } from '../../shared/model/trace.ts';
import type { ListChange } from '../../shared/rpc/contract.ts';
import { holds, withoutRow, withRow, withUnseen, type Listing } from './listing.ts';

export interface Held {
  /** All rows that are known. */
  readonly rows: ReadonlyMap<TraceId, TraceRow>;
  /** The whole list. */
  readonly all: Listing;
}

/**
 * Each part is the same as before where nothing of it changed: while facts of a long list are worked out, they come one by one for
 * rows that nobody sees, and nothing is drawn again for them. `gone`: what was deleted and may come back, which is kept here.
 */
export function withChanges(
  { rows: before, all: list }: Held,
  changes: readonly ListChange[],
  gone: Set<TraceId>,
): Held {
  const rows = new Map(before);
  let all = list;
  let changed = false;
  for (const change of changes) {
    if (change.type === 'delete') {
      all = withoutRow(all, change);
      changed = rows.delete(change.id) || changed;
      gone.add(change.id);
      continue;
    }
    const { row } = change;
    const more = rows.has(row.id) && holds(all, row) ? null : withRow(all, row);
    all = more ?? all;
    // Back, where nothing is loaded.
    if (gone.delete(row.id) && !more) all = withUnseen(all, row, 1);
    if (!more && !rows.has(row.id)) continue;
    rows.set(row.id, row);
    changed = true;
  }
  return { rows: changed ? rows : before, all };
}
