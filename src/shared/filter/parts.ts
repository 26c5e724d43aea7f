/** A filter's text as the parts that somebody sees in it: terms, words and brackets, with what joins them left out. */
import type { Place } from './filter.ts';
import { tokensOf, type Token } from './tokens.ts';

/** The parts that stand on the highest level, in order, each with its “not”. */
export function partsOf(filter: string): readonly Place[] {
  const tokens = tokensOf(filter);
  const parts: Place[] = [];
  let start: number | null = null;
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (depth === 0 && (token.type === 'and' || token.type === 'or')) continue;
    start ??= token.start;
    if (token.type === 'open') depth++;
    if (token.type === 'close') depth = Math.max(0, depth - 1);
    if (depth > 0 || token.type === 'not' || takesText(token, tokens[at + 1])) continue;
    parts.push({ start, end: token.end });
    start = null;
  }
  const last = tokens.at(-1);
  return start === null || !last ? parts : [...parts, { start, end: last.end }];
}

/** `in:args` and the text behind it are one. */
const takesText = (token: Token, next: Token | undefined): boolean =>
  token.type === 'term' && token.field === 'in' && next?.type === 'text';

/** The filter without one of its parts, and without what joined it to the one before, or to the next. */
export function withoutPart(filter: string, { start, end }: Place): string {
  const before = filter.slice(0, start).replace(/\s+$/, '');
  const after = filter.slice(end).replace(/^\s+/, '');
  const joined = /(?:^|\s)(?:and|or)$/i;
  const [head, tail] = joined.test(before)
    ? [before.replace(joined, ''), after]
    : [before, before === '' ? after.replace(/^(?:and|or)\s+/i, '') : after];
  return [head, tail].filter((text) => text !== '').join(' ');
}
