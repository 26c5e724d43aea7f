/** From time to place and back, and the round numbers on the axis. Without times, places are event numbers. */
import { NS_PER_MS } from '../../components/format.ts';

/** What is shown: nanoseconds since the request, or event numbers when nothing was timed. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

export const toShare = ({ start, end }: Window, value: number): number => (value - start) / (end - start);
export const fromShare = ({ start, end }: Window, share: number): number => start + share * (end - start);

/** Five to six steps of 1, 2 or 5 times a power of ten. `least`: of a step, where smaller ones mean nothing. */
export function ticks(
  { start, end }: Window,
  { wanted = 5, least = 0 }: { readonly wanted?: number; readonly least?: number } = {},
): { readonly values: readonly number[]; readonly step: number } {
  const rough = Math.max((end - start) / wanted, least);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough) ?? power * 10;
  const values: number[] = [];
  for (let value = Math.ceil(start / step) * step; value < end; value += step) values.push(value);
  return { values, step };
}

/** As many decimals as the step needs: `2 s`, `0.5 s`, `250 ms`. */
export function tickText(ns: number, step: number): string {
  if (ns === 0) return '0';
  if (step < 0.1e9) return `${trimmed(ns / NS_PER_MS, step / NS_PER_MS)} ms`;
  return `${trimmed(ns / 1e9, step / 1e9)} s`;
}

function trimmed(value: number, step: number): string {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return value.toFixed(decimals);
}

const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** A round end at or after `value`, so that the axis of a live stream moves in steps and not with every frame. */
export function roundEnd(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  return ROUND.map((times) => times * power).find((end) => end >= value) ?? 10 * power;
}

export function zoomed(
  { start, end }: Window,
  factor: number,
  around: number,
  limit: Window,
  smallest: number,
): Window {
  const size = Math.min(Math.max((end - start) * factor, smallest), limit.end - limit.start);
  const share = toShare({ start, end }, around);
  return within({ start: around - share * size, end: around + (1 - share) * size }, limit);
}

export const panned = ({ start, end }: Window, by: number, limit: Window): Window =>
  within({ start: start + by, end: end + by }, limit);

/** The same size, moved to lie inside. */
export function within({ start, end }: Window, limit: Window): Window {
  const shift = Math.max(limit.start - start, 0) || Math.min(limit.end - end, 0);
  return { start: Math.max(start + shift, limit.start), end: Math.min(end + shift, limit.end) };
}
