/** How long after its bytes a lane emitted a block's messages, at most: nanoseconds by `lane row`. */
import type { LaneMap } from '../../../shared/compare/result.ts';

/** Shorter is not worth a word. */
const SHORTEST_NS = 1e6;

export function lagsOf(laneMap: Pick<LaneMap, 'notes' | 'timed'>): ReadonlyMap<string, number> {
  const lags = new Map<string, number>();
  if (!laneMap.timed) return lags;
  for (const { lane, line, tNs, causeNs } of laneMap.notes) {
    const lag = tNs - causeNs;
    if (lag < SHORTEST_NS) continue;
    const key = `${lane} ${line}`;
    lags.set(key, Math.max(lags.get(key) ?? 0, lag));
  }
  return lags;
}
