/** The rows of the list as they stand under each other: live runs first while the list is followed, then groups, the newest first. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { TraceRow } from '../../../shared/model/trace.ts';
import { dayName } from '../../components/format.ts';

/** What runs can be grouped by. */
export const GROUPINGS = ['day', 'endpoint', 'model', 'conversation'] as const;
export type Grouping = (typeof GROUPINGS)[number];

const LIVE = 'Live';

export type ListRow =
  /** `count`: of its rows here; `more` when there may be others that are not loaded. */
  | {
      readonly type: 'group';
      readonly key: string;
      readonly name: string;
      readonly count: number;
      readonly more: boolean;
    }
  | { readonly type: 'run'; readonly id: TraceId };

export interface ListOptions {
  readonly pinLive: boolean;
  readonly now: number;
  /** All runs are loaded. */
  readonly whole: boolean;
  readonly by: Grouping;
  /** What an endpoint is called now; undefined where it is no more. */
  readonly endpointName: (row: TraceRow) => string | undefined;
}

export function listRows(
  ids: readonly TraceId[],
  rows: ReadonlyMap<TraceId, TraceRow>,
  options: ListOptions,
): readonly ListRow[] {
  const groups = new Map<string, { readonly name: string; readonly ids: TraceId[] }>();
  for (const id of ids) {
    const row = rows.get(id);
    if (!row) continue;
    const { key, name } = options.pinLive && !row.ending ? { key: LIVE, name: LIVE } : groupOf(row, options);
    const group = groups.get(key);
    if (group) group.ids.push(id);
    else groups.set(key, { name, ids: [id] });
  }
  // What is not loaded is older than all that is; of another kind than days, any group may have more of it.
  const oldest = [...groups.keys()].findLast((key) => key !== LIVE);
  const order = [...groups].toSorted(([a], [b]) => Number(b === LIVE) - Number(a === LIVE));
  return order.flatMap(([key, { name, ids: group }]): ListRow[] => [
    {
      type: 'group',
      key,
      name,
      count: group.length,
      more: !options.whole && key !== LIVE && (options.by !== 'day' || key === oldest),
    },
    ...group.map((id): ListRow => ({ type: 'run', id })),
  ]);
}

function groupOf(
  row: TraceRow,
  { by, now, endpointName }: ListOptions,
): { readonly key: string; readonly name: string } {
  const named = (name: string) => ({ key: name, name });
  switch (by) {
    case 'day':
      return named(dayName(row.startedAt, now));
    case 'endpoint':
      return named(endpointName(row) ?? row.provider ?? 'Unknown endpoint');
    case 'model':
      return named(row.model ?? 'Unknown model');
    case 'conversation': {
      const conversation = row.facts?.conversation;
      // Its newest run names it.
      return conversation ? { key: conversation, name: row.title } : named('No conversation known');
    }
  }
}
