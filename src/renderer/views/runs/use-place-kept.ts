/** What somebody looks at in the list stays where it is while rows come and go. */
import { useLayoutEffect, useRef } from 'react';
import type { ListRow } from './list-rows.ts';
import { haveSameRows, runBelow, RUN_HEIGHT, startOf } from './row-places.ts';

interface Scrolled {
  /** As it was when it was last scrolled: asking the element has the whole page laid out at once. */
  readonly topOf: () => number;
  /** The most that it can be scrolled by now. */
  readonly endOf: () => number;
  readonly scrollBy: (by: number) => void;
}

/** The run at the upper edge stays where it is when rows come or go above it; at the top of the list, the top is what stays. */
export function usePlaceKept(list: readonly ListRow[], { topOf, endOf, scrollBy }: Scrolled): void {
  const before = useRef<readonly ListRow[]>([]);
  useLayoutEffect(() => {
    const old = before.current;
    before.current = list;
    // Most new lists only have other numbers in their rows.
    if (old === list || haveSameRows(old, list)) return;
    const top = topOf();
    if (top < RUN_HEIGHT) return;
    const id = runBelow(old, top);
    const [was, is] = [startOf(old, id), startOf(list, id)];
    if (was === undefined || is === undefined || was === is) return;
    // A shorter list has been scrolled up to its new end already.
    scrollBy(top + is - was - Math.min(top, Math.max(0, endOf())));
  });
}
