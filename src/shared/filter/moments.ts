/** Moments of the wall clock as people type them, in their own time zone. */

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:t(\d{2}):(\d{2})(?::(\d{2}))?)?$/i;
const AGO = /^(\d{1,6})(m|h|d|w)$/i;
const MINUTES = new Map([
  ['m', 1],
  ['h', 60],
  ['d', 24 * 60],
  ['w', 7 * 24 * 60],
]);

/** What `readMoment` reads, for a sentence. */
export const MOMENTS = 'a date, such as 2026-01-31 or 2026-01-31T14:30, today, yesterday, or an age, such as 2h or 3d';

/** Milliseconds since 1970; null: the text is no moment. A date is its first moment. */
export function readMoment(text: string, now: number): number | null {
  const word = text.toLowerCase();
  if (word === 'today') return midnight(now, 0);
  if (word === 'yesterday') return midnight(now, -1);
  const [, count, unit] = AGO.exec(text) ?? [];
  if (count !== undefined) return now - Number(count) * MINUTES.get(unit!.toLowerCase())! * 60_000;
  const parts = DATE.exec(text)?.slice(1);
  return parts ? dateOf(parts.map((part) => Number(part ?? 0))) : null;
}

function midnight(now: number, days: number): number {
  const day = new Date(now);
  day.setHours(0, 0, 0, 0);
  // Not by 24 hours: a day may have 23 or 25.
  day.setDate(day.getDate() + days);
  return day.getTime();
}

/** Null where the calendar has no such date or the clock no such time. */
function dateOf([year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[]): number | null {
  const date = new Date(year, month - 1, day, hour, minute, second);
  const same = date.getFullYear() === year && date.getMonth() === month - 1 && date.getDate() === day;
  return same && hour < 24 && minute < 60 && second < 60 ? date.getTime() : null;
}
