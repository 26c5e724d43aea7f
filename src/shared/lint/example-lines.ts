/** An example of a rule beside its counterexample, line by line: what they share once, and what sets them apart. */
import type { LintExample, LintRule } from './rule.ts';

export interface ExampleLine {
  /** `breaks`: of the body that breaks the rule alone. `keeps`: of the other alone. `fold`: how many lines of both are left out. */
  readonly kind: 'both' | 'breaks' | 'keeps' | 'fold';
  /** Without its line feed. */
  readonly text: string;
}

/** Lines of both that are kept around those that differ. */
const AROUND = 2;

const linesOf = ({ body }: LintExample): readonly string[] => body.replace(/\n$/, '').split('\n');

/** The bodies of a rule from the first line that differs to the last, with a few lines around them. */
export function exampleLines({
  example,
  counterexample,
}: Pick<LintRule, 'example' | 'counterexample'>): readonly ExampleLine[] {
  const [breaks, keeps] = [linesOf(example), linesOf(counterexample)];
  const shorter = Math.min(breaks.length, keeps.length);
  let start = 0;
  while (start < shorter && breaks[start] === keeps[start]) start++;
  let end = 0;
  while (end < shorter - start && breaks.at(-1 - end) === keeps.at(-1 - end)) end++;
  const lines = (kind: ExampleLine['kind'], texts: readonly string[]): readonly ExampleLine[] =>
    texts.map((text) => ({ kind, text }));
  const before = breaks.slice(0, start);
  const after = breaks.slice(breaks.length - end);
  return [
    ...folded(before.length - AROUND),
    ...lines('both', before.slice(-AROUND)),
    ...lines('breaks', breaks.slice(start, breaks.length - end)),
    ...lines('keeps', keeps.slice(start, keeps.length - end)),
    ...lines('both', after.slice(0, AROUND)),
    ...folded(after.length - AROUND),
  ];
}

const folded = (count: number): readonly ExampleLine[] =>
  count > 0 ? [{ kind: 'fold', text: `${count} more line${count > 1 ? 's' : ''}` }] : [];

/** What the lines of an example do not show of its bytes, as a sentence; null where they show all. */
export function exampleBytesNote({ bytes }: LintExample): string | null {
  if (bytes === 'latin-1') return 'Its bytes are Latin-1 instead of UTF-8.';
  if (bytes === 'damaged') return 'One bit of its first message is changed, which its checksum shows.';
  return null;
}
