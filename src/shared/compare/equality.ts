/**
 * The one place that says whether a lane is equal to the wire. Everything that shows it (the verdict, the columns, Live's
 * marks, the samples' cards, every count) asks here, so that no two of them can disagree.
 *
 * Equal are values: of each content block of the wire what the lane's messages make of it (block-equality.ts), and of the
 * answer as a whole what the lane keeps when all is over, and how it ended. Why they differ, and whether anything is lost by
 * it, the findings say.
 *
 * Left aside are the lane's own inventions, which the wire has no counterpart of: message ids, dates and otids.
 */
import { cellOf, type BlockRow, type LaneBlockKind } from '../model/block-row.ts';
import type { VerdictField } from '../model/findings.ts';
import type { AdapterOutcome, LaneId, ReasoningPart, ToolCall, WireBlock } from '../model/messages.ts';
import type { TerminalState } from '../model/trace.ts';
import { sameArguments } from './argument-text.ts';
import { blockDifferences } from './block-equality.ts';
import type { ComparisonInput } from './lane-reading.ts';

/** The row of the columns that stands for what a lane has when all is over. */
export const KEPT_ROW = 'after';

export interface Difference {
  /** Id of the row of the columns where it shows. */
  readonly row: string;
  readonly field: VerdictField;
  /** Of what is kept, and not of the messages. */
  readonly kept: boolean;
}

const FIELD_OF_KIND: Readonly<Record<LaneBlockKind, VerdictField>> = {
  text: 'text',
  refusal: 'text',
  reasoning: 'reasoning',
  hidden: 'reasoning',
  tool: 'tool calls',
  server_tool: 'other parts',
  server_tool_result: 'other parts',
  other: 'other parts',
  error: 'ending',
};

/** Endings that a client library raises as an error of its own where not one byte has come. */
const BROKEN_OFF: ReadonlySet<TerminalState> = new Set(['reset', 'stalled', 'cancelled']);

/**
 * Why there is nothing to compare, as a sentence; null where there is. No lane ever reads an HTTP error, whatever its body
 * is, nor a response that never began: what a lane makes of no bytes means nothing.
 */
export function nothingToCompare({ ending, bytes }: Pick<ComparisonInput, 'ending' | 'bytes'>): string | null {
  if (ending === null) return null;
  const refused = ending.state === 'http-error' || (bytes === 0 && BROKEN_OFF.has(ending.state));
  return refused ? 'No stream came, so there is nothing to compare.' : null;
}

const cache = new WeakMap<ComparisonInput, Map<LaneId, readonly Difference[]>>();

/** Where a lane is not equal to the wire; empty when it is. Each row and field once. Linear in the reading. */
export function differencesOf(input: ComparisonInput, lane: LaneId): readonly Difference[] {
  let lanes = cache.get(input);
  if (!lanes) cache.set(input, (lanes = new Map()));
  let found = lanes.get(lane);
  if (!found) lanes.set(lane, (found = find(input, lane)));
  return found;
}

function find(input: ComparisonInput, lane: LaneId): readonly Difference[] {
  const outcome = input.adapters[lane];
  if (!outcome || nothingToCompare(input) !== null) return [];
  const out = new Map<string, Difference>();
  const add = (row: string, field: VerdictField, kept = false): void => {
    const key = `${field} ${row}`;
    if (!out.has(key)) out.set(key, { row, field, kept });
  };
  for (const row of input.grid.rows) {
    for (const { kind, aspect } of blockDifferences(row, lane))
      add(row.id, aspect === 'parts' ? 'other parts' : FIELD_OF_KIND[kind]);
    if (asksWrongly(input, lane, row)) add(row.id, 'approvals');
  }
  for (const row of callsNotKept(input, outcome)) add(row, 'tool calls', true);
  for (const field of keptDifferences(input, outcome)) add(KEPT_ROW, field, true);
  if (order(input, lane).join('') !== wireOrder(input).join('')) add(KEPT_ROW, 'order', true);
  return [...out.values()];
}

/** Approval is asked of exactly the calls whose tools are on the list. */
function asksWrongly(input: ComparisonInput, lane: LaneId, row: BlockRow): boolean {
  const calls = cellOf(row, lane).filter(({ kind }) => kind === 'tool');
  if (row.kind !== 'tool') return calls.some(({ approval }) => approval);
  const due = input.setup.options.requires_approval_tools.includes(row.cells.wire[0]?.name ?? '');
  const messages = input.strands.get(row)?.[lane]?.tool?.entries ?? [];
  const asking = messages.filter(({ emission: { message } }) => message.message_type === 'approval_request_message');
  return due ? asking.length === 0 || asking.length < messages.length : asking.length > 0;
}

// What is kept.

const callsOf = ({ wire }: ComparisonInput): readonly WireBlock[] => wire.blocks.filter(({ kind }) => kind === 'tool');

/** Whether a call that a lane kept is this one of the wire. No arguments at all are an empty object to an adapter. */
export const isCall = (call: WireBlock, kept: ToolCall): boolean =>
  (call.name ?? '') === kept.name && (call.tool_call_id ?? '') === kept.id && sameKept(call, kept);

export const sameKept = (call: WireBlock, kept: ToolCall): boolean =>
  sameArguments(call.text, kept.arguments) || (call.text === '' && sameArguments('{}', kept.arguments));

/** Rows of the calls that the lane does not have at the end. It has a place for one. */
function callsNotKept(input: ComparisonInput, { tool_call: kept }: AdapterOutcome): readonly string[] {
  const calls = callsOf(input);
  const own = kept && calls.find((call) => isCall(call, kept));
  return calls.flatMap((call) => (call === own || !input.grid.row(call.block) ? [] : [call.block]));
}

function keptDifferences(input: ComparisonInput, outcome: AdapterOutcome): readonly VerdictField[] {
  const { wire } = input;
  const [wireKept, kept] = [keptOfWire(input), keptOf(outcome)];
  const calls = callsOf(input);
  const oneCall = calls.length === 0 ? !outcome.tool_call : calls.length === 1 && isKept(calls[0]!, outcome);
  const { usage } = wire;
  const named = (said: string | null, own: string | null): boolean => said === null || said === own;
  const differ: readonly (readonly [VerdictField, boolean])[] = [
    ['text', wireKept.text !== kept.text],
    [
      'reasoning',
      wireKept.reasoning !== kept.reasoning ||
        wireKept.hidden !== kept.hidden ||
        wireKept.signatures !== kept.signatures ||
        kept.omitted,
    ],
    ['tool calls', !oneCall],
    ['finish', wire.finish.length > 0],
    [
      'usage',
      (usage?.input ?? 0) !== outcome.usage.prompt_tokens ||
        (usage?.output ?? 0) !== outcome.usage.completion_tokens ||
        (usage?.total ?? (usage?.input ?? 0) + (usage?.output ?? 0)) !== outcome.usage.total_tokens,
    ],
    ['other parts', !named(wire.id, outcome.provider_message_id) || !named(wire.model, outcome.model)],
    ['ending', !endsAlike(input, outcome)],
  ];
  return differ.flatMap(([field, differs]) => (differs ? [field] : []));
}

const isKept = (call: WireBlock, { tool_call: kept }: AdapterOutcome): boolean => kept !== null && isCall(call, kept);

export interface Kept {
  readonly text: string;
  readonly reasoning: string;
  /** Redacted and encrypted reasoning. */
  readonly hidden: string;
  readonly signatures: string;
  /** It says that there was reasoning which it does not have. */
  readonly omitted: boolean;
}

/** The answer's parts that a lane keeps, each kind joined. */
export function keptOf({ content, reasoning_content }: AdapterOutcome): Kept {
  // Where the answer is kept as reasoning, a plain text is one of the thoughts.
  const parts = content ?? reasoning_content ?? [];
  const isThought = ({ type }: ReasoningPart): boolean => content === null && type === 'text';
  const joined = (of: (part: ReasoningPart) => string): string => parts.map(of).join('');
  return {
    text: joined((part) => (part.type === 'text' && !isThought(part) ? part.text : '')),
    reasoning: joined((part) => {
      if (part.type === 'reasoning') return part.reasoning;
      if (part.type === 'summarized_reasoning') return part.summary.map(({ text }) => text).join('');
      return part.type === 'text' && isThought(part) ? part.text : '';
    }),
    hidden: joined((part) =>
      part.type === 'redacted_reasoning'
        ? part.data
        : part.type === 'summarized_reasoning'
          ? part.encrypted_content
          : '',
    ),
    signatures: joined((part) => (part.type === 'reasoning' ? (part.signature ?? '') : '')),
    omitted: parts.some(({ type }) => type === 'omitted_reasoning'),
  };
}

export function keptOfWire({ wire: { blocks } }: Pick<ComparisonInput, 'wire'>): Kept {
  const joined = (kinds: readonly string[], of: (block: WireBlock) => string): string =>
    blocks.map((block) => (kinds.includes(block.kind) ? of(block) : '')).join('');
  return {
    text: joined(['text', 'refusal'], ({ text }) => text),
    reasoning: joined(['reasoning'], ({ text }) => text),
    hidden: joined(['redacted_reasoning'], ({ text }) => text),
    signatures: joined(['reasoning'], ({ signature }) => signature ?? ''),
    omitted: false,
  };
}

// How it ends.

/** Whether the wire came to its end, by its ending where one is known. */
export const isComplete = ({ ending, wire }: ComparisonInput): boolean =>
  ending === null ? wire.terminated && wire.errors.length === 0 : ending.state === 'complete';

function endsAlike(input: ComparisonInput, { error, finished }: AdapterOutcome): boolean {
  const [said] = input.wire.errors;
  if (isComplete(input)) return finished && error === null;
  if (error === null) return !finished;
  // A lane that raises an error after a stream that was cut has not taken it for a whole answer.
  return said ? error.event === said.event : error.stage === 'after' || input.wire.limit !== undefined;
}

// In which order the blocks begin.

const LETTER: Readonly<Partial<Record<string, string>>> = {
  text: 'T',
  refusal: 'T',
  reasoning: 'R',
  hidden: 'H',
  tool: 'C',
};

/** Letters of the blocks of the wire that have content and a message in the adapters' words, in their order. */
export function wireOrder({ grid: { rows } }: ComparisonInput): readonly string[] {
  return rows.flatMap(({ kind, cells: { wire } }) => {
    const letter = LETTER[kind];
    return letter && (kind === 'tool' || wire.some(({ chars }) => chars > 0)) ? [letter] : [];
  });
}

/** Letters of what a lane emitted, in the order in which it began to. */
export function order({ strands }: ComparisonInput, lane: LaneId): readonly string[] {
  return [...strands.values()]
    .flatMap((row) =>
      Object.values(row[lane] ?? {}).flatMap(({ kind, entries, text }) => {
        const letter = LETTER[kind];
        const first = entries[0];
        return letter && first && (kind === 'tool' || text !== '') ? [{ letter, at: first.emission.ordinal }] : [];
      }),
    )
    .toSorted((a, b) => a.at - b.at)
    .map(({ letter }) => letter);
}
