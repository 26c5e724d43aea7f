/** Which tabs a row has room for. Pure. */

export interface Tab {
  readonly id: string;
  readonly title: string;
  /** A count behind the title. */
  readonly count?: string | undefined;
}

/**
 * The ids of the tabs that have no room beside what else stands in their row. Those without a count go first, from the end; then
 * those with one, from the start: what is found stands behind what it was found in. The chosen one stays.
 */
export function withoutRoom(
  tabs: readonly (Tab & { readonly width: number })[],
  chosen: string,
  room: number,
): ReadonlySet<string> {
  const own = tabs.filter(({ id }) => id === chosen);
  const counted = tabs.filter(({ id, count }) => id !== chosen && count !== undefined);
  const plain = tabs.filter(({ id, count }) => id !== chosen && count === undefined);
  const left = new Set<string>();
  let used = 0;
  for (const tab of [...own, ...counted.toReversed(), ...plain]) {
    used += tab.width;
    if (used > room && tab.id !== chosen) left.add(tab.id);
  }
  return left;
}
