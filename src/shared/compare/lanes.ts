/** Lane against lane over the same bytes. */
import { nothingToCompare } from './equality.ts';
import { lanesOf, type ComparisonInput } from './lane-reading.ts';
import { findAll } from './findings/registry.ts';
import { markerOf } from './marks.ts';
import { lintOf } from './input-lint.ts';
import type { CompareResult } from './result.ts';
import { comparisonNotes } from './notes.ts';
import { alignedRows } from './rows.ts';
import { laneMapOf } from './lane-map.ts';
import { verdictOf } from './verdict.ts';

/** Pure, and linear in the reading's items and bytes. */
export function compareLanes(input: ComparisonInput): CompareResult {
  const findings = findAll(input);
  const marks = markerOf(input);
  return {
    lanes: lanesOf(input).map(({ id, label }) => ({ id, label })),
    options: input.setup.options,
    ending: input.ending,
    notes: comparisonNotes(input.notes),
    nothing: nothingToCompare(input),
    verdict: verdictOf(input, findings),
    findings: findings.map((one) => ({ ...one.finding, marks: marks(one) })),
    rows: alignedRows(input, findings),
    laneMap: laneMapOf(input, findings),
    lint: lintOf(input),
    bytes: input.bytes,
  };
}
