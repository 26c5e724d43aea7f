/** Trace against trace: two runs side by side, by request, blocks, times, usage and findings. */
import { silencesOf } from '../metrics/silence.ts';
import type { TraceDetail } from '../model/trace.ts';
import { nothingToCompare } from './equality.ts';
import { findAll } from './findings/registry.ts';
import { lanesOf, type ComparisonInput } from './lane-reading.ts';
import { requestDiff } from './request-diff.ts';
import { verdictOf } from './verdict.ts';
import type { TraceCompareResult, TraceSide } from './result.ts';

export interface TraceToCompare {
  readonly detail: TraceDetail;
  readonly input: ComparisonInput;
}

export function compareTraces(a: TraceToCompare, b: TraceToCompare): TraceCompareResult {
  return { a: side(a), b: side(b), request: requestDiff(a.detail, b.detail) };
}

function side({ detail, input }: TraceToCompare): TraceSide {
  const { id, title, api, model, metrics, usage, cost, ending, timed } = detail;
  const findings = findAll(input);
  return {
    id,
    title,
    api,
    model,
    metrics,
    ...(usage && { usage }),
    ...(cost !== undefined && { cost }),
    ending: ending?.state ?? null,
    timed,
    blocks: input.wire.blocks.map((block) => ({
      kind: block.kind,
      title: block.name ?? block.type,
      text: block.text,
      firstNs: input.events[block.firstEvent]?.tNs ?? 0,
      lastNs: input.events[block.lastEvent]?.tNs ?? 0,
    })),
    silences: timed ? silencesOf(input.reads, metrics.totalNs ?? undefined) : [],
    findings: findings.map(({ finding }) => finding),
    lanes: lanesOf(input).map(({ id, label }) => ({ id, label })),
    nothing: nothingToCompare(input),
    verdict: verdictOf(input, findings),
  };
}
