/** Texts as they are kept and compared in a search. */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { folded } from '../../../shared/text/fold.ts';
import type { SearchDocument } from './documents.ts';
import { tokensOf, type PageTokens } from './tokens.ts';

/** What SQLite gives back as it was. */
const kept = (text: string): string => text.toWellFormed().replaceAll('\0', ' ');

/** Documents as one page, and what the index has of it. */
export function pageOf(documents: readonly SearchDocument[]): { readonly packed: Buffer; readonly tokens: PageTokens } {
  const all = documents.map((document) => ({ ...document, text: kept(document.text) }));
  return { packed: zstdCompressSync(Buffer.from(JSON.stringify(all))), tokens: tokensOfPage(all) };
}

export const documentsOfPage = (packed: Buffer): readonly SearchDocument[] =>
  JSON.parse(zstdDecompressSync(packed).toString()) as readonly SearchDocument[];

/** The same for the same documents: what was put into the index is taken out by it. */
export const tokensOfPage = (documents: readonly SearchDocument[]): PageTokens =>
  tokensOf(documents.map(({ text }) => folded(text)).join('\n'));

/** What must stand in a document: words apart by blanks, or one text in quotation marks. Folded, none empty. */
export function termsOf(text: string): readonly string[] {
  const quoted = /^\s*"(.+?)"?\s*$/s.exec(text)?.[1];
  const terms = quoted === undefined ? text.split(/\s+/) : [quoted];
  return [...new Set(terms.map((term) => folded(kept(term))))].filter((term) => term !== '');
}

/** Where each term stands first in a text, `inside` being the text folded; null where one does not. In code units of the text itself. */
export function placesIn(
  text: string,
  inside: string,
  terms: readonly string[],
): readonly (readonly [number, number])[] | null {
  const places: (readonly [number, number])[] = [];
  for (const term of terms) {
    const at = inside.indexOf(term);
    if (at < 0) return null;
    const same = inside.length === text.length;
    places.push(same ? [at, at + term.length] : [unfolded(text, at), unfolded(text, at + term.length)]);
  }
  return places.toSorted(([a], [b]) => a - b);
}

/** The place in a text of a place in the same text folded. */
function unfolded(text: string, at: number): number {
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (folded(text.slice(0, middle)).length >= at) high = middle;
    else low = middle + 1;
  }
  return low;
}

const BEFORE = 40;
const LENGTH = 160;

export interface Excerpt {
  readonly text: string;
  /** Stretches of it that were looked for, in code units. */
  readonly marks: readonly (readonly [start: number, end: number])[];
}

/** The text around the first place, in one line. */
export function excerptOf(text: string, places: readonly (readonly [number, number])[]): Excerpt {
  const first = places[0]?.[0] ?? 0;
  const start = first <= BEFORE ? 0 : first - BEFORE;
  const end = Math.min(text.length, start + LENGTH);
  const [head, tail] = [start > 0 ? '…' : '', end < text.length ? '…' : ''];
  const shift = head.length - start;
  return {
    // One blank for each, so that the places stay.
    text: head + text.slice(start, end).toWellFormed().replaceAll(/\s/g, ' ') + tail,
    marks: places.filter((place) => place[1] <= end).map((place) => [place[0] + shift, place[1] + shift]),
  };
}
