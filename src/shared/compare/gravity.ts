/** How grave the things are that a comparison says, by one measure: what `--fail-on` counts. */
import type { LintSeverity } from '../lint/rule.ts';
import { SEVERITIES, type Severity } from '../model/findings.ts';
import type { Ending } from '../model/trace.ts';
import { isOfLane } from './notes.ts';
import type { CompareResult } from './result.ts';

/** What of a comparison is looked at: the stream itself, or what the lanes make of it. */
export const PARTS = ['wire', 'lanes'] as const;
export type Part = (typeof PARTS)[number];

/** Clients do without what the lint calls an error; an answer that is lost is worse. */
const OF_LINT: Readonly<Record<LintSeverity, Severity>> = { error: 'major', warning: 'minor', info: 'info' };

/** Of an ending; null where the stream came to its end, or nobody knows. Someone who cancels a stream knows of it. */
const ofEnding = (ending: Ending | null): Severity | null => {
  if (ending === null || ending.state === 'complete') return null;
  return ending.state === 'cancelled' ? 'info' : 'critical';
};

/** Whether the ending, a lint remark, a finding or a lane that failed is as grave as the limit, in the parts that are looked at. */
export function failsOn(
  { ending, lint, findings, notes }: Pick<CompareResult, 'ending' | 'lint' | 'findings' | 'notes'>,
  limit: Severity,
  parts: readonly Part[] = PARTS,
): boolean {
  const wire = [ofEnding(ending), ...lint.map(({ severity }) => OF_LINT[severity])];
  // Of a lane that failed nothing is known.
  const failed: readonly Severity[] = notes.some(isOfLane) ? ['critical'] : [];
  const lanes = [...failed, ...findings.map(({ severity }) => severity)];
  const found = [...(parts.includes('wire') ? wire : []), ...(parts.includes('lanes') ? lanes : [])];
  return found.some((severity) => severity !== null && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(limit));
}
