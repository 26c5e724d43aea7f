/** A JSON text as the rows of a tree: values as they came, so that numbers keep their digits and keys their repeats. Pure. */
import { jsonMembers } from '../../shared/json/json-members.ts';

export interface JsonRow {
  /** The key, or the place in its array. */
  readonly name: string;
  /** Of a value that holds no others, its text; else null. */
  readonly value: string | null;
  /** How the container is written: `{` or `[`; null of a leaf. */
  readonly bracket: '{' | '[' | null;
  /** From 1. */
  readonly level: number;
  /** Number of the row it stands under; −1: none. */
  readonly parent: number;
  /** How many rows stand directly under it. */
  readonly held: number;
  /** The number of the next row that does not stand under it. */
  readonly next: number;
}

/** In the order of the text; none for a value that holds no others. Linear. */
export function jsonRows(text: string): readonly JsonRow[] {
  const members = jsonMembers(text);
  const levels: number[] = [];
  const held = members.map(() => 0);
  const next = members.map((_, at) => at + 1);
  for (const { parent } of members) {
    levels.push(parent < 0 ? 1 : levels[parent]! + 1);
    if (parent >= 0) held[parent]!++;
  }
  for (let at = members.length - 1; at >= 0; at--) {
    const { parent } = members[at]!;
    if (parent >= 0) next[parent] = Math.max(next[parent]!, next[at]!);
  }
  return members.map(({ key, valueStart, end, leaf, parent, at: place }, at) => ({
    name: key ?? String(place),
    value: leaf ? text.slice(valueStart, end) : null,
    bracket: leaf ? null : text[valueStart] === '{' ? '{' : '[',
    level: levels[at]!,
    parent,
    held: held[at]!,
    next: next[at]!,
  }));
}

/** The numbers of the rows that can be seen: at most `most` of those that stand under no closed one, and how many there are. */
export function seenRows(
  rows: readonly JsonRow[],
  closed: ReadonlySet<number>,
  most: number,
): { readonly seen: readonly number[]; readonly total: number } {
  const seen: number[] = [];
  let total = 0;
  for (let at = 0; at < rows.length; at = closed.has(at) ? rows[at]!.next : at + 1) if (++total <= most) seen.push(at);
  return { seen, total };
}
