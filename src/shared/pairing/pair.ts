/** Two recordings of one exchange, from both sides of a gateway, on one axis: which hop held it, and what the gateway made of it. */
import type { ComparisonInput } from '../compare/lane-reading.ts';
import type { TraceDetail } from '../model/trace.ts';
import { aligned, type AlignedContent } from './aligned.ts';
import { contentsOf, type Content } from './content.ts';
import { evidenceOf, type PairEvidence } from './evidence.ts';
import { findingsOf, type PairFinding } from './findings.ts';
import { holdsOf, type Hold, type Passed } from './held.ts';

export interface TraceToPair {
  readonly detail: Pick<
    TraceDetail,
    'id' | 'title' | 'api' | 'model' | 'startedAt' | 'timed' | 'metrics' | 'ending' | 'responseHead' | 'capture'
  >;
  readonly input: ComparisonInput;
}

export interface PairSide extends Pick<TraceDetail, 'id' | 'title' | 'api' | 'model'> {
  /** On the axis, which begins with the client's request. */
  readonly startNs: number;
  readonly endNs: number;
  /** When pieces of content came, each once. */
  readonly arrivalsNs: readonly number[];
}

export interface PairResult {
  readonly evidence: PairEvidence;
  readonly outer: PairSide;
  readonly inner: PairSide;
  /** Both have times: else there is no axis, and nothing is said of holds and delays. */
  readonly timed: boolean;
  /** By how much the inner side was moved because it would have got things later than the client. */
  readonly clockShiftNs: number;
  readonly holds: readonly Hold[];
  readonly providerNs: number;
  readonly gatewayNs: number;
  /** Of the provider's pieces on their way through the gateway. Null without times, and where nothing passed. */
  readonly delay: { readonly medianNs: number; readonly largestNs: number } | null;
  readonly findings: readonly PairFinding[];
}

/** The wall clock of a recording says whole milliseconds. */
const CLOCK_NS = 2e6;

/** Whether the shift is more than what whole milliseconds explain. */
export const clocksDiffer = ({ clockShiftNs }: PairResult): boolean => -clockShiftNs > CLOCK_NS;

export function pairTraces(a: TraceToPair, b: TraceToPair): PairResult {
  const evidence = evidenceOf(a.detail, b.detail, { a: a.input.wire.id, b: b.input.wire.id });
  const [outer, inner] = evidence.outer === 'a' ? [a, b] : [b, a];
  // Two clocks that count from different moments cannot be laid on each other.
  const timed = [outer, inner].every(({ detail }) => detail.timed && !detail.metrics.startUnknown);
  const apart = timed ? (inner.detail.startedAt - outer.detail.startedAt) * 1e6 : 0;
  const outerContents = contentsOf(outer.input);
  const innerContents = moved(contentsOf(inner.input), apart);
  const before = alignedAll(outerContents, innerContents);
  const clockShiftNs = timed ? Math.min(0, ...before.flatMap(({ delays }) => leastOf(delays))) : 0;
  const contents = clockShiftNs < 0 ? alignedAll(outerContents, moved(innerContents, clockShiftNs)) : before;
  const sides = {
    outer: sideOf(outer, outerContents, 0),
    inner: sideOf(inner, innerContents, apart, clockShiftNs),
  };
  const holds = timed ? holdsBetween(sides.outer, sides.inner, contents) : [];
  const delays = contents.flatMap((content) => content.delays);
  return {
    evidence,
    ...sides,
    timed,
    clockShiftNs,
    holds,
    providerNs: sum(holds.map(({ providerNs }) => providerNs)),
    gatewayNs: sum(holds.map(({ gatewayNs }) => gatewayNs)),
    delay: timed ? spreadOf(delays) : null,
    findings: findingsOf({ outer, inner, contents, timed }),
  };
}

function alignedAll(outer: readonly Content[], inner: readonly Content[]): readonly AlignedContent[] {
  const keys = new Set([...inner, ...outer].map(({ key }) => key));
  const of = (contents: readonly Content[], key: string): Content | undefined =>
    contents.find((one) => one.key === key);
  return [...keys].map((key) => aligned(key, of(outer, key), of(inner, key)));
}

function holdsBetween(outer: PairSide, inner: PairSide, contents: readonly AlignedContent[]): readonly Hold[] {
  const passed: readonly Passed[] = contents
    .flatMap((content) => content.passed)
    .toSorted((one, other) => one.tNs - other.tNs || (one.hadNs ?? 0) - (other.hadNs ?? 0));
  const span = { startNs: 0, askedNs: inner.startNs, endNs: outer.endNs, providerEndNs: inner.endNs };
  return holdsOf(span, passed);
}

function sideOf({ detail, input }: TraceToPair, contents: readonly Content[], startNs: number, shiftNs = 0): PairSide {
  const { id, title, api, model, metrics } = detail;
  const times = contents.flatMap(({ pieces }) => pieces.map(({ tNs }) => tNs + shiftNs));
  const last = metrics.totalNs ?? input.reads.at(-1)?.tNs ?? 0;
  return {
    id,
    title,
    api,
    model,
    startNs: startNs + shiftNs,
    endNs: startNs + shiftNs + last,
    arrivalsNs: [...new Set(times)].toSorted((one, other) => one - other),
  };
}

const moved = (contents: readonly Content[], byNs: number): readonly Content[] =>
  contents.map((content) => ({
    ...content,
    pieces: content.pieces.map((piece) => ({ ...piece, tNs: piece.tNs + byNs })),
  }));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const leastOf = (values: readonly number[]): number =>
  values.reduce((least, value) => Math.min(least, value), Infinity);

function spreadOf(delays: readonly number[]): PairResult['delay'] {
  if (delays.length === 0) return null;
  const sorted = delays.toSorted((one, other) => one - other);
  return { medianNs: sorted[sorted.length >> 1]!, largestNs: sorted.at(-1)! };
}
