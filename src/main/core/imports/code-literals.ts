/** Streams that stand in the string literals of code, such as tests and scripts. */
import { isJson } from '../../../shared/json/json-object.ts';

const EVENT_LINE = /^\s*data: ?([{[].*)$/;

/** Whether a line brings an event that is JSON. */
export const isEventLine = (line: string): boolean => isJson(EVENT_LINE.exec(line)?.[1] ?? '');

const holdsEvent = (text: string): boolean => text.split(/\r?\n/).some(isEventLine);

/** A string literal of Python, JavaScript, Go, Rust, Java or C# that goes over lines, and begins with a field of a stream. */
const LITERAL =
  /^(?![ \t]*(?:data|event|id|retry)?:)([^\n"'`]{1,120}?)(\x22{3}|'{3}|`|#+"|\$?@\$?")(?:\\?\r?\n)?(?=[ \t]*(?:data|event): ?\S)/gm;
/** What stands before a literal in which a backslash is no escape. */
const RAW = /(?:\br[bB]?|\b[bB]?r|\bString\.raw|:=\s*|\bvar \w+ *= *|\[\]byte\()$/i;

/** A line of a stream that stands for itself. */
const FIELD_LINE = /^[ \t]*(?:data|event): ?\S/m;

/** The text of the one literal of a program that holds a stream; null where there is none, or more than one. */
export function inCode(text: string): string | null {
  let stream: string | null = null;
  for (const found of text.matchAll(LITERAL)) {
    const [opening, before, quote] = found;
    const from = found.index + opening.length;
    const end = closingOf(text, from, quote!);
    if (end === null) continue;
    // What closes the literal stands on a line of its own, which is indented as the code is.
    const inner = unescaped(text.slice(from, end).replace(/\n[ \t]+$/, '\n'), before!, quote!);
    if (!inner.includes('\n') || !holdsEvent(inner)) continue;
    if (stream !== null || FIELD_LINE.test(text.slice(0, found.index)) || FIELD_LINE.test(text.slice(end))) return null;
    stream = inner;
  }
  return stream;
}

/** Of C#: a quote stands twice, and in one with a dollar sign a brace, too. */
const isVerbatim = (quote: string): boolean => quote.includes('@');

function unescaped(inner: string, before: string, quote: string): string {
  if (isVerbatim(quote)) {
    const plain = inner.replaceAll('""', '"');
    return quote.includes('$') ? plain.replaceAll('{{', '{').replaceAll('}}', '}') : plain;
  }
  return RAW.test(before) ? inner : inner.replaceAll(/\\([\\`$"'])/g, '$1');
}

/** Where a literal is closed; null where it never is. A backslash stands before a quote that closes none, or another quote. */
function closingOf(text: string, from: number, quote: string): number | null {
  const verbatim = isVerbatim(quote);
  const closing = verbatim ? '"' : quote.startsWith('#') ? `"${quote.slice(0, -1)}` : quote;
  let at = text.indexOf(closing, from);
  if (verbatim) while (at >= 0 && text[at + 1] === '"') at = text.indexOf(closing, at + 2);
  else while (at > 0 && text[at - 1] === '\\') at = text.indexOf(closing, at + 1);
  return at < 0 ? null : at;
}

/** A command of a shell that prints its first argument, with escapes in it. */
const PRINTS = /(?:^|[\s;&|({])(printf|echo -(?:e|en|ne)) (?:-- )?'/g;
/** How a shell writes a single quote within single quotes. */
const QUOTES = ["'\\''", `'"'"'`];
const ESCAPE = /\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|([^xu]))/g;
const CONTROL: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', c: '' };

/** What the commands of a shell script print, where that is a stream; null otherwise. */
export function inScript(text: string): string | null {
  let stream = '';
  let rest = '';
  let end = 0;
  for (const found of text.matchAll(PRINTS)) {
    const from = found.index + found[0].length;
    // Within what another one prints.
    if (from < end) continue;
    const argument = quoted(text, from);
    if (argument === null) return null;
    const printf = found[1] === 'printf';
    // Its other arguments go there.
    if (printf && /%[^%]/.test(argument.text.replaceAll('%%', ''))) return null;
    rest += text.slice(end, found.index);
    end = argument.end;
    const said = unescapedByShell(argument.text);
    stream += printf ? said.replaceAll('%%', '%') : found[1] === 'echo -e' ? `${said}\n` : said;
  }
  rest += text.slice(end);
  return end === 0 || FIELD_LINE.test(rest) || !holdsEvent(stream) ? null : stream;
}

/** What stands in single quotes from `from` on, with the quotes in it; null where nothing closes them. */
function quoted(text: string, from: number): { readonly text: string; readonly end: number } | null {
  const parts: string[] = [];
  for (let at = from; ;) {
    const close = text.indexOf("'", at);
    if (close < 0) return null;
    parts.push(text.slice(at, close));
    const quote = QUOTES.find((one) => text.startsWith(one, close));
    if (quote === undefined) return { text: parts.join(''), end: close + 1 };
    parts.push("'");
    at = close + quote.length;
  }
}

const unescapedByShell = (text: string): string =>
  text.replace(ESCAPE, (whole, byte?: string, unit?: string, other?: string) => {
    const code = byte ?? unit;
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return other === undefined
      ? whole
      : (CONTROL[other] ?? (other === '\\' || other === '"' || other === "'" ? other : whole));
  });
