/** Lengths of time as people read them, the same in the window and in every sentence. */

const NS_PER_MS = 1e6;

/** Of nanoseconds: below a second in ms, then in s with two decimals, above 100 s with one. */
export function duration(ns: number): { readonly value: string; readonly unit: string } {
  const ms = ns / NS_PER_MS;
  if (ms < 1000) return { value: ms < 10 ? ms.toFixed(1).replace(/\.0$/, '') : ms.toFixed(0), unit: 'ms' };
  const s = ms / 1000;
  return { value: s < 100 ? s.toFixed(2) : s.toFixed(1), unit: 's' };
}

/** The same as one text: `34 ms`, `6.25 s`. */
export function durationText(ns: number): string {
  const { value, unit } = duration(ns);
  return `${value} ${unit}`;
}

/** Of seconds, in words: `0.5 seconds`, `1 second`, `2 minutes`, `1 hour`. */
export function durationWords(seconds: number): string {
  const [count, unit] =
    seconds < 120 ? [seconds, 'second'] : seconds < 7200 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour'];
  const rounded = Math.round(count * 10) / 10;
  if (seconds === 3600) return '1 hour';
  return `${rounded} ${unit}${rounded === 1 ? '' : 's'}`;
}
