/** Findings that several lanes share, so that one cause is read once. Pure. */
import type { Finding } from '../../../shared/model/findings.ts';

/** What is said of the lane, whichever it is. */
const saidOf = ({ sentence, lane }: Finding): string =>
  sentence
    .split(' ')
    .map((word) => (word === lane ? '·' : word))
    .join(' ');

/** Those that say the same of another lane, at the same bytes, behind the first of them; the order is else as given. */
export function alikeFindings(findings: readonly Finding[]): readonly (readonly [Finding, ...Finding[]])[] {
  const groups = Map.groupBy(findings, (finding) => {
    const { kind, severity, event, lastEvent } = finding;
    return JSON.stringify([kind, severity, event, lastEvent, saidOf(finding)]);
  });
  return [...groups.values()] as [Finding, ...Finding[]][];
}
