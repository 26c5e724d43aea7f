/** What the palette offers for what is typed: best first, few of each kind. */

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
  /** Stretches of the title that were looked for, in code units. */
  readonly marks?: readonly (readonly [start: number, end: number])[];
  readonly run: () => void;
}

export interface Found {
  readonly group: string;
  readonly items: readonly Entry[];
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
    return { group, items: shown.map(({ entry }) => entry), more: all.length - shown.length };
  });
}

/** 0: at least one of the typed words is not found. Titles count twice; in small print nothing is read into single letters. */
function rankOf({ title, note = '', words = [] }: Entry, text: string): number {
  const name = title.toLowerCase();
  const small = [note, ...words].map((part) => part.toLowerCase());
  let rank = 0;
  for (const word of text.toLowerCase().split(/\s+/)) {
    const best = Math.max(
      2 * wholeIn(name, word),
      2 * lettersIn(name, word),
      ...small.map((part) => wholeIn(part, word)),
    );
    if (best === 0) return 0;
    rank += best;
  }
  return rank;
}

/** 1 where the text begins with the word, less where a word of it does, less again inside of one; 0: nowhere. */
function wholeIn(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at <= 0) return at + 1;
  return text.includes(` ${word}`) || !/[\p{L}\p{N}]/u.test(text[at - 1]!) ? 0.9 : 0.6;
}

/** Beginnings of the text's words in order, such as `swth` for "switch theme": up to 0.5, the less the more they are. 0: none. */
function lettersIn(text: string, word: string): number {
  const parts = partsOf(text.split(/[^\p{L}\p{N}]+/u), word);
  return parts === null ? 0 : 0.5 / parts;
}

/** How many beginnings of these words make up the letters, the longest taken first; null: they do not. */
function partsOf(words: readonly string[], letters: string): number | null {
  for (const [at, word] of words.entries()) {
    let length = 0;
    while (length < letters.length && word[length] === letters[length]) length++;
    for (; length > 0; length--) {
      if (length === letters.length) return 1;
      const rest = partsOf(words.slice(at + 1), letters.slice(length));
      if (rest !== null) return rest + 1;
    }
  }
  return null;
}
