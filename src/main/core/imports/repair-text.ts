/**
 * Text that holds an event stream but is none any more: a log put words before each line, a program printed bytes as Python
 * writes them, a chat lost the blank lines. Each repair undoes one of these, and says so.
 */

import { isUtf8 } from 'node:buffer';
import { isJson } from '../../../shared/json/json-object.ts';
import { COLOURS, withoutColours as withoutColoursIn } from './dumped.ts';
import { linesOfPieces, someLine, textOf, untimedLines, type LogLine, type Repaired } from './log-lines.ts';
import { timeIn } from './log-times.ts';
import { textInRecords } from './records.ts';

const FIELD = /^(?:data|event|id|retry):/;
/** A field somewhere in a line, after something that is no part of a word. */
const FIELD_INSIDE = /(?:^|[^\w"\\])((?:data|event|id|retry): ?(?=[{[\w])|(?:data|event|id|retry): *$)/;

/** Undoes all that is found. Whether the result is a stream is for the caller to find out. */
export function repairText(text: string): Repaired {
  const repaired: string[] = [];
  let now = untimedLines(text);
  for (const repair of [
    withoutColours,
    inRecords,
    unescaped,
    withoutQuotes,
    inPieces,
    withoutPrefixes,
    unwrapped,
    withBlankLines,
  ]) {
    const next = repair(now);
    if (next === null) continue;
    now = next.lines;
    repaired.push(...next.repaired);
  }
  return { lines: now, repaired };
}

type Step = (lines: readonly LogLine[]) => Repaired | null;

const one = (lines: readonly LogLine[], sentence: string): Repaired => ({ lines, repaired: [sentence] });

const inRecords: Step = (lines) => textInRecords(textOf(lines));

/** The whole stream as one string of a programming language: line ends are written as a backslash and an n. */
const unescaped: Step = (lines) => {
  const trimmed = textOf(lines).trim();
  if (/^b?['"]/.test(trimmed) || !/^(?:data|event): ?[^\n]*\\n(?:\\r)?(?:\\n)?(?:data|event|id|retry): ?/.test(trimmed))
    return null;
  if (/\n/.test(trimmed)) return null;
  return one(
    untimedLines(literal(trimmed)),
    'The stream was one line with its line ends escaped (\\n); they were put back.',
  );
};

/** A line that was coloured as a whole, or within. */
export const withoutColours: Step = (lines) => {
  if (lines.every(({ text }) => withoutColoursIn(text) === null)) return null;
  return one(
    lines.map((line) => ({ ...line, text: withoutColoursIn(line.text) ?? line.text })),
    COLOURS,
  );
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
const withoutQuotes: Step = (all) => {
  const lines = all.filter(({ text }) => text.trim() !== '' && !/^\s*[[\]()],?\s*$/.test(text));
  const found = lines.map(({ text }) => (FIELD.test(text) ? [] : literalsIn(text)));
  const pieces = found.map((literals) => literals.find(({ text: piece }) => HOLDS_FIELD.test(piece)) ?? null);
  const objects = pieces.every((piece) => piece === null)
    ? found.map((literals) => literals.find(({ bytes, text: piece }) => bytes && HOLDS_OBJECT.test(piece)) ?? null)
    : pieces;
  const known = new Set(objects.flatMap((piece) => (piece === null ? [] : [shapeOf(piece.before)])));
  if (known.size === 0) return null;
  const blanks = [...known].map((shape) => new RegExp(`^${shape}\\s*$`));
  // What has the same words before it and no field goes on in an event, or is the blank line after it.
  const parts = objects.map((piece, at): Literal | null => {
    if (piece !== null) return piece;
    const same = found[at]!.find(({ before }) => known.has(shapeOf(before)));
    if (same !== undefined) return same;
    const { text } = lines[at]!;
    return text.trim() !== '' && blanks.some((blank) => blank.test(text))
      ? { before: text, bytes: false, text: '' }
      : null;
  });
  const kept = parts.flatMap((part, at) =>
    part === null
      ? []
      : [{ ...part, time: timeIn(part.before) ?? timeIn(wordsAfter(lines[at]!.text)) ?? lines[at]!.time }],
  );
  const fields = lines.filter(({ text }, at) => parts[at] === null && fieldIn(text) !== null).length;
  if (fields > kept.length) return null;
  // Reads hold their line ends; lines lost them to the loop that printed them.
  const whole = kept.some((part) => /[\r\n]/.test(part.text));
  const repaired = [
    kept.some((part) => part.bytes)
      ? "Lines were printed as Python shows bytes (b'…'); they were turned back."
      : 'Lines were printed as quoted strings; they were turned back.',
  ];
  const dropped = lines.length - kept.length;
  if (dropped > 0) repaired.push(leftOut(dropped));
  const ended = whole ? kept : [...kept, { text: '', time: null }];
  return { lines: linesOfPieces(ended, whole ? '' : '\n', fromBytes), repaired };
};

const leftOut = (lines: number): string =>
  lines === 1
    ? 'One line that is no part of the stream was left out.'
    : `${lines} lines that are no part of the stream were left out.`;

/** Some loggers write the time after the message. */
const wordsAfter = (line: string): string => line.slice(Math.max(line.lastIndexOf('"'), line.lastIndexOf("'")) + 1);

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

const inPieces: Step = (lines) => {
  let [open, cut] = [false, 0];
  const whole: LogLine[] = [];
  for (const { text, time } of lines) {
    const [before, mark] = PART.exec(text) ?? [];
    const first = whole.at(-1);
    if (open && before !== undefined && first !== undefined) {
      whole[whole.length - 1] = { ...first, text: first.text + text.slice(before.length) };
      cut++;
    } else whole.push({ text: mark === 'P' ? text.replace(' P ', ' F ') : text, time });
    open = mark === 'P';
  }
  return cut === 0 ? null : one(whole, `${cut} lines that the log had cut were joined again.`);
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
const withoutPrefixes: Step = (lines) => {
  const shapes = new Map<string, { count: number; example: string }>();
  for (const { text } of lines) {
    if (FIELD.test(text)) continue;
    const at = fieldIn(text);
    if (at === null || at > LONGEST_PREFIX) continue;
    const shape = shapeOf(text.slice(0, at));
    const known = shapes.get(shape);
    shapes.set(shape, { count: (known?.count ?? 0) + 1, example: known?.example ?? text.slice(0, at) });
  }
  const total = [...shapes.values()].reduce((sum, { count }) => sum + count, 0);
  if (total === 0 || total < lines.filter(({ text }) => FIELD.test(text)).length) return null;
  const prefixes = [...shapes.keys()].map((shape) => new RegExp(`^${shape}`));
  const blanks = [...shapes.keys()].map((shape) => new RegExp(`^${shape.replace(/(?: |\\t)+$/, '')}\\s*$`));
  let dropped = 0;
  const cut = ({ text, time }: LogLine, at: number): LogLine => ({
    text: text.slice(at),
    time: timeIn(text.slice(0, at)) ?? time,
  });
  const kept = lines.flatMap((line) => {
    const { text } = line;
    if (text.trim() === '') return [{ ...line, text: '' }];
    if (FIELD.test(text)) return [line];
    const at = fieldIn(text);
    if (at !== null && prefixes.some((prefix) => prefix.exec(text)?.[0].length === at)) return [cut(line, at)];
    if (blanks.some((blank) => blank.test(text))) return [cut(line, text.length)];
    const comment = prefixes
      .map((prefix) => prefix.exec(text)?.[0])
      .find((found) => found !== undefined && text[found.length] === ':');
    if (comment !== undefined) return [cut(line, comment.length)];
    dropped++;
    return [];
  });
  const { example } = [...shapes.values()].reduce((most, each) => (each.count > most.count ? each : most));
  const sentences = [
    example.trim() === ''
      ? 'Lines were indented; the spaces before them were taken off.'
      : `Lines had words before them (${JSON.stringify(example.trimEnd())}), as a log writes them; they were taken off.`,
  ];
  if (dropped > 0) sentences.push(leftOut(dropped));
  return { lines: kept, repaired: sentences };
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

/** Whether a line begins the JSON of an event and does not end it. */
const isOpen = (line: string): boolean => /^data: ?[{[]/.test(line) && !isJson(line.slice(5));

/** A line that a terminal or a mail broke goes on in the next, which is no field. */
const unwrapped: Step = (lines) => {
  const kept: LogLine[] = [];
  let open = false;
  let joinedLines = 0;
  for (const line of lines) {
    const before = kept.at(-1);
    if (open && before !== undefined && line.text.trim() !== '' && !FIELD.test(line.text)) {
      kept[kept.length - 1] = { ...before, text: before.text + line.text };
      joinedLines++;
    } else kept.push(line);
    open = isOpen(kept.at(-1)!.text);
  }
  return joinedLines === 0 ? null : one(kept, `${joinedLines} broken lines were joined again.`);
};

/** Lines that loggers of Python and Node write of the HTTP below, and what a shell prints around a command. */
const LOGGER =
  /^(?:(?:DEBUG|INFO|WARNING|ERROR|CRITICAL|TRACE):[\w.]+:|[A-Z][A-Z0-9_,]+ \d+: |\[[\d :,-]+ - [\w.]+:\d+ - [A-Z]+\] |\d{4}-\d\d-\d\d[T ][\d:.,]+Z? .*\b(?:DEBUG|INFO|WARNING|ERROR|TRACE)\b|[$%#] (?:curl|http|wget|python3?|node) )/;

/** A stream that a program printed as it was sent, with the lines of its logger between; null where there are none. */
export function withoutLogger(text: string): Repaired | null {
  if (!someLine(text, (line) => LOGGER.test(line))) return null;
  const lines = untimedLines(text);
  const kept = lines.filter((line) => !LOGGER.test(line.text));
  return one(kept, leftOut(lines.length - kept.length));
}

/**
 * A text that a tool broke at a fixed width (`fold`, a terminal's copy): each broken line is as long as the longest one. Null unless
 * all its events are whole after the repair, so that nothing that a server broke is mended.
 */
export function unfolded(text: string): Repaired | null {
  if (!hasBroken(text)) return null;
  const lines = untimedLines(text);
  const width = lines.reduce((most, line) => Math.max(most, Buffer.byteLength(line.text)), 0);
  const characters = lines.reduce((most, line) => Math.max(most, line.text.length), 0);
  let open = false;
  for (const [at, { text: line }] of lines.entries()) {
    const next = lines[at + 1]?.text ?? '';
    open = FIELD.test(line) ? isOpen(line) : open && line !== '';
    const broken = open && next.trim() !== '' && !FIELD.test(next);
    if (broken && Buffer.byteLength(line) < width - 3 && line.length !== characters) return null;
  }
  const found = unwrapped(lines);
  const whole = found?.lines.every(({ text: line }) => !isOpen(line));
  return whole === true ? found : null;
}

/** Whether a line goes on in the next, so that something is there to be joined. Most texts have none, and are not cut for it. */
function hasBroken(text: string): boolean {
  let before = '';
  return someLine(text, (line) => {
    const found = line.trim() !== '' && !FIELD.test(line) && isOpen(before);
    before = line;
    return found;
  });
}

/** Each event's `data` must be JSON by itself: a field after it begins the next event. */
const withBlankLines: Step = (lines) => {
  const kept: LogLine[] = [];
  let whole = false;
  let missing = 0;
  const blank = (): LogLine => ({ text: '', time: kept.at(-1)?.time ?? null });
  for (const line of lines) {
    const { text } = line;
    if (whole && /^(?:data|event):/.test(text)) {
      kept.push(blank());
      whole = false;
      missing++;
    }
    kept.push(line);
    if (text === '') whole = false;
    else if (text.startsWith('data:')) whole = isJson(text.slice(5)) || text.slice(5).trim() === '[DONE]';
  }
  if (missing === 0) return null;
  // The last one as well: without its blank line it counts for nothing.
  while (kept.at(-1)?.text === '') kept.pop();
  kept.push(blank(), blank());
  return one(
    kept,
    `${missing === 1 ? 'The blank line between two events was' : `${missing} blank lines between events were`} missing, as chats and logs drop them, and put back. If the server sends it so, no reader of event streams can cut its events.`,
  );
};
