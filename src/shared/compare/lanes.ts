/** Lane against lane over the same bytes. */
import { lanesOf, type ComparisonInput } from './lane-reading.ts';
import { findAll } from './findings/registry.ts';
import { markerOf } from './marks.ts';
import type { LintContext } from '../lint/rule.ts';
import { toolNames } from '../providers/tool-names.ts';
import { lint } from './lint.ts';
import type { CompareResult } from './result.ts';
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
    verdict: verdictOf(input, findings),
    findings: findings.map((one) => ({ ...one.finding, marks: marks(one) })),
    rows: alignedRows(input, findings),
    laneMap: laneMapOf(input, findings),
    lint: lint(input.setup.api, input.framed, input.wire, 'strict', knownOf(input)),
    bytes: input.bytes,
  };
}

/** What lint may know beside the stream. Bytes that came without their request offer nobody knows what. */
function knownOf({ setup, ending }: ComparisonInput): Partial<LintContext> {
  const offered = toolNames(setup.api, setup.request);
  return { ending, ...(offered.length > 0 && { offered }) };
}
