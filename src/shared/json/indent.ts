/**
 * JSON text with one value a line, as it came: numbers keep their digits, keys their order and their repeats, strings their
 * escapes, all of which parsing and printing again would lose.
 */
import { isJson } from './json-object.ts';

/** Beyond it lines no longer move to the right: deep nesting would cost the square of its depth. */
const MAX_INDENT = 64;
const INDENT = '  ';

/** A string, a punctuation mark, or all of a number or name up to the next of these or a blank. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gs;

/** Null when the text is no JSON that is parsed (see json-text.ts). Linear in its length. */
export function indentJson(text: string): string | null {
  if (!isJson(text)) return null;
  const parts: string[] = [];
  let depth = 0;
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (closes(token)) depth--;
    parts.push(between(last, token, depth), token);
    if (opens(token)) depth++;
    last = token;
  }
  return parts.join('');
}

function between(last: string, token: string, depth: number): string {
  if (last === ':') return ' ';
  // What is empty stays on its line.
  const breaks = closes(token) ? !opens(last) : opens(last) || last === ',';
  return breaks ? `\n${INDENT.repeat(Math.min(depth, MAX_INDENT))}` : '';
}

const opens = (token: string): boolean => token === '{' || token === '[';
const closes = (token: string): boolean => token === '}' || token === ']';
