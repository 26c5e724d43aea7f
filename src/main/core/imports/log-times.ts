/**
 * Times as logs write them: before a line, or in a record. A log says when a line was written and not when the request was sent, so
 * that its times begin with the first of them.
 */
import { objectOf, type JsonObject } from '../../../shared/json/json-object.ts';

type Kind = 'date' | 'time-of-day' | 'elapsed';

export interface LogTime {
  readonly kind: Kind;
  /** Since 1970, since midnight, or since whatever the program counted from. */
  readonly ns: bigint;
  /** Digits of the second that were written. */
  readonly digits: number;
  /** Whether it is known which moment of the world it is; a date without a zone is not enough. */
  readonly absolute: boolean;
}

export interface LogClock {
  /** Of each entry, nanoseconds, never falling. */
  readonly tNs: readonly number[];
  /** Wall clock of the first, milliseconds since 1970. */
  readonly startedAt?: number;
  /** Where the times are from, and what they do not say. */
  readonly sentence: string;
}

const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
/** Dates of an epoch outside of these are numbers of another kind: 2001 to 2100. */
const [EPOCH_MIN, EPOCH_MAX] = [1_000_000_000n * SECOND, 4_102_444_800n * SECOND];

const CLOCK = String.raw`(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?`;
const DATE = new RegExp(String.raw`(?<!\d)(\d{4})([-/])(\d\d)\2(\d\d)[T _]${CLOCK} ?(Z|UTC|[+-]\d\d:?\d\d)?`);
/** Apache's and nginx's. */
const LOG_DATE = new RegExp(String.raw`(?<!\d)(\d\d)/([A-Z][a-z]{2})/(\d{4}):${CLOCK} ?([+-]\d{4})?`);
/** Syslog's, which knows no year. */
const MONTH_DATE = new RegExp(String.raw`\b([A-Z][a-z]{2}) +(\d{1,2}) ${CLOCK}`);
const TIME_OF_DAY = new RegExp(String.raw`(?<![\d:])${CLOCK}(?![\d:])`);
const EPOCH = /(?<![\w.])(\d{10}|\d{13}|\d{16}|\d{19})(?:\.(\d{1,9}))?(?![\w.])/;
const ELAPSED = /^[\s[(+]*(\d{1,6}(?:\.(\d{1,9}))?) ?(ms|s)?[\s\])|:,>-]*$/;

/** The time in the words before a line; null where there is none. */
export function timeIn(words: string): LogTime | null {
  const date = DATE.exec(words);
  if (date) {
    const [, year, , month, day, hours, minutes, seconds, fraction, zone] = date;
    return dated([year!, month!, day!], [hours!, minutes!, seconds!], fraction, zone);
  }
  const logged = LOG_DATE.exec(words);
  if (logged) {
    const [, day, name, year, hours, minutes, seconds, fraction, zone] = logged;
    return dated([year!, monthOf(name!), day!], [hours!, minutes!, seconds!], fraction, zone);
  }
  const month = MONTH_DATE.exec(words);
  if (month) {
    const [, name, day, hours, minutes, seconds, fraction] = month;
    return dated(['2000', monthOf(name!), day!], [hours!, minutes!, seconds!], fraction, undefined);
  }
  const time = TIME_OF_DAY.exec(words);
  if (time) {
    const [, hours, minutes, seconds, fraction = ''] = time;
    const whole = BigInt(hours!) * 3_600n + BigInt(minutes!) * 60n + BigInt(seconds!);
    return { kind: 'time-of-day', ns: whole * SECOND + nanos(fraction), digits: fraction.length, absolute: false };
  }
  const epoch = EPOCH.exec(words);
  if (epoch) return sinceEpoch(epoch[1]!, epoch[2]);
  const elapsed = ELAPSED.exec(words);
  // A whole number may count lines.
  if (elapsed === null || (elapsed[2] === undefined && elapsed[3] === undefined)) return null;
  return elapsedTime(Number(elapsed[1]), elapsed[3] === 'ms' ? 1e6 : 1e9, elapsed[2]?.length ?? 0);
}

const NAMES: ReadonlySet<string> = new Set(
  `time timestamp ts t asctime date datetime at when received received_at receivedat timegenerated eventtime logged_at
  created_at createdat _time __realtime_timestamp realtime`.split(/\s+/),
);
/** Names that say their unit, as `elapsed_ms`. */
const WITH_UNIT = /^(?:.*[_-])?(ms|millis|milliseconds|us|micros|ns|nanos|s|sec|seconds)$|^.*(Ms|Millis|Ns|Us)$/;
const UNITS: Readonly<Record<string, number>> = { s: 1e9, m: 1e6, u: 1e3, n: 1 };
/** A record's own members, and those of objects in it. */
const MAX_DEPTH = 3;

/** The time of a record, the nearest to its surface; `apart`: an object in it whose members are not the record's. */
export function timeOf(record: JsonObject, apart: unknown = null, depth = MAX_DEPTH): LogTime | null {
  if (depth === 0) return null;
  for (const [name, value] of Object.entries(record)) {
    const time = namedTime(name, value);
    if (time !== null) return time;
  }
  for (const value of Object.values(record)) {
    const inner = value === apart ? null : objectOf(value);
    const time = inner && timeOf(inner, apart, depth - 1);
    if (time) return time;
  }
  return null;
}

function namedTime(given: string, value: unknown): LogTime | null {
  const name = given.replace(/^@/, '');
  const unit = WITH_UNIT.exec(name);
  const known = NAMES.has(name.toLowerCase());
  if (!known && unit === null) return null;
  if (typeof value !== 'number' && typeof value !== 'string') return null;
  const text = String(value);
  // A number of JSON has more digits than the clock behind it.
  const time = (found: LogTime | null): LogTime | null =>
    found && typeof value === 'number' ? { ...found, digits: Math.min(6, found.digits) } : found;
  const epoch = /^(\d{10}|\d{13}|\d{16}|\d{19})(?:\.(\d+))?$/.exec(text);
  if (epoch) return time(sinceEpoch(epoch[1]!, epoch[2]));
  if (unit !== null && /^\d{1,9}(?:\.\d+)?$/.test(text))
    return time(
      elapsedTime(Number(text), UNITS[(unit[1] ?? unit[2])![0]!.toLowerCase()]!, text.split('.')[1]?.length ?? 0),
    );
  return known && typeof value === 'string' && value.length < 64 ? timeIn(value) : null;
}

/** `units`: nanoseconds of one. */
function elapsedTime(value: number, units: number, decimals: number): LogTime {
  const digits = decimals + Math.round(Math.log10(1e9 / units));
  return { kind: 'elapsed', ns: BigInt(Math.round(value * units)), digits, absolute: false };
}

/** Seconds, milliseconds, microseconds or nanoseconds, by how many digits there are. */
function sinceEpoch(whole: string, fraction = ''): LogTime | null {
  const decimals = whole.length - 10;
  const all = `${whole}${fraction}`.slice(0, 19);
  const ns = BigInt(all.padEnd(19, '0'));
  if (ns < EPOCH_MIN || ns > EPOCH_MAX) return null;
  return { kind: 'date', ns, digits: Math.min(9, decimals + fraction.length), absolute: true };
}

type Three = readonly [string, string, string];

function dated(
  [year, month, day]: Three,
  [hours, minutes, seconds]: Three,
  fraction = '',
  zone?: string,
): LogTime | null {
  const ms = Date.parse(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}T${hours}:${minutes}:${seconds}Z`);
  if (!Number.isFinite(ms)) return null;
  const ns = BigInt(ms) * 1_000_000n + nanos(fraction) - offsetOf(zone) * 60n * SECOND;
  return { kind: 'date', ns, digits: fraction.length, absolute: zone !== undefined };
}

const monthOf = (name: string): string => String(MONTHS.indexOf(name) / 3 + 1);
const nanos = (fraction: string): bigint => BigInt(fraction.padEnd(9, '0'));

/** Minutes east of Greenwich. */
function offsetOf(zone = 'Z'): bigint {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  const offset = BigInt(hours) * 60n + BigInt(minutes);
  return sign === '-' ? -offset : offset;
}

/**
 * The clock of entries in order; null where they have no times, or times that tell nothing: all the same, falling, or of several
 * kinds. An entry without a time has that of the one before it.
 */
export function clockOf(times: readonly (LogTime | null)[]): LogClock | null {
  const known = times.filter((time) => time !== null);
  const [first] = known;
  if (first === undefined || known.length * 2 < times.length) return null;
  if (known.some(({ kind }) => kind !== first.kind)) return null;
  const start = first.kind === 'elapsed' ? 0n : first.ns;
  const tNs: number[] = [];
  let last = first.ns;
  for (const time of times) {
    let now = time?.ns ?? last;
    // Midnight is passed where the time of day goes back by most of a day.
    if (first.kind === 'time-of-day') while (now < last - DAY / 2n) now += DAY;
    if (now < last) return null;
    last = now;
    tNs.push(Number(now - start));
  }
  if (last === first.ns || !Number.isSafeInteger(tNs.at(-1))) return null;
  const digits = Math.max(...[known[0]!, known.at(-1)!, known[known.length >> 1]!].map((time) => time.digits));
  const startedAt = first.absolute ? { startedAt: Number(first.ns / 1_000_000n) } : {};
  return { tNs, ...startedAt, sentence: sentenceOf(first.kind, digits) };
}

function sentenceOf(kind: Kind, digits: number): string {
  const unit = digits === 0 ? 'second' : digits <= 3 ? 'millisecond' : digits <= 6 ? 'microsecond' : 'nanosecond';
  const from =
    kind === 'elapsed'
      ? 'They count from where the program that wrote them began to count.'
      : 'When the request was sent is not in it: they begin with its first line.';
  return `Times are those that the log has, to the ${unit}. ${from}`;
}

/** Whether entries stand in the order of their times backwards, as log services list them. */
export function isNewestFirst(times: readonly (LogTime | null)[]): boolean {
  const known = times.filter((time) => time !== null);
  const falling = known.every(({ ns }, at) => at === 0 || ns <= known[at - 1]!.ns);
  return known.length === times.length && known.length > 1 && falling && known.at(-1)!.ns < known[0]!.ns;
}
