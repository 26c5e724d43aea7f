/** The facts of a trace: what a comparison finds, said in few words, for the list and for filters. */
import type { LaneDifference, TraceFacts } from '../model/facts.ts';
import { SEVERITIES } from '../model/findings.ts';
import type { LaneId } from '../model/messages.ts';
import { findAll, type NumberedFinding } from './findings/registry.ts';
import { lintOf } from './input-lint.ts';
import { comparedLanes, type ComparisonInput } from './lane-reading.ts';

/** To be raised when the program finds more, or says it otherwise: stored facts of a lower version are worked out again. */
export const FACTS_VERSION = 1;

/** Pure. `conversation` is for the caller, who can digest the request. */
export function factsOf(input: ComparisonInput): Omit<TraceFacts, 'conversation'> {
  const found = Map.groupBy(findAll(input), ({ finding }) => finding.lane);
  const lanes = comparedLanes(input);
  const remarks = lintOf(input);
  return {
    version: FACTS_VERSION,
    differs: lanes.flatMap((lane) => differenceOf(lane, found.get(lane) ?? [])),
    apart: pairs(lanes.toSorted()).filter(([a, b]) => said(found.get(a)) !== said(found.get(b))),
    lint: {
      // The worst come first.
      worst: remarks[0]?.severity ?? null,
      rules: [...new Set(remarks.map(({ rule }) => rule))],
    },
    tools: [...new Set(input.wire.blocks.flatMap(({ kind, name }) => (isCall(kind) && name ? [name] : [])))],
  };
}

/** Facts of a trace of which nothing could be worked out, so that it is not tried again and again. */
export const noFacts = (problem: string): TraceFacts => ({
  version: FACTS_VERSION,
  differs: [],
  apart: [],
  lint: { worst: null, rules: [] },
  tools: [],
  conversation: null,
  problem,
});

const isCall = (kind: string): boolean => kind === 'tool' || kind === 'server_tool';

/** Empty where it only says otherwise what the wire says. */
function differenceOf(lane: LaneId, findings: readonly NumberedFinding[]): readonly LaneDifference[] {
  const grave = findings.filter(({ finding }) => finding.severity !== 'info');
  if (grave.length === 0) return [];
  const worst = SEVERITIES.findLast((severity) => grave.some(({ finding }) => finding.severity === severity))!;
  return [{ lane, worst, count: grave.length, kinds: [...new Set(findings.map(({ finding }) => finding.kind))] }];
}

/** What is found of a lane, comparable with another's. */
const said = (findings: readonly NumberedFinding[] = []): string =>
  JSON.stringify(
    findings
      .filter(({ finding }) => finding.severity !== 'info')
      .map(({ finding: { kind, event, lastEvent, got }, blocks }) => [kind, event, lastEvent, got ?? null, blocks]),
  );

const pairs = <Item>(items: readonly Item[]): readonly (readonly [Item, Item])[] =>
  items.flatMap((a, at) => items.slice(at + 1).map((b) => [a, b] as const));
