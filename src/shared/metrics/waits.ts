/**
 * The waits of a stream between its reads, and the figures of any stretch of it. What came in one read came at one time, so that
 * a wait lies between two reads, or before the first one and after the last. All times are nanoseconds since the request.
 */

interface Timed {
  readonly tNs: number;
}
interface TimedRead extends Timed {
  readonly length: number;
}
interface TimedEvent extends Timed {
  readonly read: number;
}

export interface Wait {
  readonly startNs: number;
  readonly endNs: number;
}

/** The longest first. `endNs`: when the stream was over. */
export function longestWaits(reads: readonly Timed[], endNs: number, most: number): readonly Wait[] {
  const longest: Wait[] = [];
  let startNs = 0;
  const take = (nextNs: number): void => {
    const lengthNs = nextNs - startNs;
    if (lengthNs > 0 && (longest.length < most || lengthNs > lengthOf(longest.at(-1)!))) {
      const at = longest.findIndex((wait) => lengthOf(wait) < lengthNs);
      longest.splice(at < 0 ? longest.length : at, 0, { startNs, endNs: nextNs });
      longest.length = Math.min(longest.length, most);
    }
    startNs = nextNs;
  };
  for (const { tNs } of reads) take(tNs);
  take(endNs);
  return longest;
}

const lengthOf = ({ startNs, endNs }: Wait): number => endNs - startNs;

export interface RangeFigures {
  readonly durationNs: number;
  readonly events: number;
  readonly reads: number;
  /** Of the reads in it. */
  readonly bytes: number;
  /** Null for a range without duration. */
  readonly eventsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
  /** Of the gaps between two reads in it; null where there are fewer than two. */
  readonly gaps: {
    readonly longestNs: number;
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
  } | null;
}

/** Both ends belong to it. Reads and events are in order. */
export function rangeFigures(
  { reads, events }: { readonly reads: readonly TimedRead[]; readonly events: readonly Timed[] },
  [startNs, endNs]: readonly [startNs: number, endNs: number],
): RangeFigures {
  const inside = reads.filter(({ tNs }) => tNs >= startNs && tNs <= endNs);
  const durationNs = endNs - startNs;
  const count = events.reduce((sum, { tNs }) => sum + (tNs >= startNs && tNs <= endNs ? 1 : 0), 0);
  const bytes = inside.reduce((sum, { length }) => sum + length, 0);
  const perSecond = (value: number): number | null => (durationNs > 0 ? value / (durationNs / 1e9) : null);
  const gaps = inside
    .slice(1)
    .map(({ tNs }, at) => tNs - inside[at]!.tNs)
    .toSorted((a, b) => a - b);
  return {
    durationNs,
    events: count,
    reads: inside.length,
    bytes,
    eventsPerSecond: perSecond(count),
    bytesPerSecond: perSecond(bytes),
    gaps:
      gaps.length === 0
        ? null
        : {
            longestNs: gaps.at(-1)!,
            p50: percentile(gaps, 0.5),
            p90: percentile(gaps, 0.9),
            p99: percentile(gaps, 0.99),
          },
  };
}

/** The smallest value that so large a part of them does not exceed. */
const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;

/** Fewer events are no stream to be held back. */
const LEAST_EVENTS = 20;
/** A shorter stream may come at once without anybody holding it back. */
const LEAST_TOTAL_NS = 1e9;
/** This part of all events in one read, or of the time before the first text, is that of a buffer and of no model. */
const HELD_PART = 0.8;
const LATE_PART = 0.9;

export interface Buffering {
  /** Events of the read that brought most of them, and of the stream. */
  readonly together: number;
  readonly events: number;
  /** When that read came. */
  readonly tNs: number;
  readonly totalNs: number;
}

/** Whether something on the way held the stream back and gave it out at once; null: it does not look like it. */
export function buffering(
  { events, reads }: { readonly events: readonly TimedEvent[]; readonly reads: readonly Timed[] },
  { firstTextNs, totalNs }: { readonly firstTextNs: number | null; readonly totalNs: number | null },
): Buffering | null {
  if (totalNs === null || totalNs < LEAST_TOTAL_NS || events.length < LEAST_EVENTS) return null;
  const late = firstTextNs !== null && firstTextNs >= LATE_PART * totalNs;
  let [together, read, run] = [0, 0, 0];
  let last = -1;
  for (const event of events) {
    run = event.read === last ? run + 1 : 1;
    last = event.read;
    if (run > together) [together, read] = [run, last];
  }
  const tNs = reads[read]?.tNs ?? 0;
  const held = together >= HELD_PART * events.length && tNs >= HELD_PART * LEAST_TOTAL_NS;
  const most = together >= events.length / 2;
  return held || (late && most) ? { together, events: events.length, tNs, totalNs } : null;
}
