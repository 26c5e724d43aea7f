/** One stored stream through the adapter lanes under every combination of options that can change what they emit. */
import type { LaneSetup } from '../model/lane.ts';
import { SEVERITIES, VERDICT_FIELDS, type Finding } from '../model/findings.ts';
import type { AdapterLane } from '../model/messages.ts';
import type { Read } from '../model/stream.ts';
import type { AdapterOptions } from '../model/trace.ts';
import { findAll } from './findings/registry.ts';
import { readAll } from './read-all.ts';
import type { MatrixResult } from './result.ts';
import { requestTools } from './request-tools.ts';
import { verdictOf } from './verdict.ts';

export function optionsMatrix(reads: Uint8Array | readonly Read[], setup: LaneSetup): MatrixResult {
  const tools = requestTools(setup.request);
  return {
    rows: [...combinations('legacy', tools), ...combinations('simple', tools)].map(({ lane, options }) =>
      matrixRow(reads, { ...setup, options }, lane),
    ),
  };
}

/** simple knows nothing of the two options that turn arguments into messages. Approvals: of no tool, and of all the request has. */
function combinations(
  lane: AdapterLane,
  tools: readonly string[],
): { readonly lane: AdapterLane; readonly options: AdapterOptions }[] {
  const booleans = lane === 'legacy' ? [true, false] : [false];
  const approvals = tools.length > 0 ? [[], [...tools]] : [[]];
  return booleans.flatMap((use_assistant_message) =>
    booleans.flatMap((put_inner_thoughts_in_kwarg) =>
      approvals.map((requires_approval_tools) => ({
        lane,
        options: { use_assistant_message, put_inner_thoughts_in_kwarg, requires_approval_tools },
      })),
    ),
  );
}

function matrixRow(
  reads: Uint8Array | readonly Read[],
  setup: LaneSetup,
  lane: AdapterLane,
): MatrixResult['rows'][number] {
  const input = readAll(reads, setup, { lanes: ['wire', lane] });
  const findings = findAll(input);
  const verdict = verdictOf(input, findings);
  const worst = findings.reduce<Finding['severity'] | null>(
    (most, { finding: { severity } }) =>
      most === null || SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(most) ? severity : most,
    null,
  );
  return {
    lane,
    options: setup.options,
    findings: findings.length,
    worst,
    verdict: Object.fromEntries(
      VERDICT_FIELDS.map((field) => [field, { equal: verdict[field][lane].equal, text: verdict[field][lane].text }]),
    ) as MatrixResult['rows'][number]['verdict'],
  };
}
