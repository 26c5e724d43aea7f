/** How a lane stands to the wire in a cell, of the verdict or of the columns: what equality.ts says, and what it weighs. */
import type { Standing } from '../model/findings.ts';
import { nothingToCompare, type Difference } from './equality.ts';
import { says, type NumberedFinding } from './findings/registry.ts';
import type { ComparisonInput } from './lane-reading.ts';

/** Of the differences in one cell of a lane that is not the wire; `findings` are those of its lane. */
export function standingOf(
  input: ComparisonInput,
  differences: readonly Difference[],
  findings: readonly NumberedFinding[],
): Standing {
  if (nothingToCompare(input) !== null) return { equal: false, noted: true };
  if (differences.length === 0) return { equal: true, noted: false };
  const grave = findings.filter(({ finding }) => finding.severity !== 'info');
  return { equal: false, noted: !differences.some((difference) => grave.some((one) => says(one, difference))) };
}
