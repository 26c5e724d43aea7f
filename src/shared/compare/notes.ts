/** What a comparison says of bytes that are in no frame, and of lanes that are left out: one remark of each kind, with a count. */
import type { NoteItem } from './lane-reading.ts';
import type { ComparisonNote } from './result.ts';
import { number, quote } from './say.ts';

const QUOTED_CHARS = 120;

/** What stands there, as a noun phrase; the text follows where there is one. Other kinds say it in their text. */
const KINDS: Readonly<Partial<Record<string, readonly [one: string, many: string]>>> = {
  comment: ['comment', 'comments'],
  ignored: ['line that is no field of an event', 'lines that are no field of an event'],
  'bad-utf8': ['place whose bytes are not UTF-8', 'places whose bytes are not UTF-8'],
  unfinished: ['piece after the last whole event', 'pieces after the last whole event'],
};

/** A lane that ended before the stream did, or was not there: what is said of the others says nothing of it. */
export const isOfLane = ({ type }: Pick<ComparisonNote, 'type'>): boolean => type.startsWith('lane-');

/** In the order of the bytes. */
export function comparisonNotes(notes: readonly NoteItem[]): readonly ComparisonNote[] {
  const kinds = Map.groupBy(notes, ({ type, text }) => (KINDS[type] ? type : `${type} ${text}`));
  return [...kinds.values()].map((all) => {
    const [{ type, start, end, text }] = all as [NoteItem];
    return { type, bytes: [start, end], count: all.length, sentence: sentenceOf(type, text, all.length) };
  });
}

function sentenceOf(type: string, text: string, times: number): string {
  const kind = KINDS[type];
  if (!kind) return text;
  const what = `${number(times)} ${kind[times === 1 ? 0 : 1]}`;
  return text === '' ? what : `${what}${times > 1 ? ', the first' : ''}: ${quote(text, QUOTED_CHARS)}`;
}
