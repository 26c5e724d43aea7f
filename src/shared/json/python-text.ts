/** Text as Python sees it: what `str.strip()` and `int()` take for blank. */

/** White space of Python's str.strip(): Unicode's, and U+001C to U+001F and U+0085, but not U+FEFF (docs/adapters.md, 2). */
const BLANK = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEADING = new RegExp(`^[${BLANK}]+`);
const BLANK_UNIT = new RegExp(`[${BLANK}]`);

export function pythonStripEnd(text: string): string {
  return text.slice(0, text.length - trailingBlanks(text));
}

/** How many blanks stand at the end, in UTF-16 units, which for blanks are code points. */
export function trailingBlanks(text: string): number {
  let end = text.length;
  while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--;
  return text.length - end;
}

export function pythonStrip(text: string): string {
  return pythonStripEnd(text.replace(LEADING, ''));
}

export function isBlank(unit: number): boolean {
  if (unit < 0x80) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || (unit >= 0x1c && unit <= 0x1f);
  return BLANK_UNIT.test(String.fromCharCode(unit));
}
