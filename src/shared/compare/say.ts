/** Numbers and texts as findings say them. */
import type { Ending } from '../model/trace.ts';
import type { ByteRange } from '../text/byte-range.ts';
import { firstCodePoints } from '../text/code-points.ts';

/** Thousands with commas. */
export const number = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');

const QUOTED_CHARS = 40;

/** A text in quotes on one line, cut in the middle of nothing: what is left out is said. */
export function quote(text: string, most = QUOTED_CHARS): string {
  const cut = firstCodePoints(text, most);
  return `'${cut.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}${cut.length < text.length ? '…' : ''}'`;
}

export const atEvent = (event: number | null): string =>
  event === null ? 'after the end' : `at event ${number(event)}`;

/** Bytes by the places of the first and the last. `range`: the end exclusive. */
export const bytesText = ([start, end]: ByteRange): string =>
  end - start === 1 ? `byte ${number(start)}` : `bytes ${number(start)}–${number(Math.max(start, end - 1))}`;

export const capitalised = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** A sentence as it was said, within another: without its full stop. */
export const unstopped = (sentence: string): string => sentence.replace(/\.$/, '');

/** A sentence as part of another: without its capital and its full stop. An abbreviation at its start stays as it is. */
export const clause = (sentence: string): string =>
  unstopped(/^[A-Z][a-z]*\s/.test(sentence) ? sentence.slice(0, 1).toLowerCase() + sentence.slice(1) : sentence);

/** How a stream ended, why that is said, and what can be done next. */
export const endingText = ({ state, rule, advice }: Ending): string =>
  [state, rule, advice].flatMap((text) => (text ? [/[.!?]$/.test(text) ? text : `${text}.`] : [])).join(' ');
