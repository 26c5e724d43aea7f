/** How a lane stands to the wire in a cell, of the verdict or of the columns: what equality.ts says, and what it weighs. */
import type { Standing } from '../model/findings.ts';
import type { Difference } from './equality.ts';
import { says, type NumberedFinding } from './findings/registry.ts';

/** Of the differences in one cell; `findings` are those of its lane. */
export function standingOf(differences: readonly Difference[], findings: readonly NumberedFinding[]): Standing {
  if (differences.length === 0) return { equal: true, noted: false };
  const grave = findings.filter(({ finding }) => finding.severity !== 'info');
  return { equal: false, noted: !differences.some((difference) => grave.some((one) => says(one, difference))) };
}
