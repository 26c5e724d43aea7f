/** The list by what its runs have in common: all of them by their row numbers, of which only some rows are loaded. Pure. */
import { RUN_GROUPINGS, type RunGrouping } from '../../shared/rpc/agreed.ts';
import type { RunGroups } from '../../shared/rpc/contract.ts';

/** What runs can be grouped by. By day, they stand in the order of the list. */
export const GROUPINGS = ['day', ...RUN_GROUPINGS] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface Group {
  readonly key: string;
  readonly name: string;
  /** Row numbers of its runs, the newest first. */
  readonly nrs: readonly number[];
}

const LACKING: Readonly<Record<RunGrouping, string>> = {
  endpoint: 'Unknown endpoint',
  model: 'Unknown model',
  conversation: 'No conversation known',
};

/** As the store gives them; a conversation is named by its newest run. */
export function groupsOf({ groups, older }: RunGroups, by: RunGrouping): readonly Group[] {
  const all = groups.map(({ key, title, steps }): Group => {
    const nrs = nrsOf(steps);
    if (key === null) return { key: 'none', name: LACKING[by], nrs };
    return { key: `of ${key}`, name: by === 'conversation' ? title : key, nrs };
  });
  return older.length === 0 ? all : [...all, { key: 'older', name: `Older ${by}s`, nrs: nrsOf(older) }];
}

function nrsOf(steps: readonly number[]): readonly number[] {
  let nr = 0;
  return steps.map((step, at) => (nr = at === 0 ? step : nr - step));
}

export const totalOf = (groups: readonly Group[]): number => groups.reduce((sum, { nrs }) => sum + nrs.length, 0);

/** Without rows that are no more. */
export function withoutNrs(groups: readonly Group[], gone: ReadonlySet<number>): readonly Group[] {
  return groups.flatMap((group) => {
    const nrs = group.nrs.filter((nr) => !gone.has(nr));
    return nrs.length === group.nrs.length ? [group] : nrs.length > 0 ? [{ ...group, nrs }] : [];
  });
}

/** The row numbers at places of the list, counted from 0 over all groups, `to` included. */
function nrsBetween(groups: readonly Group[], from: number, to: number): readonly number[] {
  const found: number[] = [];
  let at = 0;
  for (const { nrs } of groups) {
    if (at > to) break;
    if (at + nrs.length > from) found.push(...nrs.slice(Math.max(0, from - at), to + 1 - at));
    at += nrs.length;
  }
  return found;
}

/** What to ask for so that these places are known, with what is around them: `most` at most; none: they are. */
export function unknownNrs(
  groups: readonly Group[],
  { from, to, most }: { readonly from: number; readonly to: number; readonly most: number },
  isKnown: (nr: number) => boolean,
): readonly number[] {
  const seen = nrsBetween(groups, Math.max(0, from), to).filter((nr) => !isKnown(nr));
  if (seen.length === 0 || seen.length >= most) return seen.slice(0, most);
  const margin = Math.floor((most - (to - from + 1)) / 2);
  const around = nrsBetween(groups, Math.max(0, from - margin), to + margin).filter((nr) => !isKnown(nr));
  return [...new Set([...seen, ...around])].slice(0, most);
}
