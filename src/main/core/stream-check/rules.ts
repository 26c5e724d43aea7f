/** Everything that a check can say, with its help: read from the registries, and the few rules of the check itself. */
import { FINDING_KINDS } from '../../../shared/compare/findings/registry.ts';
import { ANY_API_RULES } from '../../../shared/lint/any-api.ts';
import type { LintRule } from '../../../shared/lint/rule.ts';
import { TERMINAL_STATES } from '../../../shared/model/trace.ts';
import { PROVIDERS } from '../../../shared/providers/registry.ts';

/** The worst first; as SARIF has them. */
export const LEVELS = ['error', 'warning', 'note'] as const;
export type Level = (typeof LEVELS)[number];

export interface CheckRule {
  readonly id: string;
  /** One sentence, or a few words. */
  readonly title: string;
  /** Plain text, paragraphs apart by a blank line. */
  readonly help: string;
  /** Its level where nothing more is known; absent: each issue has its own. */
  readonly level?: Level;
}

/** Rules of the check itself. */
export const OWN_RULES = {
  endsOtherwise: 'baseline/ending',
  emitsOtherwise: 'baseline/lane',
  missing: 'baseline/missing',
  unreadable: 'file/unreadable',
  repaired: 'file/repaired',
  notDecoded: 'file/not-decoded',
} as const;

const OWN: readonly CheckRule[] = [
  {
    id: OWN_RULES.endsOtherwise,
    title: 'The stream ends otherwise than in the baseline',
    help: 'The bytes of the stream changed, or the rules that decide how it ended. Update the baseline where the new ending is right.',
    level: 'error',
  },
  {
    id: OWN_RULES.emitsOtherwise,
    title: 'A lane emits something else than in the baseline',
    help: 'The bytes of the stream changed, or the lane. Compare both with `tracelane lanes`, and update the baseline where the new output is right.',
    level: 'error',
  },
  {
    id: OWN_RULES.missing,
    title: 'A stream of the baseline is not there',
    help: 'The file was moved or removed, or holds this stream no more. Put it back, or update the baseline.',
    level: 'error',
  },
  {
    id: OWN_RULES.unreadable,
    title: 'The file cannot be read as a stream',
    help: 'Give the right to read it, or take it out of the folder. Name only files that `tracelane import` takes, and name the API with --api where the bytes do not tell it.',
    level: 'error',
  },
  {
    id: OWN_RULES.repaired,
    title: 'The stream was taken out of its file, or put right in it',
    help: 'What was checked is not what stands in the file: it was unpacked, or lines were put back or taken away. Where the server sends it as the file has it, mend that; else record the response as it is sent.',
  },
  {
    id: OWN_RULES.notDecoded,
    title: 'The events are of no API that is decoded',
    help: 'The stream is of an API that Tracelane does not know or does not decode, so that nothing of it was checked. Name the API with --api where it is one of those that it does.',
    level: 'warning',
  },
];

const ENDINGS: readonly CheckRule[] = TERMINAL_STATES.filter((state) => state !== 'complete').map((state) => ({
  id: `ending/${state}`,
  title: `The stream ended as ${state}`,
  help: 'How a stream ended is decided by its head, by its last events and by how its bytes stop. The sentence says by what.',
}));

/** APIs may have rules of one id, each with help of its own. */
const lintRules: ReadonlyMap<string, readonly LintRule[]> = Map.groupBy(
  [...ANY_API_RULES, ...[...PROVIDERS.values()].flatMap(({ rules }) => rules)],
  ({ id }) => id,
);

const LINT: readonly CheckRule[] = [...lintRules].map(([id, [first, ...others]]) => ({
  id: `lint/${id}`,
  title: firstSentence(first!.help),
  help: [...new Set([first!, ...others].map(({ help }) => help))].join('\n\n'),
  level: first!.strict === 'info' ? 'note' : first!.strict,
}));

const FINDINGS: readonly CheckRule[] = FINDING_KINDS.map(({ id, title, help }) => ({
  id: `finding/${id}`,
  title,
  help,
}));

export const CHECK_RULES: readonly CheckRule[] = [...ENDINGS, ...LINT, ...FINDINGS, ...OWN];

function firstSentence(text: string): string {
  const end = text.search(/\.(?:\s|$)/);
  return end < 0 ? text : text.slice(0, end + 1);
}
