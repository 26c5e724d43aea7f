/** One stored stream through the other lanes than the wire's under every combination of options that can change what they emit. */
import { laneDefinition } from '../lanes/registry.ts';
import type { LaneDefinition, LaneSetup } from '../model/lane.ts';
import { SEVERITIES, VERDICT_FIELDS, type Finding } from '../model/findings.ts';
import { WIRE, type LaneId } from '../model/messages.ts';
import type { Read } from '../model/stream.ts';
import type { AdapterOptions, Ending } from '../model/trace.ts';
import { nothingToCompare } from './equality.ts';
import { findAll } from './findings/registry.ts';
import { readAll } from './read-all.ts';
import type { MatrixResult } from './result.ts';
import { toolNames } from '../providers/tool-names.ts';
import { verdictOf } from './verdict.ts';

/**
 * Rows lane by lane, for the lanes of the list that are there; the wire knows no options and has no row. `ending`: as it was
 * recorded; null where the bytes decide.
 */
export function optionsMatrix(
  reads: Uint8Array | readonly Read[],
  setup: LaneSetup,
  lanes: readonly LaneId[],
  ending: Ending | null,
): MatrixResult {
  const nothing = nothingToCompare(readAll(reads, setup, { lanes: [WIRE], ...(ending && { ending }) }));
  if (nothing !== null) return { nothing, rows: [] };
  const tools = toolNames(setup.api, setup.request);
  const definitions = lanes.flatMap((id) => (id === WIRE ? [] : (laneDefinition(id) ?? [])));
  return {
    nothing,
    rows: definitions.flatMap((lane) =>
      combinations(lane, tools).flatMap((options) => matrixRow(reads, { ...setup, options }, lane, ending)),
    ),
  };
}

/** Of the options that the lane knows; the others are off. Approvals: of no tool, and of all the request has. */
function combinations({ options: known }: LaneDefinition, tools: readonly string[]): readonly AdapterOptions[] {
  const values = (option: 'use_assistant_message' | 'put_inner_thoughts_in_kwarg'): readonly boolean[] =>
    known.includes(option) ? [true, false] : [false];
  const approvals = known.includes('requires_approval_tools') && tools.length > 0 ? [[], [...tools]] : [[]];
  return values('use_assistant_message').flatMap((use_assistant_message) =>
    values('put_inner_thoughts_in_kwarg').flatMap((put_inner_thoughts_in_kwarg) =>
      approvals.map((requires_approval_tools) => ({
        use_assistant_message,
        put_inner_thoughts_in_kwarg,
        requires_approval_tools,
      })),
    ),
  );
}

function matrixRow(
  reads: Uint8Array | readonly Read[],
  setup: LaneSetup,
  { id, label, options: known }: LaneDefinition,
  ending: Ending | null,
): MatrixResult['rows'] {
  const input = readAll(reads, setup, { lanes: [WIRE, id], ...(ending && { ending }) });
  // A lane that failed with these options has nothing to be compared.
  if (!input.adapters[id]) return [];
  const findings = findAll(input);
  const verdict = verdictOf(input, findings);
  const worst = findings.reduce<Finding['severity'] | null>(
    (most, { finding: { severity } }) =>
      most === null || SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(most) ? severity : most,
    null,
  );
  return [
    {
      lane: id,
      label,
      known,
      options: setup.options,
      findings: findings.length,
      worst,
      verdict: Object.fromEntries(
        VERDICT_FIELDS.map((field) => {
          const { findings: _numbers, ...cell } = verdict[field][id]!;
          return [field, cell];
        }),
      ) as MatrixResult['rows'][number]['verdict'],
    },
  ];
}
