/** Numbers and times as people read them. One place, so that the same value looks the same everywhere. */

import { count, counted } from '../../shared/text/count.ts';

/** Counts and durations are said in the sentences of endings and findings, too. */
export { count };
export { duration, durationText } from '../../shared/text/duration.ts';

export const NS_PER_MS = 1e6;

/** In a row of the list: one decimal is enough beside others. */
export function shortDuration(ns: number): string {
  const ms = ns / NS_PER_MS;
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

let tenths: Intl.NumberFormat | undefined;

/** Milliseconds with one decimal, for columns that must line up. */
export function milliseconds(ns: number): string {
  tenths ??= new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  return tenths.format(ns / NS_PER_MS);
}

/** Milliseconds since the request, to a tenth: `+6,561.8 ms`. */
export const offset = (ns: number): string => `+${milliseconds(ns)} ms`;

/** 1234 → 1.2k; what a narrow row has room for. */
export function compact(value: number): string {
  if (value < 1000) return String(value);
  return value < 10_000 ? `${trim((value / 1000).toFixed(1))}k` : `${Math.round(value / 1000)}k`;
}

export function byteSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export const plural = counted;

/** The one count of differences: blocks of the wire, and what is kept after the end, in which a lane loses or changes something. */
export const blocksDiffer = (blocks: number): string =>
  `${plural(blocks, 'block')} ${blocks === 1 ? 'differs' : 'differ'}`;

/** Tokens per second: 15.6, 142. */
export const perSecond = (rate: number): string => (rate < 100 ? trim(rate.toFixed(1)) : count(rate));

/** US dollars: small sums keep the digits that matter. */
export const money = (usd: number): string => `$${usd >= 0.1 ? usd.toFixed(2) : usd.toFixed(4)}`;

/** Made with its first use: each takes the main thread milliseconds, which the window's first paint would wait for. */
function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): (ms: number) => string {
  let format: Intl.DateTimeFormat | undefined;
  return (ms) => (format ??= new Intl.DateTimeFormat(locale, options)).format(ms);
}

export const timeOfDay = dateFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

const weekday = dateFormat('en', { weekday: 'long', day: 'numeric', month: 'long' });
const withYear = dateFormat('en', { day: 'numeric', month: 'long', year: 'numeric' });
/** Of the day of a moment, in milliseconds since 1970. */
export const dayStart = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);

/** Today, Yesterday, a weekday of this year, else with the year. */
export function dayName(ms: number, now = Date.now()): string {
  const days = Math.round((dayStart(now) - dayStart(ms)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return new Date(ms).getFullYear() === new Date(now).getFullYear() ? weekday(ms) : withYear(ms);
}

const trim = (decimal: string): string => decimal.replace(/\.0$/, '');

/** A share as a length of the drawing's width. */
export const percent = (share: number): string => `${(share * 100).toFixed(3)}%`;
