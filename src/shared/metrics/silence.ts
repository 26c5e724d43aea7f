/**
 * When a silence of a stream is worth a name: at least a second, and at least eight times the usual gap between two reads, so
 * that a slow stream is not all silences. Silences lie between reads, the wait from the request to the first one and that from
 * the last one to the end included; the last may still go on.
 */

export interface Silence {
  readonly startNs: number;
  readonly endNs: number;
}

/** A silence shorter than this has no name, however fast the rest was. A second is what a person notices. */
export const SHORTEST_SILENCE_NS = 1e9;
/** How much longer than the usual gap a silence must be. */
const TIMES_USUAL = 8;
/** The usual gap is the median of at most so many. */
const SAMPLE = 1024;

const NONE: readonly Silence[] = [];
type Timed = { readonly tNs: number };

/** Takes reads as they come; costs what they add, and holds only what may be a silence. */
export class Silences {
  readonly #reads: readonly Timed[];
  readonly #long: Silence[] = [];
  #taken = 0;
  /** How many reads the usual gap is that of, and what follows from it. */
  #judged = 0;
  #leastNs = 0;
  #named: readonly Silence[] = NONE;

  /** `reads` may grow. */
  constructor(reads: readonly Timed[]) {
    this.#reads = reads;
  }

  take(): void {
    for (; this.#taken < this.#reads.length; this.#taken++) {
      const startNs = this.#reads[this.#taken - 1]?.tNs ?? 0;
      const endNs = this.#reads[this.#taken]!.tNs;
      if (endNs - startNs >= SHORTEST_SILENCE_NS) this.#long.push({ startNs, endNs });
    }
  }

  /** Those of what was taken, by the usual gap up to now, and the one since then. `nowNs`: the end, or how far it has come. */
  named(nowNs: number): readonly Silence[] {
    const startNs = this.#reads[this.#taken - 1]?.tNs ?? 0;
    const isLong = nowNs - startNs >= SHORTEST_SILENCE_NS;
    if (!isLong && this.#long.length === 0) return NONE;
    if (this.#judged !== this.#taken) this.#judge();
    return isLong && nowNs - startNs >= this.#leastNs ? [...this.#named, { startNs, endNs: nowNs }] : this.#named;
  }

  #judge(): void {
    this.#judged = this.#taken;
    this.#leastNs = TIMES_USUAL * usualGapNs(this.#reads);
    this.#named = this.#long.filter(({ startNs, endNs }) => endNs - startNs >= this.#leastNs);
  }
}

/** `endNs`: when the stream was over; absent: with its last read. */
export function silencesOf(reads: readonly Timed[], endNs = reads.at(-1)?.tNs ?? 0): readonly Silence[] {
  const silences = new Silences(reads);
  silences.take();
  return silences.named(endNs);
}

/** The median gap between neighbouring reads; 0 where there are too few to say. */
function usualGapNs(reads: readonly Timed[]): number {
  if (reads.length < 3) return 0;
  const step = Math.max(1, Math.floor(reads.length / SAMPLE));
  const gaps: number[] = [];
  for (let at = step; at < reads.length; at += step) gaps.push(reads[at]!.tNs - reads[at - 1]!.tNs);
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? 0;
}
