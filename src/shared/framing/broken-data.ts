/**
 * Data that should be a JSON object and is none: what came to stand there instead, by the marks that servers, proxies and
 * clients leave. Linear in the data.
 */
import { BOM } from './utf8.ts';
import { withoutEntities } from '../text/html-entities.ts';
import { parsedJson } from '../text/json-text.ts';

export type BrokenData =
  /** Nothing, or a word that keeps a connection alive: a heartbeat that was sent as an event. */
  | { readonly kind: 'heartbeat' }
  /** Another field's name before the data: `times` is how often `data:` comes again; `field` is what comes first. */
  | { readonly kind: 'prefix-doubled'; readonly field: string; readonly data: string }
  /** Several events in one: so many of its lines are each an event's data. */
  | { readonly kind: 'blank-line-missing'; readonly events: number; readonly last: string }
  /** Several values on one line, or text after the value. */
  | { readonly kind: 'two-values'; readonly rest: string }
  /** Other characters than CR and LF as line ends: their names. */
  | { readonly kind: 'line-end'; readonly character: string; readonly last: string }
  /** JSON that is written once more as a JSON string. */
  | { readonly kind: 'encoded-twice' }
  | { readonly kind: 'python' }
  /** JSON in whose quotes other characters stand: HTML entities, or the curved ones of text. `quote`: the first of them. */
  | { readonly kind: 'quotes'; readonly quote: string; readonly data: string }
  | { readonly kind: 'page' }
  | { readonly kind: 'marked'; readonly data: string }
  | { readonly kind: 'done-misspelt' }
  /** A line end within a string of the JSON. */
  | { readonly kind: 'line-end-unescaped' }
  /** A number that JSON does not have: NaN, Infinity. */
  | { readonly kind: 'not-a-number' }
  /** JSON but for a comment that stands between its tokens. */
  | { readonly kind: 'heartbeat-inside'; readonly text: string }
  /** JSON that ends before it is closed. */
  | { readonly kind: 'cut' };

const SHORT: Readonly<Record<BrokenData['kind'], string>> = {
  heartbeat: 'a heartbeat, sent as an event',
  'prefix-doubled': 'the name of a field stands before it',
  'blank-line-missing': 'several events without blank lines between them',
  'two-values': 'text follows the JSON',
  'line-end': 'other characters stand where line ends should be',
  'encoded-twice': 'JSON within a JSON string',
  python: 'a value as Python prints it',
  quotes: 'other characters stand in the place of its quotes',
  page: 'an HTML page',
  marked: 'a byte order mark stands before it',
  'done-misspelt': 'a terminator in another spelling',
  'line-end-unescaped': 'a line end stands in a string',
  'not-a-number': 'NaN or Infinity stands for a number',
  'heartbeat-inside': 'a heartbeat stands in it',
  cut: 'it ends before it is closed',
};

/** The name of what is wrong with data that is no object, for a note in a few words; null where it has none. */
export function brokenName(data: string): string | null {
  const broken = brokenData(data);
  return broken && SHORT[broken.kind];
}

/** What `text` is when it should be JSON: of any length, so that nothing here looks at it more than a few times. */
function valueOf(text: string): unknown {
  try {
    return parsedJson(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

const HEARTBEAT = /^(?::.{0,200}|\[?(?:ping|pong|keep[-_ ]?alive|heart[-_ ]?beat|hb|noop|\.+|-+)[.!]?\]?)$/i;
const FIELD = /^\s*(data|event|id|retry):/;
const BEGINS_JSON = /^\s*(?:\{\s*(?:"|$)|\[)/;
const PAGE = /^\s*<(?:!doctype html|html|head|body|center|h1|\?xml)\b/i;
/** As servers write it that do not write exactly that: in another case, in quotes, without brackets, as a word of their own. */
const DONE =
  /^\s*["'`]?(?:\[\s*(?:done|end|eos|stop|finish(?:ed)?|complete(?:d)?)\s*\]|<\|?(?:done|end|eos)\|?>|[({]done[)}]|\[done|done\]?|end|eos|eof|stop|finished|completed?)["'`]?(?:\\r|\\n|[.,;!])*\s*$/i;
/** Followed by other words, on its line. */
const DONE_AND_MORE = /^\[DONE\][^\n]{1,200}$/;
const PYTHON = /^\s*(?:b['"]|\{'|\[\{'|[A-Z]\w*\((?:\w+=|')|None$|True$|False$)/;
/** Characters that end a line for some readers, but not in server-sent events. */
const LINE_ENDS: readonly (readonly [character: string, name: string])[] = [
  ['\u2028', 'U+2028 (line separator)'],
  ['\u2029', 'U+2029 (paragraph separator)'],
  ['\u0085', 'U+0085 (next line)'],
  ['\0', 'NUL bytes'],
  ['\v', 'vertical tabs'],
  ['\f', 'form feeds'],
  ['\u001E', 'U+001E (record separator)'],
  ['\\r\\n', 'the characters "\\r\\n"'],
  ['\\n', 'the characters "\\n"'],
];

/** Null: it is an object after all, or nothing that has a name. */
export function brokenData(data: string): BrokenData | null {
  const text = data.trim();
  if (text === '' || HEARTBEAT.test(text)) return { kind: 'heartbeat' };
  if (DONE.test(data)) return text === '[DONE]' && data === text ? null : { kind: 'done-misspelt' };
  if (DONE_AND_MORE.test(data)) return { kind: 'done-misspelt' };
  const field = FIELD.exec(data)?.[1];
  if (field !== undefined) return { kind: 'prefix-doubled', field, data: withoutPrefixes(data) };
  if (data.charCodeAt(0) === BOM) return { kind: 'marked', data: data.slice(1) };
  if (PAGE.test(data)) return { kind: 'page' };
  const value = valueOf(data);
  if (value !== undefined)
    return typeof value === 'string' && isObject(valueOf(value.replace(/^(?:data: ?)+/, '').trim()))
      ? { kind: 'encoded-twice' }
      : null;
  return severalEvents(data) ?? otherLineEnds(data) ?? brokenJson(data);
}

/** The JSON of an event that broken data still holds, by which its API can be told; null where none can be made out. */
export function eventWithin(data: string): string | null {
  const broken = brokenData(data);
  switch (broken?.kind) {
    case 'prefix-doubled':
    case 'marked':
    case 'quotes':
      return broken.data;
    case 'blank-line-missing':
    case 'line-end':
      return broken.last;
    case 'two-values':
      return data.slice(0, data.lastIndexOf(broken.rest));
    case 'heartbeat-inside':
      return data.replace(broken.text, '');
    case 'encoded-twice':
      return (valueOf(data) as string).replace(/^(?:data: ?)+/, '');
    default:
      return null;
  }
}

/**
 * The data behind all the prefixes, of the last line that says something: that is where a terminator would be. The line ends
 * of an event that was given whole to a framework are lines of their own, without anything behind their prefix.
 */
function withoutPrefixes(data: string): string {
  const said = data.trimEnd();
  const last = said.slice(said.lastIndexOf('\n') + 1);
  return last.replace(/^(?:\s*data: ?)+/, '');
}

function severalEvents(data: string): BrokenData | null {
  if (!data.includes('\n')) return null;
  const lines = data.split('\n').filter((line) => line.trim() !== '');
  const events = lines.filter(
    (line) => line === '[DONE]' || (line.trimStart().startsWith('{') && isObject(valueOf(line))),
  );
  return events.length < 2 ? null : { kind: 'blank-line-missing', events: events.length, last: events.at(-1)! };
}

function otherLineEnds(data: string): BrokenData | null {
  for (const [character, name] of LINE_ENDS) {
    if (!data.includes(character)) continue;
    const parts = data.split(character).filter((part) => part.trim() !== '');
    const first = parts[0]?.trim() ?? '';
    if (first !== '[DONE]' && !isObject(valueOf(first))) continue;
    const last = (parts.at(-1) ?? '').trim().replace(/^(?:data: ?)+/, '');
    return { kind: 'line-end', character: name, last };
  }
  return null;
}

/** What stands in the place of the quote before the first name: an entity, or a quote of text. */
const OTHER_QUOTE = /^\s*\{\s*(&(?:quot|#34|#x22);|[\u201C\u201D\u201E\u201F\u2033\uFF02])/i;
const CURVED_QUOTES = /[\u201C\u201D\u201E\u201F\u2033\uFF02]/g;

function otherQuotes(data: string): BrokenData | null {
  const quote = OTHER_QUOTE.exec(data)?.[1];
  if (quote === undefined) return null;
  const mended = quote.startsWith('&') ? withoutEntities(data) : data.replace(CURVED_QUOTES, '"');
  return isObject(valueOf(mended)) ? { kind: 'quotes', quote, data: mended } : null;
}

function brokenJson(data: string): BrokenData | null {
  if (PYTHON.test(data)) return { kind: 'python' };
  const quoted = otherQuotes(data);
  if (quoted !== null) return quoted;
  const heartbeat = heartbeatInside(data);
  if (heartbeat !== null) return { kind: 'heartbeat-inside', text: heartbeat };
  const end = valueEnd(data);
  if (end === null) return BEGINS_JSON.test(data) ? { kind: 'cut' } : null;
  if (end < data.length && valueOf(data.slice(0, end)) !== undefined)
    return { kind: 'two-values', rest: data.slice(end).trim() };
  if (data.includes('\n') && valueOf(data.replaceAll('\n', '')) !== undefined) return { kind: 'line-end-unescaped' };
  if (/\b(?:NaN|Infinity)\b/.test(data) && valueOf(data.replace(/-?\b(?:NaN|Infinity)\b/g, '0')) !== undefined)
    return { kind: 'not-a-number' };
  return null;
}

/** Where the object or list that a text begins with is closed; null where it never is, 0 where it begins with neither. */
function valueEnd(text: string): number | null {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      at = stringEnd(text, at);
      if (at < 0) return null;
    } else if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') {
      if (--depth === 0) return at + 1;
      if (depth < 0) return 0;
    } else if (depth === 0 && char !== ' ' && char !== '\n' && char !== '\t' && char !== '\r') return 0;
  }
  return depth === 0 ? 0 : null;
}

/** Index of the quote that closes the string which opens at `at`; −1 where none does. */
function stringEnd(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (end > 0) {
    let slashes = 0;
    while (text[end - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return -1;
}

/** Whether a text is JSON that ends before it is closed. */
export const isCutJson = (text: string): boolean => BEGINS_JSON.test(text) && valueEnd(text) === null;
/** Whether a text is a JSON object, or a list. */
export const isWholeJson = (text: string): boolean => {
  const value = valueOf(text);
  return typeof value === 'object' && value !== null;
};

/** A text that stands behind JSON that is cut, on the same line: how much of the data came before it, and what it says. */
export interface TextBehind {
  readonly length: number;
  readonly text: string;
}

/** As Envoy and Cloudflare answer for a server that they lost: sentences that no text of an answer ends with by chance. */
const OF_GATEWAY =
  /(?:upstream connect error or disconnect\/reset before headers\b[^"\\]*|upstream request timeout|no healthy upstream|stream timeout|error code: 5\d\d)$/;

/** What a gateway wrote behind an event that it had to break off; null where the data ends in itself. */
export function gatewayText(data: string): TextBehind | null {
  const said = data.trimEnd();
  const found = OF_GATEWAY.exec(said.slice(-MAX_GATEWAY));
  if (!found) return null;
  const length = said.length - found[0].length;
  return length > 0 && isCutJson(data.slice(0, length)) ? { length, text: found[0] } : null;
}
const MAX_GATEWAY = 400;

/** The whole event behind JSON that is cut, on a line of its own or behind another `data:`; null where there is none. */
export function eventBehind(data: string): TextBehind | null {
  const line = data.lastIndexOf('\n');
  if (line > 0 && isWholeJson(data.slice(line + 1))) return { length: line, text: data.slice(line + 1) };
  const prefix = data.lastIndexOf('data:');
  const text = prefix > 0 ? data.slice(prefix + 'data:'.length).trim() : '';
  return text !== '' && isWholeJson(text) ? { length: prefix, text } : null;
}

/** What keeps connections alive, as servers write it in a comment. */
const WORD =
  /:[ \t]?(?:ping|pong|keep[-_ ]?alive|heart[-_ ]?beat|comment|connected|waiting|[A-Z]+ PROCESSING)[^"{}[\],:\n]*/i;
/** A comment begins at one of the last colons before the cut. */
const MAX_COLONS = 8;

/** A comment without which the data is JSON; null where there is none. */
function heartbeatInside(data: string): string | null {
  const found = WORD.exec(data)?.[0];
  return found !== undefined && isWholeJson(data.replace(found, '')) ? found : null;
}

/** The comment at the end of `first` without which both make whole JSON; null where there is none. */
export function heartbeatBetween(first: string, rest: string): string | null {
  let at = first.length;
  for (let tries = 0; tries < MAX_COLONS; tries++) {
    at = first.lastIndexOf(':', at - 1);
    if (at <= 0) return null;
    if (isWholeJson(first.slice(0, at) + rest)) return first.slice(at);
  }
  return null;
}

/** The comment that data ends with, told by its words alone; null where it ends with none. */
export function heartbeatAtEnd(data: string): string | null {
  const found = WORD.exec(data);
  return found && found.index + found[0].length === data.length ? found[0] : null;
}
