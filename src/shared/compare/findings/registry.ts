/** All kinds of findings. A family is its file and one line here. */
import { SEVERITIES, type Finding, type VerdictField } from '../../model/findings.ts';
import type { LaneId } from '../../model/messages.ts';
import { differencesOf, KEPT_ROW, nothingToCompare, type Difference } from '../equality.ts';
import { comparedLanes, stoppedAt, type ComparisonInput } from '../lane-reading.ts';
import { APPROVALS } from './approvals.ts';
import { CONTENT } from './content.ts';
import { ENDINGS } from './endings.ts';
import type { FindingDraft, FindingFamily, FindingKind } from './finding-kind.ts';
import { KEPT } from './kept.ts';
import { LATE } from './late.ts';
import { OTIDS } from './otids.ts';
import { PARTS } from './parts.ts';
import { TOOL_CALLS } from './tool-calls.ts';
import { unexplained } from './unexplained.ts';
import { USAGE } from './usage.ts';

const FAMILIES: readonly FindingFamily[] = [ENDINGS, CONTENT, TOOL_CALLS, APPROVALS, PARTS, KEPT, USAGE, OTIDS, LATE];

export const FINDING_KINDS: readonly FindingKind[] = FAMILIES.flatMap(({ kinds }) => kinds);

const BY_ID: ReadonlyMap<string, FindingKind> = new Map(FINDING_KINDS.map((kind) => [kind.id, kind]));
export const findingKind = (id: string): FindingKind | undefined => BY_ID.get(id);

/** A finding with what only the comparison needs of it. */
export interface NumberedFinding {
  readonly finding: Finding;
  readonly kind: FindingKind;
  readonly blocks: readonly string[];
  readonly short: string;
  /** Rows of the verdict table that it is about. */
  readonly fields: ReadonlySet<VerdictField>;
  /** Rows of the columns where it stands. */
  readonly rows: ReadonlySet<string>;
}

const cache = new WeakMap<ComparisonInput, readonly NumberedFinding[]>();

/**
 * What each lane does otherwise than the wire, numbered from 1: the gravest first, those alike in the order in which they
 * show. Every difference (equality.ts) has at least one that says it. The wire is what lanes are read against: against
 * itself it has no findings.
 */
export function findAll(input: ComparisonInput): readonly NumberedFinding[] {
  let found = cache.get(input);
  if (!found) cache.set(input, (found = find(input)));
  return found;
}

function find(input: ComparisonInput): readonly NumberedFinding[] {
  if (nothingToCompare(input) !== null) return [];
  const weight = ({ draft }: Placed): number => SEVERITIES.indexOf(draft.severity);
  const place = ({ draft }: Placed): number => draft.event ?? Number.MAX_SAFE_INTEGER;
  return comparedLanes(input)
    .flatMap((lane) => explained(input, lane))
    .toSorted((a, b) => weight(b) - weight(a) || place(a) - place(b))
    .map((placed, index) => numbered(input, placed, index + 1));
}

/** Whether a finding says a difference: it is about that field, there; an error is about all that it took away. */
export const says = (
  { fields, rows, kind }: Pick<NumberedFinding, 'fields' | 'rows' | 'kind'>,
  { field, row }: Difference,
): boolean => rows.has(row) && (kind.shape === 'error' || fields.has(field));

/** A draft with its kind and the places where it stands, which grow. */
interface Placed {
  readonly lane: LaneId;
  readonly draft: FindingDraft;
  readonly kind: FindingKind;
  readonly fields: Set<VerdictField>;
  readonly rows: Set<string>;
}

function placed(lane: LaneId, draft: FindingDraft): Placed {
  const kind = BY_ID.get(draft.kind);
  if (!kind) throw new Error(`There is no kind of finding ${draft.kind} in the registry.`);
  const rows = new Set([...draft.blocks, ...(draft.rows ?? [])]);
  if (rows.size === 0) rows.add(KEPT_ROW);
  return { lane, draft, kind, fields: new Set(draft.fields ?? (kind.field === null ? [] : [kind.field])), rows };
}

function numbered(
  input: ComparisonInput,
  { lane, draft, kind, fields, rows }: Placed,
  number: number,
): NumberedFinding {
  const { blocks, short, fields: _fields, rows: _rows, ...rest } = draft;
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
    fields,
    rows,
  };
}

/** Fields whose differences make the blocks stand in another order. */
const MOVES_BLOCKS: readonly VerdictField[] = ['text', 'reasoning', 'tool calls'];

/**
 * What is found of a lane, each in all rows whose difference it explains, and one more for each difference that none
 * explains. What follows from another difference (a text that is lost is not kept either) is said once, by that one.
 */
function explained(input: ComparisonInput, lane: LaneId): readonly Placed[] {
  const all = FAMILIES.flatMap((family) => family.find(input, lane)).map((draft) => placed(lane, draft));
  const stop = stoppedAt(input, lane);
  const left: Difference[] = [];
  for (const difference of differencesOf(input, lane)) {
    if (all.some((one) => says(one, difference))) continue;
    const { field, row, kept } = difference;
    // An error leaves all that is kept unset, and nothing is read after it.
    const gone = kept || (stop !== null && (input.grid.row(row)?.lastEvent ?? 0) >= stop);
    const sources = field === 'order' ? MOVES_BLOCKS : [field];
    const because = all.filter(
      ({ kind, fields }) =>
        (gone && kind.shape === 'error') || (row === KEPT_ROW && sources.some((source) => fields.has(source))),
    );
    for (const { rows, fields } of because) {
      rows.add(row);
      fields.add(field);
    }
    if (because.length === 0) left.push(difference);
  }
  const groups = Map.groupBy(left, ({ field, row }) => `${field} ${row === KEPT_ROW}`);
  for (const differences of groups.values()) all.push(placed(lane, unexplained(input, lane, differences)));
  return all;
}
