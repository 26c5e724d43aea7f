/** The rows of the list as they stand under each other: live runs first while the list is followed, then days or other groups, the newest first. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { TraceRow } from '../../../shared/model/trace.ts';
import { dayName, dayStart } from '../../components/format.ts';
import type { Group } from '../../stores/grouping.ts';
import type { Listing } from '../../stores/listing.ts';

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
}

interface PlacedRow {
  readonly row: TraceRow;
  readonly at: number;
}

/** In days; what is not loaded stands where it will be. */
export function listRows(
  listing: Listing,
  rows: ReadonlyMap<TraceId, TraceRow>,
  { pinLive, now }: ListOptions,
): readonly ListRow[] {
  const parts = listing.parts.map(({ at, places }) =>
    places.flatMap(({ id }, n): PlacedRow[] => {
      const row = rows.get(id);
      return row ? [{ row, at: at + n }] : [];
    }),
  );
  const isPinned = ({ row }: PlacedRow): boolean => pinLive && !row.ending;
  const live = parts.flat().filter(isPinned);
  const others = parts.map((part) => part.filter((one) => !isPinned(one)));
  const between = others.flatMap((part, n): readonly ListRow[] => {
    const { at, places } = listing.parts[n]!;
    const end = at + places.length;
    const gap = (listing.parts[n + 1]?.at ?? listing.total) - end;
    const more = (first: boolean, last: boolean): boolean => (first && at > 0) || (last && gap > 0);
    return [...inDays(part, now, more), ...(gap > 0 ? [{ type: 'gap', at: end, count: gap } as const] : [])];
  });
  return [...pinnedRows(live), ...between];
}

/** In groups of which all runs are known by their numbers; those whose rows are not loaded stand where they will be. */
export function groupedRows(
  groups: readonly Group[],
  rows: ReadonlyMap<TraceId, TraceRow>,
  { pinLive, whole }: { readonly pinLive: boolean; readonly whole: boolean },
): readonly ListRow[] {
  const known = new Map([...rows.values()].map((row) => [row.nr, row]));
  const isPinned = (row: TraceRow | undefined): boolean => pinLive && row !== undefined && !row.ending;
  const live: PlacedRow[] = [];
  const list: ListRow[] = [];
  let at = 0;
  for (const { key, name, nrs } of groups) {
    const head = list.length;
    let gap: { readonly type: 'gap'; readonly at: number; count: number } | null = null;
    let pinned = 0;
    for (const nr of nrs) {
      const row = known.get(nr);
      if (!row) {
        if (gap) gap.count++;
        else list.push((gap = { type: 'gap', at, count: 1 }));
      } else {
        gap = null;
        if (isPinned(row)) live.push({ row, at });
        else list.push({ type: 'run', id: row.id, at });
        if (isPinned(row)) pinned++;
      }
      at++;
    }
    const count = nrs.length - pinned;
    if (count > 0) list.splice(head, 0, { type: 'group', key, name, count, more: false });
  }
  const listed = new Set(live.map(({ row }) => row.id));
  // The store has not been asked yet since one began; of those that a filter does not find, none is shown.
  const fresh = whole ? [...rows.values()].filter((row) => isPinned(row) && !listed.has(row.id)) : [];
  return [
    ...pinnedRows([...fresh.map((row) => ({ row, at: 0 })), ...live].toSorted((a, b) => b.row.nr - a.row.nr)),
    ...list,
  ];
}

const pinnedRows = (live: readonly PlacedRow[]): readonly ListRow[] =>
  live.length === 0 ? [] : groupRows({ key: LIVE, name: LIVE }, live, false);

/** `more`: whether the first or the last day may have others that are not loaded. */
function inDays(
  all: readonly PlacedRow[],
  now: number,
  more: (first: boolean, last: boolean) => boolean,
): readonly ListRow[] {
  const days = new Map<string, PlacedRow[]>();
  let begins = Number.NaN;
  let name = '';
  for (const one of all) {
    const start = dayStart(one.row.startedAt);
    // To write the name of each row's day would take most of the time that the list takes.
    if (start !== begins) [begins, name] = [start, dayName(one.row.startedAt, now)];
    const day = days.get(name);
    if (day) day.push(one);
    else days.set(name, [one]);
  }
  return [...days].flatMap(([name, rows], n) =>
    groupRows({ key: name, name }, rows, more(n === 0, n === days.size - 1)),
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
