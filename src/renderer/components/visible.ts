/**
 * What a text hides: characters that draw nothing, turn the writing direction or move the cursor. In code, arguments and
 * raw bytes they are shown by their number, since what a person reads there must be what the machine reads.
 */

import { latinOf, lookAlikes } from './look-alikes.ts';

export interface Segment {
  readonly text: string;
  /** `hidden`: stands for a character that would not be seen; `blank`: for a blank, a tab or a line end. */
  readonly mark?: 'hidden' | 'blank';
  /** What the character is called, where it has a name worth showing. */
  readonly name?: string;
  /** The character that is hidden. */
  readonly char?: string;
}

/** Code points that draw nothing or more than themselves, beside the control characters; bounds included. */
const HIDDEN: readonly (readonly [first: number, last: number])[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xd800, 0xdfff],
  [0xfe00, 0xfe0d],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
];

const NAMES: Readonly<Record<number, string>> = {
  0x00: 'null',
  0x07: 'bell',
  0x08: 'backspace',
  0x0d: 'carriage return',
  0x1b: 'escape',
  0x7f: 'delete',
  0xad: 'soft hyphen',
  0x200b: 'zero width space',
  0x200c: 'zero width non-joiner',
  0x200d: 'zero width joiner',
  0x200e: 'left-to-right mark',
  0x200f: 'right-to-left mark',
  0x2028: 'line separator',
  0x2029: 'paragraph separator',
  0x202a: 'left-to-right embedding',
  0x202b: 'right-to-left embedding',
  0x202c: 'pop directional formatting',
  0x202d: 'left-to-right override',
  0x202e: 'right-to-left override',
  0x2060: 'word joiner',
  0x2066: 'left-to-right isolate',
  0x2067: 'right-to-left isolate',
  0x2068: 'first strong isolate',
  0x2069: 'pop directional isolate',
  0xfeff: 'byte order mark',
};

const BLANKS: Readonly<Record<string, string>> = { ' ': '·', '\n': '¶', '\t': '→' };

/** Whether the character is shown by its number. Line ends and tabs are not: they have a shape. */
export function isHidden(code: number): boolean {
  if (code < 0x7f) return code < 0x20 && code !== 0x0a && code !== 0x09;
  if (code < 0xa0) return true;
  return HIDDEN.some(([first, last]) => code >= first && code <= last);
}

export interface Seeing {
  /** Blanks, tabs and line ends are pieces of their own too. */
  readonly blanks?: boolean;
  /** It is a name: letters that look like Latin ones are shown by their number, too. */
  readonly isName?: boolean;
}

const NONE: ReadonlySet<number> = new Set();

/** A text in the pieces it is shown in. Linear. */
export function segments(text: string, { blanks = false, isName = false }: Seeing = {}): readonly Segment[] {
  const alike = isName ? lookAlikes(text) : NONE;
  const found: Segment[] = [];
  let plain = 0;
  const flush = (end: number): void => {
    if (end > plain) found.push({ text: text.slice(plain, end) });
  };
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at)!;
    const size = code > 0xffff ? 2 : 1;
    const blank = blanks ? BLANKS[text[at]!] : undefined;
    if (blank !== undefined || isHidden(code) || alike.has(at)) {
      flush(at);
      plain = at + size;
      if (blank === undefined) found.push(hidden(code));
      else addBlank(found, blank);
    }
    at += size;
  }
  flush(text.length);
  return found;
}

/** The beginning of a name as it is seen where no element can stand in it, such as in a tooltip. */
export const seenText = (name: string): string =>
  segments(name.slice(0, 1_000), { isName: true })
    .map((segment) => segment.text)
    .join('');

/** Neighbouring blanks are one piece: a row of them costs one element. */
function addBlank(found: Segment[], blank: string): void {
  const last = found.at(-1);
  if (last?.mark === 'blank') found[found.length - 1] = { text: last.text + blank, mark: 'blank' };
  else found.push({ text: blank, mark: 'blank' });
}

function hidden(code: number): Segment {
  const text = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  const char = String.fromCodePoint(code);
  const latin = latinOf(char);
  const name = latin === undefined ? NAMES[code] : `looks like ${latin}`;
  return { text, mark: 'hidden', char, ...(name !== undefined && { name }) };
}

/** Control characters other than tab and line ends. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

/** What may go to the clipboard: tab and line ends are all it has of control characters. */
export function withoutControls(text: string): { readonly text: string; readonly removed: number } {
  const clean = text.replaceAll(CONTROLS, '');
  return { text: clean, removed: text.length - clean.length };
}

/** Text with its blanks drawn: a middle dot for a space, ¶ for a line end, an arrow for a tab. */
export const visibleBlanks = (text: string): string =>
  text.replaceAll(' ', '·').replaceAll('\t', '→\t').replaceAll('\r', '¬').replaceAll('\n', '¶\n');
