/**
 * In what a cell differs, for the screen: one fact of its differences, in counts, at once and while the stream runs. Why it
 * differs, the findings say once the stream is over.
 */
import { cellOf, type BlockRow, type LaneBlock, type LaneBlockKind } from '../model/block-row.ts';
import type { LaneId } from '../model/messages.ts';
import { blockDifferences, textOf } from './block-equality.ts';

export type CellFact =
  /** The lane says nothing where the wire has content. */
  | { readonly type: 'nothing'; readonly chars: number; readonly events: number }
  /** The lane's messages have no place for what the wire has here, such as a tool that the provider runs. */
  | { readonly type: 'no-place'; readonly chars: number }
  /** The lane's text is the wire's with this in front of it or behind it. */
  | { readonly type: 'before' | 'behind'; readonly chars: number }
  /** The lane's text stops `chars` before the wire's does, or starts that much after it. */
  | { readonly type: 'cut-end' | 'cut-start'; readonly chars: number }
  | { readonly type: 'altered'; readonly at: number }
  /** The lane has content where the wire has no block. */
  | { readonly type: 'extra'; readonly chars: number }
  /** The same characters as another kind of message: arguments that became an answer. */
  | { readonly type: 'kind'; readonly kind: LaneBlockKind }
  /** Beside what is equal, the lane emits something of another kind here. */
  | { readonly type: 'also'; readonly kind: LaneBlockKind; readonly chars: number }
  /** The texts are equal, and this is not. */
  | { readonly type: 'name' | 'id' | 'signature' }
  /** Citations and the like that came with the block, for which the lane's messages have no place. */
  | { readonly type: 'parts'; readonly count: number }
  /** Only one side has an error here. */
  | { readonly type: 'error-missing' | 'error-extra' };

/** Kinds for which the adapters' messages have a place. */
const CARRIED: ReadonlySet<string> = new Set(['text', 'reasoning', 'tool', 'refusal']);

/** Whether it is a loss, and not only something for which the lane's messages have no place. */
export const isLoss = (fact: CellFact | null): boolean =>
  fact !== null && fact.type !== 'no-place' && fact.type !== 'parts' && fact.type !== 'id';

/** Arguments that are longer, in UTF-16 units, are not read here: the findings say whether they are equal. */
const MOST_READ = 262_144;

/** What is known of a row, by lane: it is asked for with each drawing, and texts of megabytes are not compared for each. */
const known = new WeakMap<BlockRow, Map<LaneId, { readonly state: string; readonly fact: CellFact | null }>>();

/** null: equal, or too early to say. Texts are compared only when the row is closed. */
export function cellFact(row: BlockRow, lane: LaneId): CellFact | null {
  let facts = known.get(row);
  if (!facts) known.set(row, (facts = new Map()));
  const state = stateOf(row, lane);
  const before = facts.get(lane);
  if (before?.state === state) return before.fact;
  const fact = factOf(row, lane);
  facts.set(lane, { state, fact });
  return fact;
}

/** Changes with whatever a fact depends on: the blocks grow in place. */
const stateOf = (row: BlockRow, lane: LaneId): string =>
  [row.cells.wire, cellOf(row, lane)]
    .map((blocks) =>
      blocks.map(({ chars, messages, name, callId, signature, attachments }) =>
        [chars, messages, name?.length, callId?.length, signature.length, attachments.length].join(' '),
      ),
    )
    .concat([[String(row.open)]])
    .join('|');

function factOf(row: BlockRow, lane: LaneId): CellFact | null {
  const differences = blockDifferences(row, lane, MOST_READ);
  if (differences.length === 0) return null;
  const [wire, own] = [row.cells.wire, cellOf(row, lane)];
  if (row.kind === 'error') return { type: wire.length > 0 ? 'error-missing' : 'error-extra' };
  if (wire.length === 0) return { type: 'extra', chars: charsOf(own) };
  if (own.length === 0) {
    return CARRIED.has(row.kind)
      ? { type: 'nothing', chars: charsOf(wire), events: messagesOf(wire) }
      : { type: 'no-place', chars: charsOf(wire) };
  }
  if (row.open) return null;
  if (!own.some(({ kind }) => kind === row.kind)) return { type: 'kind', kind: own[0]!.kind };
  const has = (aspect: (typeof differences)[number]['aspect']): boolean =>
    differences.some((difference) => difference.aspect === aspect);
  if (has('text')) return textFact(textOf(wire), textOf(own.filter(({ kind }) => kind === row.kind)));
  const extra = differences.find(({ aspect }) => aspect === 'extra');
  if (extra) {
    const chars = charsOf(own.filter(({ kind }) => kind === extra.kind));
    return { type: 'also', kind: extra.kind, chars };
  }
  for (const aspect of ['name', 'signature', 'id'] as const) if (has(aspect)) return { type: aspect };
  return { type: 'parts', count: wire.reduce((sum, { attachments }) => sum + attachments.length, 0) };
}

function textFact(wire: string, own: string): CellFact {
  if (own.length > wire.length) {
    if (own.endsWith(wire)) return { type: 'before', chars: own.length - wire.length };
    if (own.startsWith(wire)) return { type: 'behind', chars: own.length - wire.length };
  } else {
    if (wire.startsWith(own)) return { type: 'cut-end', chars: wire.length - own.length };
    if (wire.endsWith(own)) return { type: 'cut-start', chars: wire.length - own.length };
  }
  let at = 0;
  while (at < own.length && own[at] === wire[at]) at++;
  return { type: 'altered', at };
}

const charsOf = (blocks: readonly LaneBlock[]): number => blocks.reduce((sum, block) => sum + block.chars, 0);
const messagesOf = (blocks: readonly LaneBlock[]): number => blocks.reduce((sum, block) => sum + block.messages, 0);
