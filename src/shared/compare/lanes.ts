/** Lane against lane over the same bytes. */
import { lanesOf, type ComparisonInput } from './lane-reading.ts';
import { findAll } from './findings/registry.ts';
import { markerOf } from './marks.ts';
import type { LintContext } from '../lint/rule.ts';
import { WIRE } from '../model/messages.ts';
import { offeredTools } from '../providers/tool-names.ts';
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
    lint: lint(
      {
        api: input.setup.api,
        framed: input.framed,
        emissions: input.emissions[WIRE],
        outcome: input.wire,
        ending: input.ending,
      },
      'strict',
      offeredBy(input),
    ),
    bytes: input.bytes,
  };
}

/** Bytes that came without their request offer nobody knows what. */
function offeredBy({ setup }: ComparisonInput): Pick<LintContext, 'offered'> {
  const offered = offeredTools(setup.api, setup.request);
  return { offered: offered.length > 0 ? offered : undefined };
}
