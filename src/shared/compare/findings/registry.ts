/** All kinds of findings. A family is its file and one line here. */
import type { Finding } from '../../model/findings.ts';
import type { LaneId } from '../../model/messages.ts';
import { comparedLanes, type ComparisonInput } from '../lane-reading.ts';
import { APPROVALS } from './approvals.ts';
import { CONTENT } from './content.ts';
import { ENDINGS } from './endings.ts';
import type { FindingDraft, FindingFamily, FindingKind } from './finding-kind.ts';
import { LATE } from './late.ts';
import { OTIDS } from './otids.ts';
import { TOOL_CALLS } from './tool-calls.ts';
import { USAGE } from './usage.ts';

const FAMILIES: readonly FindingFamily[] = [ENDINGS, CONTENT, TOOL_CALLS, APPROVALS, USAGE, OTIDS, LATE];

export const FINDING_KINDS: readonly FindingKind[] = FAMILIES.flatMap(({ kinds }) => kinds);

const BY_ID: ReadonlyMap<string, FindingKind> = new Map(FINDING_KINDS.map((kind) => [kind.id, kind]));
export const findingKind = (id: string): FindingKind | undefined => BY_ID.get(id);

/** A finding with what only the comparison needs of it. */
export interface NumberedFinding {
  readonly finding: Finding;
  readonly kind: FindingKind;
  readonly blocks: readonly string[];
  readonly short: string;
  readonly asked: boolean;
}

/**
 * What each lane does otherwise than the wire, numbered from 1 in the order in which it shows; what shows only after the
 * end comes last. The wire is what lanes are read against: against itself it has no findings.
 */
export function findAll(input: ComparisonInput): readonly NumberedFinding[] {
  const drafts = comparedLanes(input).flatMap((lane) =>
    FAMILIES.flatMap(({ find }) => find(input, lane).map((draft) => ({ lane, draft }))),
  );
  const order = (draft: FindingDraft): number => draft.event ?? Infinity;
  return drafts
    .toSorted((a, b) => (order(a.draft) === order(b.draft) ? 0 : order(a.draft) - order(b.draft)))
    .map(({ lane, draft }, index) => numbered(input, lane, draft, index + 1));
}

function numbered(input: ComparisonInput, lane: LaneId, draft: FindingDraft, number: number): NumberedFinding {
  const { blocks, short, asked, ...rest } = draft;
  const kind = BY_ID.get(draft.kind);
  if (!kind) throw new Error(`There is no kind of finding ${draft.kind} in the registry.`);
  const lastEvent =
    draft.lastEvent !== null && draft.event !== null && draft.lastEvent < draft.event ? draft.event : draft.lastEvent;
  const block = blocks[0];
  const first = draft.event === null ? undefined : input.events[draft.event];
  const last = lastEvent === null ? first : (input.events[lastEvent] ?? first);
  const bytes: Finding['bytes'] = first && last ? [first.start, last.end] : null;
  return {
    finding: { ...rest, number, lane, lastEvent, bytes, ...(block !== undefined && { block }) },
    kind,
    blocks,
    short,
    asked: asked ?? false,
  };
}
