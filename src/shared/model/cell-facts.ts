/**
 * What can be said of a cell at once, while the stream runs: what the wire has in this row and the lane has not, or has
 * otherwise. Counts, not causes; the findings say more once the stream is over.
 */
import { cellOf, type BlockRow, type LaneBlock, type LaneBlockKind } from './blocks.ts';
import { WIRE, type LaneId } from './messages.ts';

export type CellFact =
  /** The lane says nothing where the wire has content. */
  | { readonly type: 'nothing'; readonly chars: number; readonly events: number }
  /** The lane's text is the wire's with this in front of it or behind it. */
  | { readonly type: 'before' | 'behind'; readonly chars: number }
  /** The lane's text stops `chars` before the wire's does, or starts that much after it. */
  | { readonly type: 'cut-end' | 'cut-start'; readonly chars: number }
  | { readonly type: 'altered'; readonly at: number }
  /** The lane has content where the wire has no block. */
  | { readonly type: 'extra'; readonly chars: number }
  /** The same characters as another kind of message: arguments that became an answer. */
  | { readonly type: 'kind'; readonly kind: LaneBlockKind };

/** Kinds whose loss is a loss to the person who reads the answer. */
const CONTENT: ReadonlySet<string> = new Set(['text', 'reasoning', 'tool', 'refusal']);

/** null: nothing to say, or too early to say it. Texts are compared only when the row is closed. */
export function cellFact(row: BlockRow, lane: LaneId): CellFact | null {
  if (lane === WIRE || row.kind === 'end' || row.kind === 'error') return null;
  const wire = row.cells.wire;
  const own = cellOf(row, lane);
  if (wire.length === 0) return own.length === 0 ? null : { type: 'extra', chars: charsOf(own) };
  if (own.length === 0) {
    const said = charsOf(wire) > 0 || row.kind === 'tool';
    return CONTENT.has(row.kind) && said ? { type: 'nothing', chars: charsOf(wire), events: messagesOf(wire) } : null;
  }
  if (row.open) return null;
  const kinds = new Set(own.map((block) => block.kind));
  if (!kinds.has(row.kind as LaneBlockKind)) return { type: 'kind', kind: own[0]!.kind };
  return textFact(textOf(wire), textOf(own.filter((block) => block.kind === row.kind)));
}

function textFact(wire: string, own: string): CellFact | null {
  if (own === wire) return null;
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
export const textOf = (blocks: readonly LaneBlock[]): string => blocks.map((block) => block.pieces.join('')).join('');
