/** The rows of the list as they stand under each other: live runs first while the list is followed, then days. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { TraceRow } from '../../../shared/model/trace.ts';
import { dayName } from '../../components/format.ts';

const LIVE = 'Live';

export type ListRow =
  /** `count`: of its rows here; `more` when there are others that are not loaded. */
  | { readonly type: 'day'; readonly name: string; readonly count: number; readonly more: boolean }
  | { readonly type: 'run'; readonly id: TraceId };

export function listRows(
  ids: readonly TraceId[],
  rows: ReadonlyMap<TraceId, TraceRow>,
  { pinLive, now, whole }: { readonly pinLive: boolean; readonly now: number; readonly whole: boolean },
): readonly ListRow[] {
  const groups = new Map<string, TraceId[]>();
  for (const id of ids) {
    const row = rows.get(id);
    if (!row) continue;
    const name = pinLive && !row.ending ? LIVE : dayName(row.startedAt, now);
    const group = groups.get(name);
    if (group) group.push(id);
    else groups.set(name, [id]);
  }
  // What is not loaded is older than all that is.
  const oldest = [...groups.keys()].findLast((name) => name !== LIVE);
  const order = [...groups].toSorted(([a], [b]) => Number(b === LIVE) - Number(a === LIVE));
  return order.flatMap(([name, group]): ListRow[] => [
    { type: 'day', name, count: group.length, more: !whole && name === oldest },
    ...group.map((id): ListRow => ({ type: 'run', id })),
  ]);
}
