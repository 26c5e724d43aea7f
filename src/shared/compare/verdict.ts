/** The verdict table: for each field what the wire has, and for each lane `equal`, or what differs in numbers. */
import { VERDICT_FIELDS, type Verdict, type VerdictCell, type VerdictField } from '../model/findings.ts';
import { WIRE, type LaneId } from '../model/messages.ts';
import { codePoints } from '../text/code-points.ts';
import { expectedParts, strandOf } from './expected.ts';
import type { NumberedFinding } from './findings/registry.ts';
import { comparedLanes, type ComparisonInput } from './lane-reading.ts';
import { count, number } from './say.ts';

export function verdictOf(input: ComparisonInput, findings: readonly NumberedFinding[]): Verdict {
  return Object.fromEntries(
    VERDICT_FIELDS.map((field) => [
      field,
      {
        [WIRE]: { equal: true, text: wireText(input, field), findings: [] },
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
  const own = findings.filter(({ kind, finding }) => kind.field === field && finding.lane === lane);
  const numbers = own.map(({ finding }) => finding.number);
  if (field === 'order') return { ...orderCell(input, lane), findings: numbers };
  const differing = own.filter(({ asked }) => !asked);
  if (differing.length > 0) return { equal: false, text: shorts(differing), findings: numbers };
  const ended = findings.find(({ finding, kind }) => finding.lane === lane && kind.shape === 'error');
  // What an error took away is told once, by the error; the field is still not equal.
  if (ended && field !== 'finish')
    return { equal: false, text: ended.short, findings: [...numbers, ended.finding.number] };
  return { equal: true, text: own[0]?.short ?? 'equal', findings: numbers };
}

const MAX_SHORTS = 3;
function shorts(findings: readonly NumberedFinding[]): string {
  const texts = [...new Set(findings.map(({ short }) => short))];
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
      return count(chars(['text', 'refusal']), 'character');
    case 'reasoning': {
      const signed = blocks.some(({ kind, signature }) => kind === 'reasoning' && signature);
      return `${count(chars(['reasoning']), 'character')}${signed ? ', signed' : ''}`;
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
    case 'order':
      return letters(wireOrder(input));
  }
}

const MAX_NAMES = 4;
const names = (all: readonly string[]): string =>
  all.slice(0, MAX_NAMES).join(', ') + (all.length > MAX_NAMES ? ', …' : '');
const tokens = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : number(value);

const LETTER: Readonly<Record<string, string>> = { text: 'T', refusal: 'T', reasoning: 'R', hidden: 'H', tool: 'C' };
const MAX_LETTERS = 24;
const letters = (all: readonly string[]): string =>
  all.slice(0, MAX_LETTERS).join(' ') + (all.length > MAX_LETTERS ? ` … ${all.length - MAX_LETTERS} more` : '');

function wireOrder(input: ComparisonInput): readonly string[] {
  return input.grid.rows.flatMap((row) =>
    LETTER[row.kind] && input.strands.get(row)?.wire ? [LETTER[row.kind]!] : [],
  );
}

/** Letters of what the lane was to emit, in the order in which it began to. */
function orderCell(input: ComparisonInput, lane: LaneId): Omit<VerdictCell, 'findings'> {
  const parts = expectedParts(input, lane).filter(
    (part) => !part.converted && (part.text !== '' || part.kind === 'tool'),
  );
  const expected = parts.map(({ kind }) => LETTER[kind]!);
  const got = parts
    .flatMap(({ row, kind }) => {
      const first = strandOf(input, lane, row, kind)?.entries[0];
      return first ? [{ letter: LETTER[kind]!, ordinal: first.emission.ordinal }] : [];
    })
    .toSorted((a, b) => a.ordinal - b.ordinal)
    .map(({ letter }) => letter);
  const error = input.adapters[lane]?.error;
  const cut = error && error.stage !== 'after' && input.wire.errors.length === 0;
  const equal = got.join('') === expected.join('') && !cut;
  return { equal, text: equal ? 'equal' : got.length > 0 ? letters(got) : 'nothing' };
}
