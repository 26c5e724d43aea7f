/**
 * Text that holds an event stream but is none any more: a log put words before each line, a program printed bytes as Python
 * writes them, a chat lost the blank lines. Each repair undoes one of these, and says so.
 */

import { isUtf8 } from 'node:buffer';
import { isJson } from '../../../shared/json/json-object.ts';
import { textInRecords } from './records.ts';

export interface Repaired {
  readonly text: string;
  /** What was changed, as sentences; empty when nothing was. */
  readonly repaired: readonly string[];
}

const FIELD = /^(?:data|event|id|retry):/;
/** A field somewhere in a line, after something that is no part of a word. */
const FIELD_INSIDE = /(?:^|[^\w"\\])((?:data|event|id|retry): ?(?=[{[\w])|(?:data|event|id|retry): *$)/;

/** Undoes all that is found. Whether the result is a stream is for the caller to find out. */
export function repairText(text: string): Repaired {
  const repaired: string[] = [];
  let now = text;
  for (const repair of [
    withoutColours,
    textInRecords,
    unescaped,
    withoutQuotes,
    inPieces,
    withoutPrefixes,
    unwrapped,
    withBlankLines,
  ]) {
    const next = repair(now);
    if (next === null) continue;
    now = next.text;
    repaired.push(...next.repaired);
  }
  return { text: now, repaired };
}

type Step = (text: string) => Repaired | null;

const one = (text: string, sentence: string): Repaired => ({ text, repaired: [sentence] });

const linesOf = (text: string): string[] => text.split(/\r\n|\n|\r/);

/** The whole stream as one string of a programming language: line ends are written as a backslash and an n. */
const unescaped: Step = (text) => {
  const trimmed = text.trim();
  if (/^b?['"]/.test(trimmed) || !/^(?:data|event): ?[^\n]*\\n(?:\\r)?(?:\\n)?(?:data|event|id|retry): ?/.test(trimmed))
    return null;
  if (/\n/.test(trimmed)) return null;
  return one(literal(trimmed), 'The stream was one line with its line ends escaped (\\n); they were put back.');
};

// oxlint-disable-next-line no-control-regex -- what terminals are told begins with ESC.
const TERMINAL = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;

/** JSON has no ESC: it is what a program that writes for a terminal put between. */
const withoutColours: Step = (text) => {
  const plain = text.replace(TERMINAL, '');
  return plain === text ? null : one(plain, 'The text had colours of a terminal in it; they were taken out.');
};

/** Where a string or bytes literal of Python, JavaScript or JSON may open. */
const OPENING = /(b?)(['"])/g;
const HOLDS_FIELD = /^(?:[^\n]*\n)?(?:data|event|id|retry):/;
/** JSON lines are no event stream, but are printed in the same ways; an object's own strings never hold one as bytes. */
const HOLDS_OBJECT = /^\s*\{"/;

interface Literal {
  readonly before: string;
  readonly bytes: boolean;
  readonly text: string;
}

/** Literals that hold pieces of a stream: one a line, as `print(line)` of Python shows them (`b'data: …'`), or in the lines of a log. */
const withoutQuotes: Step = (text) => {
  const lines = linesOf(text).filter((line) => line.trim() !== '' && !/^\s*[[\]()],?\s*$/.test(line));
  const found = lines.map((line) => (FIELD.test(line) ? [] : literalsIn(line)));
  const pieces = found.map((literals) => literals.find(({ text: piece }) => HOLDS_FIELD.test(piece)) ?? null);
  const objects = pieces.every((piece) => piece === null)
    ? found.map((literals) => literals.find(({ bytes, text: piece }) => bytes && HOLDS_OBJECT.test(piece)) ?? null)
    : pieces;
  const known = new Set(objects.flatMap((piece) => (piece === null ? [] : [shapeOf(piece.before)])));
  if (known.size === 0) return null;
  // What has the same words before it and no field goes on in an event, or is the blank line after it.
  const parts = objects.map(
    (piece, at) => piece ?? found[at]!.find(({ before }) => known.has(shapeOf(before))) ?? null,
  );
  const kept = parts.filter((part) => part !== null);
  const fields = lines.filter((line, at) => parts[at] === null && fieldIn(line) !== null).length;
  if (fields > kept.length) return null;
  // Reads hold their line ends; lines lost them to the loop that printed them.
  const whole = kept.some((part) => /[\r\n]/.test(part.text));
  const joined = kept.map((part) => part.text).join(whole ? '' : '\n') + (whole ? '' : '\n');
  const repaired = [
    kept.some((part) => part.bytes)
      ? "Lines were printed as Python shows bytes (b'…'); they were turned back."
      : 'Lines were printed as quoted strings; they were turned back.',
  ];
  const dropped = lines.length - kept.length;
  if (dropped > 0) repaired.push(`${dropped} lines that are no part of the stream were left out.`);
  return { text: fromBytes(joined), repaired };
};

/** Quotation marks that open nothing. Past so many a line is no printed one, and each takes a look at the rest of it. */
const MAX_UNCLOSED = 20;
/** A line of a log has few of its own. */
const MAX_LITERALS = 200;

function literalsIn(line: string): readonly Literal[] {
  const found: Literal[] = [];
  let unclosed = 0;
  OPENING.lastIndex = 0;
  for (
    let at = OPENING.exec(line);
    at !== null && unclosed < MAX_UNCLOSED && found.length < MAX_LITERALS;
    at = OPENING.exec(line)
  ) {
    const start = OPENING.lastIndex;
    const end = closingQuote(line, start, at[2]!);
    if (end === null) {
      unclosed++;
      continue;
    }
    found.push({ before: line.slice(0, at.index), bytes: at[1] === 'b', text: literal(line.slice(start, end)) });
    OPENING.lastIndex = end + 1;
  }
  return found;
}

/** A pattern would need as many frames of the stack as the literal has characters. */
function closingQuote(line: string, from: number, quote: string): number | null {
  for (let at = from; at < line.length; at++) {
    if (line[at] === '\\') at++;
    else if (line[at] === quote) return at;
  }
  return null;
}

/** containerd cuts lines after 16 KB, and marks each part but the last with P. */
const PART = /^\d{4}-\d\d-\d\dT\S+ (?:stdout|stderr) ([PF]) /;

const inPieces: Step = (text) => {
  let [open, cut] = [false, 0];
  const whole: string[] = [];
  for (const line of linesOf(text)) {
    const [before, mark] = PART.exec(line) ?? [];
    if (open && before !== undefined) {
      whole[whole.length - 1] += line.slice(before.length);
      cut++;
    } else whole.push(mark === 'P' ? line.replace(' P ', ' F ') : line);
    open = mark === 'P';
  }
  return cut === 0 ? null : one(whole.join('\n'), `${cut} lines that the log had cut were joined again.`);
};

const ESCAPED = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([^xu]))/g;
const CONTROL: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', '0': '\0' };

/** What a string literal of Python or JavaScript stands for. */
const literal = (text: string): string =>
  text.replace(ESCAPED, (whole, hex?: string, unit?: string, other?: string) => {
    if (hex ?? unit) return String.fromCharCode(Number.parseInt((hex ?? unit)!, 16));
    return other === undefined ? whole : (CONTROL[other] ?? other);
  });

/**
 * `\xc3\xa9` is two bytes of UTF-8, and so are the two characters that the requests library of Python makes of them where a head
 * names no charset.
 */
function fromBytes(text: string): string {
  // oxlint-disable-next-line no-control-regex -- every character that a byte can be.
  if (!/^[\u0000-\u00ff]*$/.test(text)) return text;
  const bytes = Buffer.from(text, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : text;
}

/** As many characters before a field no log needs. */
const LONGEST_PREFIX = 200;

/** The same words before each line: a time, a level, a container's name, indentation, a quotation mark. */
const withoutPrefixes: Step = (text) => {
  const lines = linesOf(text);
  const shapes = new Map<string, { count: number; example: string }>();
  for (const line of lines) {
    if (FIELD.test(line)) continue;
    const at = fieldIn(line);
    if (at === null || at > LONGEST_PREFIX) continue;
    const shape = shapeOf(line.slice(0, at));
    const known = shapes.get(shape);
    shapes.set(shape, { count: (known?.count ?? 0) + 1, example: known?.example ?? line.slice(0, at) });
  }
  const total = [...shapes.values()].reduce((sum, { count }) => sum + count, 0);
  if (total === 0 || total < lines.filter((line) => FIELD.test(line)).length) return null;
  const prefixes = [...shapes.keys()].map((shape) => new RegExp(`^${shape}`));
  const blanks = [...shapes.keys()].map((shape) => new RegExp(`^${shape.replace(/(?: |\\t)+$/, '')}\\s*$`));
  let dropped = 0;
  const kept = lines.flatMap((line) => {
    if (line.trim() === '' || FIELD.test(line)) return [line];
    const at = fieldIn(line);
    if (at !== null && prefixes.some((prefix) => prefix.exec(line)?.[0].length === at)) return [line.slice(at)];
    if (blanks.some((blank) => blank.test(line))) return [''];
    const comment = prefixes
      .map((prefix) => prefix.exec(line)?.[0])
      .find((found) => found !== undefined && line[found.length] === ':');
    if (comment !== undefined) return [line.slice(comment.length)];
    dropped++;
    return [];
  });
  const { example } = [...shapes.values()].reduce((most, one) => (one.count > most.count ? one : most));
  const sentences = [
    example.trim() === ''
      ? 'Lines were indented; the spaces before them were taken off.'
      : `Lines had words before them (${JSON.stringify(example.trimEnd())}), as a log writes them; they were taken off.`,
  ];
  if (dropped > 0) sentences.push(`${dropped} lines that are no part of the stream were left out.`);
  return { text: kept.join('\n'), repaired: sentences };
};

function fieldIn(line: string): number | null {
  const found = FIELD_INSIDE.exec(line.slice(0, LONGEST_PREFIX + 16));
  return found ? found.index + found[0].length - found[1]!.length : null;
}

/** A pattern for a prefix and all that differ from it only in their numbers. */
const shapeOf = (prefix: string): string =>
  prefix
    .replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    .replace(/\d+/g, '\\d+')
    .replace(/ +/g, ' +');

/** A line that a terminal or a mail broke goes on in the next, which is no field. */
const unwrapped: Step = (text) => {
  const lines = linesOf(text);
  const kept: string[] = [];
  let open = false;
  let joinedLines = 0;
  for (const line of lines) {
    if (open && line.trim() !== '' && !FIELD.test(line)) {
      kept[kept.length - 1] += line;
      joinedLines++;
    } else kept.push(line);
    const last = kept.at(-1)!;
    open = /^data: ?[{[]/.test(last) && !isJson(last.slice(5));
  }
  return joinedLines === 0 ? null : one(kept.join('\n'), `${joinedLines} broken lines were joined again.`);
};

/** Each event's `data` must be JSON by itself: a field after it begins the next event. */
const withBlankLines: Step = (text) => {
  const kept: string[] = [];
  let whole = false;
  let missing = 0;
  for (const line of linesOf(text)) {
    if (whole && /^(?:data|event):/.test(line)) {
      kept.push('');
      whole = false;
      missing++;
    }
    kept.push(line);
    if (line === '') whole = false;
    else if (line.startsWith('data:')) whole = isJson(line.slice(5)) || line.slice(5).trim() === '[DONE]';
  }
  if (missing === 0) return null;
  // The last one as well: without its blank line it counts for nothing.
  while (kept.at(-1) === '') kept.pop();
  kept.push('', '');
  return one(
    kept.join('\n'),
    `${missing === 1 ? 'The blank line between two events was' : `${missing} blank lines between events were`} missing, as chats and logs drop them, and put back. If the server sends it so, no reader of event streams can cut its events.`,
  );
};
