import { SHORTEST_SILENCE_NS } from '../../../shared/metrics/silence.ts';

/**
 * Gaps between events, up to 64 by 14 pixels: one line for each stretch of the stream, as high as the log of its longest gap.
 * Where there is less room, all of them stand closer together.
 */
const WIDTH = 64;
const HEIGHT = 14;
const STEP = 2;
const [LOWEST_MS, HIGHEST_MS] = [1, 10_000];

function height(ns: number): number {
  const ms = Math.min(Math.max(ns / 1e6, LOWEST_MS), HIGHEST_MS);
  return 2 + Math.round((Math.log(ms / LOWEST_MS) / Math.log(HIGHEST_MS / LOWEST_MS)) * (HEIGHT - 3));
}

const path = (gaps: readonly number[], wanted: boolean): string =>
  gaps
    .slice(0, WIDTH / STEP)
    .map((ns, at) => (ns >= SHORTEST_SILENCE_NS === wanted ? `M${at * STEP + 1} ${HEIGHT}v${-height(ns)}` : ''))
    .join('');

export function Sparkline({ gaps }: { readonly gaps: readonly number[] }) {
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" height={HEIGHT} aria-hidden>
      <path d={path(gaps, false)} />
      <path className="gap" d={path(gaps, true)} />
    </svg>
  );
}
