/** Which tabs a row has room for. Pure. */

export interface Tab {
  readonly id: string;
  readonly title: string;
  /** A count behind the title. */
  readonly count?: string | undefined;
}

/**
 * The ids of the tabs that have no room beside what else stands in their row. Those without a count go first, from the end;
 * the chosen one stays.
 */
export function withoutRoom(
  tabs: readonly (Tab & { readonly width: number })[],
  chosen: string,
  room: number,
): ReadonlySet<string> {
  const rank = ({ id, count }: Tab): number => (id === chosen ? 0 : count === undefined ? 2 : 1);
  const left = new Set<string>();
  let used = 0;
  for (const tab of tabs.toSorted((a, b) => rank(a) - rank(b))) {
    used += tab.width;
    if (used > room && tab.id !== chosen) left.add(tab.id);
  }
  return left;
}
