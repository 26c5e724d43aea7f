/** Lines of a text that is being repaired, each with the time that a log gave it. */
import { utf8, type ImportedRead } from './imported.ts';
import { clockOf, type LogClock, type LogTime } from './log-times.ts';

export interface LogLine {
  readonly text: string;
  readonly time: LogTime | null;
}

/** A part of the text that came in one piece. */
export type LogPiece = LogLine;

/** What a repair makes of a text. */
export interface Repaired {
  readonly lines: readonly LogLine[];
  /** What was changed, as sentences; empty when nothing was. */
  readonly repaired: readonly string[];
}

const linesOf = (text: string): readonly string[] => text.split(/\r\n|\n|\r/);

/** Whether any of the same lines is so, asked one after the other: all those of a large text at once take many times its bytes. */
export function someLine(text: string, is: (line: string) => boolean): boolean {
  let from = 0;
  for (let cr = text.indexOf('\r'); ;) {
    if (cr >= 0 && cr < from) cr = text.indexOf('\r', from);
    const lf = text.indexOf('\n', from);
    const end = cr >= 0 && (lf < 0 || cr < lf) ? cr : lf;
    if (is(end < 0 ? text.slice(from) : text.slice(from, end))) return true;
    if (end < 0) return false;
    from = end + (text.startsWith('\r\n', end) ? 2 : 1);
  }
}

export const untimedLines = (text: string): readonly LogLine[] =>
  linesOf(text).map((line) => ({ text: line, time: null }));

export const textOf = (lines: readonly LogLine[]): string => lines.map(({ text }) => text).join('\n');

/** The lines of pieces put together; a line has the time of the piece in which it begins. `change`: keeps the number of lines. */
export function linesOfPieces(
  pieces: readonly LogPiece[],
  glue: '' | '\n',
  change: (text: string) => string = (text) => text,
): readonly LogLine[] {
  const whole = pieces.map(({ text }) => text).join(glue);
  const lines: LogLine[] = [];
  const changed = linesOf(change(whole));
  let [at, end, line] = [0, 0, 0];
  let from = 0;
  for (const text of linesOf(whole)) {
    // The piece that holds the first character of the line.
    while (at < pieces.length - 1 && from >= end + pieces[at]!.text.length + glue.length) {
      end += pieces[at]!.text.length + glue.length;
      at++;
    }
    lines.push({ text: changed[line++] ?? '', time: pieces[at]?.time ?? null });
    from += text.length;
    from += whole.startsWith('\r\n', from) ? 2 : 1;
  }
  return lines;
}

export interface TimedReads {
  readonly reads: readonly ImportedRead[];
  readonly clock: LogClock;
}

/** The bytes of lines, in reads of those that came at one time; null where the lines have no clock. */
export function timedReads(lines: readonly LogLine[]): TimedReads | null {
  const last = lines.length - 1;
  // Blank lines count for nothing: some logs leave their time out.
  const told = lines.filter(({ text }) => text !== '');
  if (told.filter(({ time }) => time !== null).length * 2 < told.length) return null;
  const parts = lines.map(({ text, time }, at) => ({ text: at === last ? text : `${text}\n`, time }));
  return readsOfParts(parts.filter(({ text }) => text !== ''));
}

/** The bytes of parts, each with its time. */
export function readsOfParts(parts: readonly LogPiece[]): TimedReads | null {
  const clock = clockOf(carried(parts.map(({ time }) => time)));
  if (clock === null) return null;
  const reads: { tNs: number; text: string }[] = [];
  for (const [at, { text }] of parts.entries()) {
    const tNs = clock.tNs[at]!;
    const open = reads.at(-1);
    if (open?.tNs === tNs) open.text += text;
    else reads.push({ tNs, text });
  }
  return { reads: reads.map(({ tNs, text }) => ({ tNs, bytes: utf8(text) })), clock };
}

/** Where an entry has no time, that of the one before it; of the first, that of the next. */
function carried(times: readonly (LogTime | null)[]): readonly (LogTime | null)[] {
  let last = times.find((time) => time !== null) ?? null;
  return times.map((time) => (last = time ?? last));
}
