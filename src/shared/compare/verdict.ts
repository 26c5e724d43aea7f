/** The verdict table: for each field what the wire has, and for each lane whether it is equal, by equality.ts, or what differs in numbers. */
import { VERDICT_FIELDS, type Verdict, type VerdictCell, type VerdictField } from '../model/findings.ts';
import { WIRE, type LaneId } from '../model/messages.ts';
import { codePoints } from '../text/code-points.ts';
import { differencesOf, nothingToCompare, order, wireOrder, type Difference } from './equality.ts';
import { says, type NumberedFinding } from './findings/registry.ts';
import { comparedLanes, type ComparisonInput } from './lane-reading.ts';
import { number } from './say.ts';
import { standingOf } from './standing.ts';
import { counted } from '../text/count.ts';

export function verdictOf(input: ComparisonInput, findings: readonly NumberedFinding[]): Verdict {
  return Object.fromEntries(
    VERDICT_FIELDS.map((field) => [
      field,
      {
        [WIRE]: { equal: true, noted: false, text: wireText(input, field), findings: [] },
        ...Object.fromEntries(comparedLanes(input).map((lane) => [lane, cell(input, field, lane, findings)])),
      },
    ]),
  ) as unknown as Verdict;
}

function cell(
  input: ComparisonInput,
  field: VerdictField,
  lane: LaneId,
  findings: readonly NumberedFinding[],
): VerdictCell {
  const own = findings.filter(({ finding }) => finding.lane === lane);
  const differences = differencesOf(input, lane).filter((difference) => difference.field === field);
  const standing = standingOf(input, differences, own);
  const behind = own.filter((one) => differences.some((difference) => says(one, difference)));
  const about = own.filter((one) => one.fields.has(field) && !behind.includes(one));
  const numbers = [...behind, ...about].map(({ finding }) => finding.number);
  if (nothingToCompare(input) !== null) return { ...standing, text: 'not compared', findings: [] };
  if (standing.equal) return { ...standing, text: 'equal', findings: numbers };
  const text =
    field === 'order'
      ? letters(order(input, lane)) || 'nothing'
      : isOnlyKept(field, differences, behind)
        ? 'emitted, not kept'
        : shorts(behind, field);
  return { ...standing, text, findings: numbers };
}

const CONTENT: ReadonlySet<VerdictField> = new Set(['text', 'reasoning', 'tool calls']);

/** Every message is equal, and an error took away what they had said: where it ended is the row of the ending. */
const isOnlyKept = (
  field: VerdictField,
  differences: readonly Difference[],
  behind: readonly NumberedFinding[],
): boolean =>
  CONTENT.has(field) && differences.every(({ kept }) => kept) && behind.every(({ kind }) => kind.shape === 'error');

const MAX_SHORTS = 3;
/** What is about the field comes before the error that took all away. */
function shorts(findings: readonly NumberedFinding[], field: VerdictField): string {
  const own = findings.filter((one) => one.fields.has(field));
  const texts = [...new Set((own.length > 0 ? own : findings).map(({ short }) => short))];
  const more = texts.length - MAX_SHORTS;
  return texts.slice(0, MAX_SHORTS).join(', ') + (more > 0 ? `, ${more} more` : '');
}

function wireText(input: ComparisonInput, field: VerdictField): string {
  const { blocks, finish, usage } = input.wire;
  const calls = blocks.filter(({ kind }) => kind === 'tool');
  const chars = (kinds: readonly string[]): number =>
    blocks.reduce((sum, block) => sum + (kinds.includes(block.kind) ? codePoints(block.text) : 0), 0);
  switch (field) {
    case 'text':
      return counted(chars(['text', 'refusal']), 'character');
    case 'reasoning': {
      const signed = blocks.some(({ kind, signature }) => kind === 'reasoning' && signature);
      return `${counted(chars(['reasoning']), 'character')}${signed ? ', signed' : ''}`;
    }
    case 'tool calls':
      return calls.length === 0 ? 'none' : `${calls.length}: ${names(calls.map(({ name }) => name ?? 'no name'))}`;
    case 'approvals': {
      const due = calls
        .filter(({ name }) => name && input.setup.options.requires_approval_tools.includes(name))
        .map(({ name }) => name!);
      return due.length === 0 ? 'none due' : `${due.length} due: ${names(due)}`;
    }
    case 'finish':
      return finish[0] ? (finish[0].raw ?? finish[0].unified) : 'none';
    case 'usage':
      return usage
        ? `${tokens(usage.input)}${usage.cachedInput ? ` (${number(usage.cachedInput)} cached)` : ''} → ${tokens(usage.output)}`
        : 'not reported';
    case 'other parts':
      return otherParts(input);
    case 'order':
      return letters(wireOrder(input));
    case 'ending':
      return input.ending?.state ?? (input.wire.terminated ? 'complete' : 'truncated');
  }
}

/** Server tools, their results, and what blocks carry beside their text. */
function otherParts({ wire: { blocks } }: ComparisonInput): string {
  const tools = blocks.filter(({ kind }) => kind === 'server_tool').length;
  const others = blocks.filter(({ kind }) => kind === 'server_tool_result' || kind === 'other').length;
  const attached = blocks.reduce(
    (sum, { kind, attachments = [] }) => sum + (OWN_ATTACHMENTS.has(kind) ? 0 : attachments.length),
    0,
  );
  const said = [
    tools > 0 && counted(tools, 'server tool'),
    others > 0 && counted(others, 'block'),
    attached > 0 && counted(attached, 'attachment'),
  ].filter(Boolean);
  return said.length > 0 ? said.join(', ') : 'none';
}

/** Kinds of which the attachment is the block itself. */
const OWN_ATTACHMENTS: ReadonlySet<string> = new Set(['server_tool', 'server_tool_result', 'other']);

const MAX_NAMES = 4;
const names = (all: readonly string[]): string =>
  all.slice(0, MAX_NAMES).join(', ') + (all.length > MAX_NAMES ? ', …' : '');
const tokens = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : number(value);

const MAX_LETTERS = 24;
const letters = (all: readonly string[]): string =>
  all.slice(0, MAX_LETTERS).join(' ') + (all.length > MAX_LETTERS ? ` … ${all.length - MAX_LETTERS} more` : '');
