/**
 * How two texts differ, in bounded work: equal ends first, then blanks (which are lost one by one over a whole text), then
 * a character diff where what is left is small. Beyond that the middle counts as replaced, which is true and cheap.
 */
import { diffChars } from 'diff';
import { codePoints } from '../text/code-points.ts';

export interface Stretch {
  readonly kind: 'same' | 'lost' | 'added';
  readonly text: string;
}

/** A character diff costs length times differences; past these it is no longer instant, and its result no longer readable. */
const MAX_DIFF_CHARS = 4_000;
const MAX_EDITS = 400;

/** `lost` is in `expected` only, `added` in `got` only. */
export function diffTexts(expected: string, got: string): readonly Stretch[] {
  if (expected === got) return expected === '' ? [] : [{ kind: 'same', text: expected }];
  const start = commonStart(expected, got);
  const end = commonEnd(expected, got, start);
  const middle = diffMiddle(expected.slice(start, expected.length - end), got.slice(start, got.length - end));
  return [...same(expected.slice(0, start)), ...middle, ...same(expected.slice(expected.length - end))];
}

export interface TextChange {
  readonly stretches: readonly Stretch[];
  readonly lost: number;
  readonly added: number;
  /** Offset in `expected` of the first difference, in code units. */
  readonly at: number;
  readonly lostText: string;
  readonly addedText: string;
}

/** Null when they are equal. Counts are code points. */
export function changeOf(expected: string, got: string): TextChange | null {
  if (expected === got) return null;
  const stretches = diffTexts(expected, got);
  const joined = (kind: Stretch['kind']): string =>
    stretches
      .filter((stretch) => stretch.kind === kind)
      .map(({ text }) => text)
      .join('');
  const [lostText, addedText] = [joined('lost'), joined('added')];
  const first = stretches[0];
  return {
    stretches,
    lost: codePoints(lostText),
    added: codePoints(addedText),
    at: first?.kind === 'same' ? first.text.length : 0,
    lostText,
    addedText,
  };
}

export const isBlank = (text: string): boolean => text.trim() === '';

function same(text: string): Stretch[] {
  return text === '' ? [] : [{ kind: 'same', text }];
}

function diffMiddle(expected: string, got: string): Stretch[] {
  if (expected === '') return [{ kind: 'added', text: got }];
  if (got === '') return [{ kind: 'lost', text: expected }];
  const blanks = lostBlanks(expected, got);
  if (blanks) return blanks;
  if (expected.length + got.length <= MAX_DIFF_CHARS) {
    const changes = diffChars(expected, got, { maxEditLength: MAX_EDITS });
    if (changes)
      return changes.map(({ value, added, removed }) => ({
        kind: added ? 'added' : removed ? 'lost' : 'same',
        text: value,
      }));
  }
  return [
    { kind: 'lost', text: expected },
    { kind: 'added', text: got },
  ];
}

/** `got` is `expected` without some of its blanks: one pass, however long it is. Null when it is not so. */
function lostBlanks(expected: string, got: string): Stretch[] | null {
  const out: Stretch[] = [];
  let [taken, from, lostFrom] = [0, 0, -1];
  const flush = (to: number): void => {
    if (lostFrom < 0) return;
    out.push({ kind: 'lost', text: expected.slice(lostFrom, to) });
    lostFrom = -1;
    from = to;
  };
  for (let i = 0; i < expected.length; i++) {
    if (taken < got.length && expected[i] === got[taken]) {
      flush(i);
      taken++;
    } else if (isBlank(expected[i]!)) {
      if (lostFrom < 0) {
        out.push(...same(expected.slice(from, i)));
        lostFrom = i;
      }
    } else return null;
  }
  if (taken < got.length) return null;
  if (lostFrom >= 0) flush(expected.length);
  else out.push(...same(expected.slice(from)));
  return out;
}

function commonStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let n = 0;
  while (n < most && a.charCodeAt(n) === b.charCodeAt(n)) n++;
  return n > 0 && isHigh(a.charCodeAt(n - 1)) ? n - 1 : n;
}

function commonEnd(a: string, b: string, start: number): number {
  const most = Math.min(a.length, b.length) - start;
  let n = 0;
  while (n < most && a.charCodeAt(a.length - 1 - n) === b.charCodeAt(b.length - 1 - n)) n++;
  return n > 0 && isLow(a.charCodeAt(a.length - n)) ? n - 1 : n;
}

const isHigh = (unit: number): boolean => (unit & 0xfc00) === 0xd800;
const isLow = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;
