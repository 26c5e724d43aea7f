/**
 * Whether a lane has of a content block of the wire what the wire has: the one place where cells are compared. What is
 * compared are values, whatever the reason why they differ; nothing is left aside but how JSON is spaced and ordered.
 */
import { cellOf, type BlockRow, type LaneBlock, type LaneBlockKind } from '../model/block-row.ts';
import { WIRE, type LaneId } from '../model/messages.ts';
import { sameArguments } from './argument-text.ts';

/** In what a cell differs from the wire's, for one kind of content in it. */
export interface BlockDifference {
  readonly kind: LaneBlockKind;
  /**
   * `missing`: the wire has it and the lane has nothing. `extra`: the other way round. `parts`: citations, log probabilities
   * and whatever else came with the block and has no text.
   */
  readonly aspect: 'missing' | 'extra' | 'text' | 'name' | 'id' | 'signature' | 'parts';
}

const NONE: readonly BlockDifference[] = [];

/**
 * Empty: equal. Of a block that still grows it is only said what the lane has nothing of yet, and what it has that the wire
 * has not. The last row stands for what is kept at the end, which is not of one block: see equality.ts. `mostRead`: see sameArguments.
 */
export function blockDifferences(row: BlockRow, lane: LaneId, mostRead?: number): readonly BlockDifference[] {
  if (lane === WIRE || row.kind === 'end') return NONE;
  const [wire, own] = [row.cells.wire, cellOf(row, lane)];
  const kinds = new Set([...wire, ...own].map(({ kind }) => kind));
  const out: BlockDifference[] = [];
  for (const kind of kinds) {
    const there = wire.filter((block) => block.kind === kind);
    const here = own.filter((block) => block.kind === kind);
    out.push(...aspects(kind, there, here, row.open, mostRead).map((aspect) => ({ kind, aspect })));
  }
  return out.length > 0 ? out : NONE;
}

function aspects(
  kind: LaneBlockKind,
  wire: readonly LaneBlock[],
  own: readonly LaneBlock[],
  open: boolean,
  mostRead?: number,
): readonly BlockDifference['aspect'][] {
  if (own.length === 0) return wire.some(says) ? ['missing'] : [];
  if (wire.length === 0) return own.some(says) ? ['extra'] : [];
  // A lane words an error in its own way.
  if (open || kind === 'error') return [];
  const call = kind === 'tool' || kind === 'server_tool';
  const equal = (a: string, b: string): boolean => (call ? sameArguments(a, b, mostRead) : a === b);
  return [
    ...(equal(textOf(wire), textOf(own)) ? [] : (['text'] as const)),
    ...(call && nameOf(wire) !== nameOf(own) ? (['name'] as const) : []),
    ...(call && !sameId(wire, own) ? (['id'] as const) : []),
    ...(signatureOf(wire) === signatureOf(own) ? [] : (['signature'] as const)),
    ...(partsOf(wire) === partsOf(own) ? [] : (['parts'] as const)),
  ];
}

/** Whether there is anything in a block: an empty text says nothing, a call without arguments does. */
const says = ({ kind, chars, signature, attachments }: LaneBlock): boolean =>
  chars > 0 ||
  signature !== '' ||
  attachments.length > 0 ||
  (kind !== 'text' && kind !== 'reasoning' && kind !== 'refusal');

export const textOf = (blocks: readonly LaneBlock[]): string => blocks.map((block) => block.pieces.join('')).join('');
const nameOf = (blocks: readonly LaneBlock[]): string => blocks.find(({ name }) => name !== null)?.name ?? '';
const signatureOf = (blocks: readonly LaneBlock[]): string =>
  blocks.findLast(({ signature }) => signature)?.signature ?? '';
const partsOf = (blocks: readonly LaneBlock[]): number =>
  blocks.reduce((sum, { attachments }) => sum + attachments.length, 0);

function sameId(wire: readonly LaneBlock[], own: readonly LaneBlock[]): boolean {
  const ids = (blocks: readonly LaneBlock[]): string[] => [...new Set(blocks.flatMap(({ callId }) => callId ?? []))];
  return ids(wire).join('\n') === ids(own).join('\n');
}
