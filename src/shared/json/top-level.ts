/** JSON values that stand one after another in a text, one a line or over several lines, with anything between them. */
import type { JsonObject } from './json-object.ts';

/** Deeper than any event of an API; a text that goes deeper is given up. */
const MAX_DEPTH = 1_000;

/** Braces that open nothing. Past so many the text is no list of JSON, and looking on would take long. */
const MAX_FAILURES = 1_000;

export interface TopLevelObject {
  readonly value: JsonObject;
  /** As it is written. */
  readonly text: string;
  /** Where it starts in the whole. */
  readonly at: number;
}

/** All objects that are whole; `others`: characters that are part of none, but for white space, commas and brackets. */
export function topLevelObjects(text: string): {
  readonly objects: readonly TopLevelObject[];
  readonly others: number;
} {
  const objects: TopLevelObject[] = [];
  let others = 0;
  let from = 0;
  let failures = 0;
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', from)) {
    const end = endOf(text, at);
    const value = end === null ? undefined : objectIn(text.slice(at, end));
    if (value === undefined) {
      if (++failures > MAX_FAILURES) break;
      // A brace of other text: go on at the next line, so that the work stays linear.
      const line = text.indexOf('\n', at);
      const next = line < 0 ? text.length : line;
      others += next - from;
      from = next;
      continue;
    }
    others += text.slice(from, at).replace(/[\s,[\]]+/g, '').length;
    objects.push({ value, text: text.slice(at, end!), at });
    from = end!;
  }
  others += text.slice(from).replace(/[\s,[\]]+/g, '').length;
  return { objects, others };
}

/** Where the object that starts at `at` ends, exclusive; null when it does not. */
function endOf(text: string, at: number): number | null {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const unit = text[i];
    if (unit === '"') {
      i = stringEnd(text, i);
      if (i < 0) return null;
    } else if (unit === '{' || unit === '[') {
      if (++depth > MAX_DEPTH) return null;
    } else if ((unit === '}' || unit === ']') && --depth === 0) return i + 1;
  }
  return null;
}

/** The closing quotation mark of the string that opens at `at`; -1 when there is none. */
function stringEnd(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i;
  }
  return -1;
}

function objectIn(text: string): JsonObject | undefined {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return undefined;
  }
}
