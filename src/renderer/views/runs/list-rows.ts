/** The rows of the list as they stand under each other: live runs first while the list is followed, then groups, the newest first. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { TraceRow } from '../../../shared/model/trace.ts';
import { dayName } from '../../components/format.ts';
import { isWhole, type Listing } from '../../stores/listing.ts';

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
  /** `at`: its place in the whole list. */
  | { readonly type: 'run'; readonly id: TraceId; readonly at: number }
  /** Rows that are not loaded, from a place on. */
  | { readonly type: 'gap'; readonly at: number; readonly count: number };

export interface ListOptions {
  readonly pinLive: boolean;
  readonly now: number;
  readonly by: Grouping;
  /** What an endpoint is called now; undefined where it is no more. */
  readonly endpointName: (row: TraceRow) => string | undefined;
}

interface PlacedRow {
  readonly row: TraceRow;
  readonly at: number;
}

/** By day, what is not loaded stands where it will be; by anything else, it may belong to any group. */
export function listRows(
  listing: Listing,
  rows: ReadonlyMap<TraceId, TraceRow>,
  options: ListOptions,
): readonly ListRow[] {
  const parts = listing.parts.map(({ at, places }) =>
    places.flatMap(({ id }, n): PlacedRow[] => {
      const row = rows.get(id);
      return row ? [{ row, at: at + n }] : [];
    }),
  );
  const isPinned = ({ row }: PlacedRow): boolean => options.pinLive && !row.ending;
  const live = parts.flat().filter(isPinned);
  const pinned = live.length === 0 ? [] : groupRows({ key: LIVE, name: LIVE }, live, false);
  const others = parts.map((part) => part.filter((one) => !isPinned(one)));
  if (options.by !== 'day') return [...pinned, ...grouped(others.flat(), options, () => !isWhole(listing))];
  const between = others.flatMap((part, n): readonly ListRow[] => {
    const { at, places } = listing.parts[n]!;
    const end = at + places.length;
    const gap = (listing.parts[n + 1]?.at ?? listing.total) - end;
    const more = (first: boolean, last: boolean): boolean => (first && at > 0) || (last && gap > 0);
    return [...grouped(part, options, more), ...(gap > 0 ? [{ type: 'gap', at: end, count: gap } as const] : [])];
  });
  return [...pinned, ...between];
}

/** `more`: whether the first or the last group may have others that are not loaded. */
function grouped(
  all: readonly PlacedRow[],
  options: ListOptions,
  more: (first: boolean, last: boolean) => boolean,
): readonly ListRow[] {
  const groups = new Map<string, { readonly name: string; readonly rows: PlacedRow[] }>();
  for (const one of all) {
    const { key, name } = groupOf(one.row, options);
    const group = groups.get(key);
    if (group) group.rows.push(one);
    else groups.set(key, { name, rows: [one] });
  }
  return [...groups].flatMap(([key, group], n) =>
    groupRows({ key, name: group.name }, group.rows, more(n === 0, n === groups.size - 1)),
  );
}

function groupRows(
  { key, name }: { readonly key: string; readonly name: string },
  rows: readonly PlacedRow[],
  more: boolean,
): readonly ListRow[] {
  const { at } = rows[0]!;
  return [
    { type: 'group', key: `${key} ${at}`, name, count: rows.length, more },
    ...rows.map(({ row, at: place }): ListRow => ({ type: 'run', id: row.id, at: place })),
  ];
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
