/**
 * Whether the run list is folded to a rail of glyphs. A view that needs the width folds it for as long as it is shown, unless
 * someone unfolded it there before.
 */
import { create } from 'zustand';
import { kept } from './kept.ts';

const REFUSED_KEY = 'tracelane.list.beside-comparison';

interface ListRail {
  readonly folded: boolean;
  /** By a view, which unfolds it when it is left. */
  readonly forRoom: boolean;
}

export const useListRail = create<ListRail>()(() => ({ folded: false, forRoom: false }));

/** As a person wants it, by the button or the splitter. */
export function foldList(folded: boolean): void {
  const before = useListRail.getState();
  if (before.folded === folded) return;
  if (folded) kept.removeItem(REFUSED_KEY);
  else if (before.forRoom) kept.setItem(REFUSED_KEY, 'yes');
  useListRail.setState({ folded, forRoom: false });
}

/** Folds it for a view; returns what unfolds it again. */
export function makeRoom(): () => void {
  if (!useListRail.getState().folded && kept.getItem(REFUSED_KEY) === null)
    useListRail.setState({ folded: true, forRoom: true });
  return () => {
    if (useListRail.getState().forRoom) useListRail.setState({ folded: false, forRoom: false });
  };
}
