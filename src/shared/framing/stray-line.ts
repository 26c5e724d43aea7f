/**
 * Lines of a body that are no line of server-sent events: what each is, and, where something was put around a line of the
 * stream, which line and what. Servers, proxies, logs and terminals each leave marks of their own. Linear in the line.
 */
import { BOM } from './utf8.ts';

export type StrayLine =
  /** A length in hexadecimal digits, which may be the size of an HTTP chunk: one alone proves nothing. */
  | { readonly kind: 'chunk-size'; readonly size: number }
  /** A line of a response's head, or of what curl logs beside a body. */
  | { readonly kind: 'head'; readonly curl: boolean }
  /** `line` is '' where a blank line of the stream was. */
  | { readonly kind: 'around'; readonly around: Around; readonly line: string }
  /** A byte order mark, which makes the name of its field an unknown one. */
  | { readonly kind: 'marked'; readonly line: string }
  /** One of the four fields with another spelling of its name or colon. */
  | { readonly kind: 'misspelt'; readonly line: string }
  /** `[DONE]` or a word for it, without a field. */
  | { readonly kind: 'done' }
  /** A mark that curl writes in the place of a blank line, and who quotes does, too. */
  | { readonly kind: 'mark' }
  | { readonly kind: 'page' }
  | { readonly kind: 'json' }
  /** A field of a name that is none of the four. */
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'text' };

/** What stands around a line of a stream, by the program that puts it there. */
export type Around =
  | 'time'
  | 'level'
  | 'container'
  | 'pod'
  | 'cri'
  | 'journal'
  | 'number'
  | 'offset'
  | 'indent'
  | 'quote'
  | 'diff'
  | 'nul'
  | 'bytes'
  | 'string'
  | 'colour'
  | 'text';

/** As a noun phrase, and what probably put it there, as a sentence. */
export const AROUND: Readonly<Record<Around, readonly [what: string, cause: string]>> = {
  time: ['a time', 'A log, or a program such as ts, puts it there.'],
  level: ['the level of a log', 'The lines were copied from the log of a program.'],
  container: ['the name of a container', 'docker compose logs puts it there.'],
  pod: ['the name of a pod', 'kubectl logs --prefix puts it there.'],
  cri: ['a time and the name of an output', 'The log files of a container runtime have them.'],
  journal: ['a time, a host and the name of a service', 'journalctl and syslog put them there.'],
  number: ['a number', 'cat -n, grep -n and editors put line numbers there.'],
  offset: ['an offset', 'curl --trace-ascii and hex dumps put it there.'],
  indent: ['spaces', 'They come from an indented block of a document or of code.'],
  quote: ['a quote mark (">")', 'Mail programs and Markdown quote text that way.'],
  diff: ['the mark of a diff', 'The lines were copied from a diff.'],
  nul: ['NUL bytes', 'A buffer of a fixed size was sent whole, where only its beginning had been filled.'],
  bytes: ["b'…'", 'Python prints bytes that way: the lines were printed without being decoded.'],
  string: ['quotes', 'The lines stand in string literals: of code, or of a program that printed them.'],
  colour: ['escape codes of a terminal', 'A program that colours its output puts them there.'],
  text: ['other text', 'A log puts it there.'],
};

const MAX_AROUND = 200;
// oxlint-disable-next-line no-control-regex -- that is what it looks for.
const NULS = /^\0+/;
const STANDARD = /^(?:data|event|id|retry)?:/;
/** A field of a stream, at the start of a line or after something that is no part of a word. */
const FIELD =
  /(?:^|[\s|\]>:)'"`\-+*#,=])((?:data:(?: ?(?:[[{"\\]|$))|event: ?[\w.-]+(?:['"]|\\n|,?$)|retry: ?\d+\b).*)$/s;
const CHUNK_SIZE = /^[0-9a-f]{1,8}[ \t]*(?:;.*)?$/i;
const STATUS_LINE = /^HTTP\/\d(?:\.\d)? [1-5]\d\d\b/;
const HEADER =
  /^(?:content-(?:type|length|encoding|disposition|security-policy)|transfer-encoding|date|server|connection|keep-alive|cache-control|pragma|expires|vary|via|age|etag|alt-svc|set-cookie|strict-transport-security|retry-after|request-id|cf-[\w-]+|x-[\w-]+|access-control-[\w-]+|openai-[\w-]+|anthropic-[\w-]+|report-to|nel|referrer-policy|permissions-policy|user-agent|accept|host|authorization): ?/i;
const CURL =
  /^(?:\* [A-Z]|> (?:[A-Z]+ \S+ HTTP\/|(?!data:|event:|id:|retry:)[\w-]+: )|< (?:HTTP\/|[\w-]+: )|[{}] \[\d+ bytes data\]|\s*% Total\b|\s*Dload +Upload\b|\s*\d+ +[\d.]+[kMG]? +\d+ +[\d.]+[kMG]? .*(?:--:--|\d\d:\d\d:\d\d))/;
const PAGE = /^<(?:!doctype|html|head|body|title|meta|center|h1|div|p|script|style|hr|pre|\?xml|\/\w+)\b/i;
const DONE = /^["'`]?\[\s*done\s*\]["'`]?[.,;]?$/i;
const MISSPELT = /^["']?(?:data|event|id|retry)["']?(?:\s+:|\s*[=：:])/i;
const UNKNOWN_FIELD = /^[\w.-]{1,60}:(?:\s|$)/;
// oxlint-disable-next-line no-control-regex -- an escape code begins with ESC.
const COLOURS = /\u001B\[[\d;]*m/g;

/** `text`: the line without its line end, maybe cut to a length. */
export function strayLine(text: string): StrayLine {
  if (text.charCodeAt(0) === BOM) return { kind: 'marked', line: text.slice(1) };
  if (text.startsWith('\0')) {
    const behind = text.slice(NULS.exec(text)![0].length);
    if (STANDARD.test(behind)) return { kind: 'around', around: 'nul', line: behind };
  }
  const line = text.trim();
  if (CHUNK_SIZE.test(line)) return { kind: 'chunk-size', size: Number.parseInt(line, 16) };
  if (STATUS_LINE.test(line) || HEADER.test(line)) return { kind: 'head', curl: false };
  if (CURL.test(text)) return { kind: 'head', curl: true };
  if (line === '>' || line === '<') return { kind: 'mark' };
  if (PAGE.test(line)) return { kind: 'page' };
  if (DONE.test(line)) return { kind: 'done' };
  const around = lineWithin(text);
  if (around) return around;
  if (/^(?:\{\s*(?:"|\}|$)|\[\s*(?:\{|\]|$))/.test(line)) return { kind: 'json' };
  if (MISSPELT.test(line)) return { kind: 'misspelt', line };
  if (UNKNOWN_FIELD.test(text)) return { kind: 'field', name: text.slice(0, text.indexOf(':')) };
  return { kind: 'text' };
}

/** What is left of a blank line, and of a comment. */
const BLANK: readonly (readonly [Around, RegExp])[] = [
  ['bytes', /^b(['"])(?:\\r|\\n)*\1,?$/],
  ['string', /^(["'])(?:\\r|\\n)*\1,?$/],
  ['quote', /^\s*>(?:\s*>)+\s*$/],
  ['container', /^\S+\s+\|\s*$/],
  ['cri', /^\S+ std(?:out|err) [FP]\s*$/],
  ['journal', /^[A-Z][a-z]{2} +\d+ [\d:]{8} \S+ [^:]+:\s*$/],
  ['time', /^\[?(?=\S*\d\d:\d\d:\d\d)[\d:.,TZ+/ -]{8,40}\]?:?\s*$/],
];
const COMMENT = /^(.*?[\s|\]>'"])(: ?[\w-]+.*)$/s;

function lineWithin(text: string): StrayLine | null {
  const plain = text.replace(COLOURS, '');
  const blank = BLANK.find(([, pattern]) => pattern.test(plain.slice(0, MAX_AROUND)));
  if (blank) return { kind: 'around', around: blank[0], line: '' };
  return fieldWithin(plain, text) ?? commentWithin(plain.slice(0, MAX_AROUND));
}

/** Only behind what leaves no doubt: prose has colons. */
function commentWithin(plain: string): StrayLine | null {
  const [, prefix, line] = COMMENT.exec(plain) ?? [];
  if (prefix === undefined) return null;
  const around = aroundOf(prefix);
  const sure =
    around === 'bytes' || around === 'quote' || around === 'cri' || around === 'pod' || around === 'container';
  return sure ? { kind: 'around', around, line: line! } : null;
}

function fieldWithin(plain: string, text: string): StrayLine | null {
  const found = FIELD.exec(plain.slice(0, MAX_AROUND + 'event:'.length + 80));
  if (!found) return null;
  const at = found.index + found[0].length - found[1]!.length;
  const prefix = plain.slice(0, at);
  const line = plain.slice(at);
  if (prefix === '') return plain === text ? null : { kind: 'around', around: 'colour', line };
  const around = aroundOf(prefix);
  // Prose may speak of an event; hardly of data and a bracket.
  if (around === 'text' && !line.startsWith('data:')) return null;
  return { kind: 'around', around, line: around === 'bytes' || around === 'string' ? unquoted(line, prefix) : line };
}

const TIME = /\d\d:\d\d:\d\d|\d{4}-\d\d-\d\d|\b1[0-9]{9}(?:\.\d+|\d{3})?\b/;

const PREFIXES: readonly (readonly [Around, RegExp])[] = [
  ['bytes', /(?<![\w'"])[bB](?:'|")$/],
  ['string', /["'`]$/],
  ['indent', /^\s+$/],
  ['quote', /^(?:\s*>)+\s?$/],
  ['diff', /^[+-]\s?$/],
  ['cri', /^\S+ std(?:out|err) [FP] $/],
  ['journal', /^[A-Z][a-z]{2} +\d+ [\d:]{8} \S+ [^:]+: $/],
  ['pod', /^\[(?:pod|deployment)\/[^\]]*\] /],
  ['container', /^\S+\s*\| /],
  ['offset', /^[0-9a-f]{4,8}: $/i],
  ['number', /^\s*\d+(?:[:\t|] ?| +)$/],
  ['level', /\b(?:TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|debug|info|warn|error)\b/],
  ['time', TIME],
];

const aroundOf = (prefix: string): Around => PREFIXES.find(([, pattern]) => pattern.test(prefix))?.[0] ?? 'text';

/** Without the quote that closes it and the escaped line end before that. */
function unquoted(line: string, prefix: string): string {
  const quote = prefix.at(-1)!;
  const close = line.lastIndexOf(quote);
  return (close < 0 ? line : line.slice(0, close)).replace(/(?:\\r|\\n)+$/, '');
}
