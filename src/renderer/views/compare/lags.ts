/** How long after its bytes a lane emitted a block's messages, at most: nanoseconds by `lane row`. */
import type { Score } from '../../../shared/compare/result.ts';

/** Shorter is not worth a word. */
const SHORTEST_NS = 1e6;

export function lagsOf(score: Pick<Score, 'notes' | 'timed'>): ReadonlyMap<string, number> {
  const lags = new Map<string, number>();
  if (!score.timed) return lags;
  for (const { lane, line, tNs, causeNs } of score.notes) {
    const lag = tNs - causeNs;
    if (lag < SHORTEST_NS) continue;
    const key = `${lane} ${line}`;
    lags.set(key, Math.max(lags.get(key) ?? 0, lag));
  }
  return lags;
}
