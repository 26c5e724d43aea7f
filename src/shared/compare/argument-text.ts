/** Tool arguments as text: one value of them with the places it came from, and comparison that leaves spacing aside. */
import { objectOf, parseJson } from '../json/json-object.ts';

export interface ArgumentValue {
  /** The decoded text; cut short where the arguments are. */
  readonly text: string;
  /** Offset in the arguments of the decoded text's unit at `index`. */
  readonly offset: (index: number) => number;
}

const [QUOTE, BACKSLASH] = ['"', '\\'];

/** The string value of a key of the outermost object; null when it has none, or one that is no string. */
export function argumentValue(args: string, key: string): ArgumentValue | null {
  let depth = 0;
  for (let i = 0; i < args.length; i++) {
    const char = args[i]!;
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    else if (char === QUOTE) {
      const end = stringEnd(args, i);
      if (depth === 1 && args[i + 1] !== undefined && decode(args.slice(i + 1, end)) === key) {
        const colon = /^\s*:\s*"/.exec(args.slice(end + 1, end + 100));
        if (colon) return valueAt(args, end + 1 + colon[0].length);
      }
      i = end;
    }
  }
  return null;
}

function valueAt(args: string, start: number): ArgumentValue {
  const end = stringEnd(args, start - 1);
  const raw = args.slice(start, end);
  return { text: decode(raw), offset: (index) => start + rawOffset(raw, index) };
}

/** Index of the quote that closes the string opened at `open`; the end of the text when it is cut. */
function stringEnd(args: string, open: number): number {
  for (let end = args.indexOf(QUOTE, open + 1); end >= 0; end = args.indexOf(QUOTE, end + 1)) {
    let slash = end;
    while (slash - 1 > open && args[slash - 1] === BACKSLASH) slash--;
    if ((end - slash) % 2 === 0) return end;
  }
  return args.length;
}

/** A string's content decoded; an escape that is cut at the end is left out, one that is no escape stays as written. */
export function decode(raw: string): string {
  const whole = raw.replace(/(^|[^\\])((?:\\\\)*)\\(u[0-9a-fA-F]{0,3})?$/, '$1$2');
  try {
    return JSON.parse(
      `"${whole.replace(/\p{Cc}/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`,
    ) as string;
  } catch {
    return whole;
  }
}

function rawOffset(raw: string, index: number): number {
  let at = 0;
  for (let decoded = 0; decoded < index && at < raw.length; decoded++)
    at += raw[at] !== BACKSLASH ? 1 : raw[at + 1] === 'u' ? 6 : 2;
  return Math.min(at, raw.length);
}

/** What may stand between two tokens of JSON. */
const BLANKS = /[ \t\n\r]+/g;
/** Between these, a blank is what tells two numbers or words from one. */
const WORD = /[\w.+-]/;

/** Without the blanks that mean nothing to JSON: those outside of strings, but between two words. */
export function compact(args: string): string {
  const pieces: string[] = [];
  for (let i = 0; i < args.length;) {
    if (args[i] === QUOTE) {
      const end = Math.min(args.length, stringEnd(args, i) + 1);
      pieces.push(args.slice(i, end));
      i = end;
      continue;
    }
    let end = args.indexOf(QUOTE, i);
    if (end < 0) end = args.length;
    const between = args.slice(i, end);
    pieces.push(
      between.replace(BLANKS, (blanks, at: number) =>
        WORD.test(between[at - 1] ?? '') && WORD.test(between[at + blanks.length] ?? '') ? ' ' : '',
      ),
    );
    i = end;
  }
  return pieces.join('');
}

/** How arguments begin that are JSON, be they cut; in any other text, a patch or a script, blanks count. */
const BEGINS_JSON = /^\s*[{[]/;

/** For a line that shows them: spaced alike, whoever wrote them. */
export const inOneSpacing = (args: string): string => (BEGINS_JSON.test(args) ? compact(args) : args);

/**
 * Equal as JSON (order of keys, spacing and escapes aside), or as text where they are no JSON. Of what is longer than `mostRead`,
 * in UTF-16 units, it is only told whether one is the other with more before or behind it: reading megabytes takes its time.
 */
export function sameArguments(a: string, b: string, mostRead = Number.POSITIVE_INFINITY): boolean {
  if (a === b) return true;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (long.length > mostRead) return !long.startsWith(short) && !long.endsWith(short);
  if (BEGINS_JSON.test(a) && BEGINS_JSON.test(b) && compact(a) === compact(b)) return true;
  const [left, right] = [parseExactly(a), parseExactly(b)];
  return left !== undefined && right !== undefined && canonical(left) === canonical(right);
}

/** Digits that a number of JavaScript holds without rounding. */
const EXACT_DIGITS = 15;

/** Numbers that would be rounded stay as they are written: 9007199254740993 is not 9007199254740992. */
function parseExactly(text: string): unknown {
  if (parseJson(text) === undefined) return undefined;
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== 'number' || context?.source === undefined) return value;
    const digits = context.source.replace(/e.*/i, '').replace(/[-.]/g, '').replace(/^0+/, '');
    return Number.isFinite(value) && digits.length <= EXACT_DIGITS ? value : { number: context.source };
  });
}

/** The arguments without one key; undefined when they are no JSON object or have no such key. */
export function withoutKey(args: string, key: string): string | undefined {
  const value = objectOf(parseJson(args));
  if (!value || !Object.hasOwn(value, key)) return undefined;
  return JSON.stringify(Object.fromEntries(Object.entries(value).filter(([name]) => name !== key)));
}

/** JSON text with keys in order. Safe from deep nesting, since parseJson refuses it. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    const object = objectOf(part);
    return object ? Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1))) : part;
  });
}
