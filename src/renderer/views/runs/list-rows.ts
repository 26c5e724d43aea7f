/** The rows of the list as they stand under each other: live runs first while the list is followed, then days. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { TraceRow } from '../../../shared/model/trace.ts';
import { dayName } from '../../components/format.ts';

export type ListRow =
  | { readonly type: 'day'; readonly name: string; readonly count: number }
  | { readonly type: 'run'; readonly id: TraceId };

export function listRows(
  ids: readonly TraceId[],
  rows: ReadonlyMap<TraceId, TraceRow>,
  pinLive: boolean,
  now: number,
): readonly ListRow[] {
  const groups = new Map<string, TraceId[]>();
  for (const id of ids) {
    const row = rows.get(id);
    if (!row) continue;
    const name = pinLive && !row.ending ? 'Live' : dayName(row.startedAt, now);
    const group = groups.get(name);
    if (group) group.push(id);
    else groups.set(name, [id]);
  }
  const order = [...groups].toSorted(([a], [b]) => Number(b === 'Live') - Number(a === 'Live'));
  return order.flatMap(([name, group]): ListRow[] => [
    { type: 'day', name, count: group.length },
    ...group.map((id): ListRow => ({ type: 'run', id })),
  ]);
}
