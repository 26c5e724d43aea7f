/** Two traces side by side: whose sides are which, which blocks belong together, and their times on one axis. */
import { diffArrays } from 'diff';
import type { RequestDiffRow, TraceCompareResult, TraceSide } from '../../../shared/compare/result.ts';

export type TraceBlock = TraceSide['blocks'][number];

const OTHER_WAY: Readonly<Record<RequestDiffRow['change'], RequestDiffRow['change']>> = {
  same: 'same',
  changed: 'changed',
  added: 'removed',
  removed: 'added',
};

export function swapped({ a, b, request }: TraceCompareResult): TraceCompareResult {
  return { a: b, b: a, request: request.map((row) => ({ ...row, a: row.b, b: row.a, change: OTHER_WAY[row.change] })) };
}

export interface BlockPair {
  readonly a: TraceBlock | null;
  readonly b: TraceBlock | null;
}

/** Answers with more other blocks than this have nothing to do with each other: they are then set side by side as they come. */
const MAX_EDITS = 200;

/** Blocks of one kind and name in their order; what only one side has stands alone. */
export function blockPairs(a: readonly TraceBlock[], b: readonly TraceBlock[]): readonly BlockPair[] {
  const key = ({ kind, title }: TraceBlock): string => `${kind} ${kind === 'tool' ? title : ''}`;
  const changes = diffArrays([...a], [...b], {
    comparator: (one, two) => key(one) === key(two),
    maxEditLength: MAX_EDITS,
  });
  if (!changes)
    return Array.from({ length: Math.max(a.length, b.length) }, (_, at) => ({ a: a[at] ?? null, b: b[at] ?? null }));
  const pairs: BlockPair[] = [];
  let [atA, atB] = [0, 0];
  for (const { value, added, removed } of changes) {
    for (let i = 0; i < value.length; i++) {
      pairs.push({ a: added ? null : (a[atA++] ?? null), b: removed ? null : (b[atB++] ?? null) });
    }
  }
  return pairs;
}

/** What stands at 0 on both axes. */
export const ALIGNMENTS = [
  { value: 'request', label: 'Request' },
  { value: 'byte', label: 'First byte' },
  { value: 'text', label: 'First text' },
] as const;
export type Alignment = (typeof ALIGNMENTS)[number]['value'];

/** Nanoseconds on the common axis. */
interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Bar extends Span {
  /** Stretches of it in which no byte came. */
  readonly silences: readonly Span[];
}

export interface Overlay {
  /** The stretch that holds both. */
  readonly start: number;
  readonly end: number;
  readonly rows: readonly {
    readonly kind: string;
    readonly title: string;
    readonly a: Bar | null;
    readonly b: Bar | null;
  }[];
  /** First byte, first text and end of each. */
  readonly marks: Readonly<Record<'a' | 'b', readonly { readonly name: string; readonly at: number }[]>>;
}

/** Null where one of them has no such moment, so that they cannot be aligned at it. */
export function overlay({ a, b }: Pick<TraceCompareResult, 'a' | 'b'>, alignment: Alignment): Overlay | null {
  const [zeroA, zeroB] = [zeroOf(a, alignment), zeroOf(b, alignment)];
  if (zeroA === null || zeroB === null || !a.timed || !b.timed) return null;
  const bar = (block: TraceBlock | null, { silences }: TraceSide, zero: number): Bar | null =>
    block && {
      from: block.firstNs - zero,
      to: block.lastNs - zero,
      silences: silences
        .filter(({ startNs, endNs }) => startNs < block.lastNs && endNs > block.firstNs)
        .map(({ startNs, endNs }) => ({
          from: Math.max(startNs, block.firstNs) - zero,
          to: Math.min(endNs, block.lastNs) - zero,
        })),
    };
  const rows = blockPairs(a.blocks, b.blocks).map((pair) => ({
    kind: (pair.a ?? pair.b!).kind,
    title: titleOf(pair),
    a: bar(pair.a, a, zeroA),
    b: bar(pair.b, b, zeroB),
  }));
  const marks = { a: marksOf(a, zeroA), b: marksOf(b, zeroB) };
  const all = [
    ...rows.flatMap((row) => [row.a, row.b]).flatMap((one) => (one ? [one.from, one.to] : [])),
    ...marks.a.map(({ at }) => at),
    ...marks.b.map(({ at }) => at),
  ];
  return { start: Math.min(0, ...all), end: Math.max(1e6, ...all) * 1.02, rows, marks };
}

function zeroOf({ metrics }: TraceSide, alignment: Alignment): number | null {
  if (alignment === 'request') return metrics.startUnknown ? null : 0;
  return alignment === 'byte' ? metrics.firstByteNs : metrics.firstTextNs;
}

function marksOf({ metrics }: TraceSide, zero: number): { name: string; at: number }[] {
  const named = [
    ['first byte', metrics.firstByteNs],
    ['first text', metrics.firstTextNs],
    ['end', metrics.totalNs],
  ] as const;
  return named.flatMap(([name, ns]) => (ns === null ? [] : [{ name, at: ns - zero }]));
}

export const titleOf = ({ a, b }: BlockPair): string => {
  const block = a ?? b!;
  return block.kind === 'tool' ? block.title : block.kind.replaceAll('_', ' ');
};

/** The stretches of a bar in which something came, in order. */
export function partsOf({ from, to, silences }: Bar): readonly Span[] {
  const parts: Span[] = [];
  let at = from;
  for (const silence of silences) {
    parts.push({ from: at, to: silence.from });
    at = silence.to;
  }
  return [...parts, { from: at, to }];
}

/** How many times one number is another, with two digits that say something; '' where that is no number. */
export function timesText(a: number, b: number): string {
  if (a === 0 || b === 0) return '';
  const times = b / a;
  return `×${times >= 0.1 && times < 100 ? times.toFixed(2) : String(Number(times.toPrecision(2)))}`;
}
