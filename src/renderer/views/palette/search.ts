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
  const scored = entries
    .map((entry) => ({ entry, score: text === '' ? 1 : scoreOf(entry, text) }))
    .filter(({ score }) => score > 0);
  if (text !== '') scored.sort((a, b) => b.score - a.score);
  const groups = Map.groupBy(scored, ({ entry }) => entry.group);
  return [...groups].map(([group, all]) => {
    const shown = all.slice(0, text === '' ? (OVERVIEW[group] ?? SHOWN) : SHOWN);
    return { group, entries: shown.map(({ entry }) => entry), more: all.length - shown.length };
  });
}

const scoreOf = ({ title, note, words }: Entry, text: string): number =>
  defaultFilter(title, text, [...(note === undefined ? [] : [note]), ...(words ?? [])]);
