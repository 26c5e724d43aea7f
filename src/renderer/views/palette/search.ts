/** What the palette offers for what is typed: fuzzy, best first, few of each kind. */
import { defaultFilter } from 'cmdk';

export interface Entry {
  /** Unique among all. */
  readonly id: string;
  readonly group: string;
  readonly title: string;
  /** Small print behind it. */
  readonly note?: string;
  /** Also found by these. */
  readonly words?: readonly string[];
  readonly chord?: string;
  readonly run: () => void;
}

export interface Found {
  readonly group: string;
  readonly entries: readonly Entry[];
  /** How many more match. */
  readonly more: number;
}

/** Typed nothing: as many of each group as give an overview. */
const OVERVIEW: Readonly<Record<string, number>> = { Commands: 40, Runs: 6 };
const SHOWN = 12;

/** Pure. Groups keep their order while nothing is typed; else the group with the best match stands first. */
export function search(entries: readonly Entry[], query: string): readonly Found[] {
  const text = query.trim();
  const ranked = entries
    .map((entry) => ({ entry, rank: text === '' ? 1 : rankOf(entry, text) }))
    .filter(({ rank }) => rank > 0);
  if (text !== '') ranked.sort((a, b) => b.rank - a.rank);
  const groups = Map.groupBy(ranked, ({ entry }) => entry.group);
  return [...groups].map(([group, all]) => {
    const shown = all.slice(0, text === '' ? (OVERVIEW[group] ?? SHOWN) : SHOWN);
    return { group, entries: shown.map(({ entry }) => entry), more: all.length - shown.length };
  });
}

const rankOf = ({ title, note, words }: Entry, text: string): number =>
  defaultFilter(title, text, [...(note === undefined ? [] : [note]), ...(words ?? [])]);
