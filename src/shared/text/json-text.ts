/**
 * JSON as a stream or a file has it, which may nest as deep as it is long. What nests too deep is no JSON here: a value takes some 100 bytes
 * for each level, and a level two characters.
 */
import { count } from './count.ts';

/** Levels that are parsed. Events of providers have about ten; Python's json stops at some 1,000. */
export const MOST_LEVELS = 10_000;

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

/** It nests deeper than what is parsed. */
export class NestsTooDeep extends SyntaxError {
  readonly levels: number;

  constructor(levels: number) {
    super(`It nests ${count(levels)} levels deep, too deep to be decoded`);
    this.levels = levels;
  }
}

/** Throws SyntaxError for what is no JSON, and NestsTooDeep. */
export function parsedJson(text: string): unknown {
  // Nearly every event is shorter and needs no look.
  const levels = text.length > 2 * MOST_LEVELS ? levelsOf(text) : 0;
  if (levels > MOST_LEVELS) throw new NestsTooDeep(levels);
  return JSON.parse(text);
}

/**
 * The same JSON, of which each list and object below so many levels is a text: its own. What is JSON but for its
 * depth is parsed then, at any depth; brackets in such a text need not match.
 */
export function textBelow(text: string, levels: number): string {
  const parts: string[] = [];
  let [open, deepFrom, done] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = stringEnd(text, at);
      if (at === -1) break;
    } else if (unit === OPEN_BRACKET || unit === OPEN_BRACE) {
      if (open++ === levels) deepFrom = at;
    } else if ((unit === CLOSE_BRACKET || unit === CLOSE_BRACE) && --open === levels) {
      parts.push(text.slice(done, deepFrom), JSON.stringify(text.slice(deepFrom, at + 1)));
      done = at + 1;
    }
  }
  return parts.join('') + text.slice(done);
}

/** Brackets that are open at once, at most. */
export function levelsOf(text: string): number {
  let [open, most] = [0, 0];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      at = stringEnd(text, at);
      if (at === -1) break;
    } else if (unit === OPEN_BRACKET || unit === OPEN_BRACE) most = Math.max(most, ++open);
    else if (unit === CLOSE_BRACKET || unit === CLOSE_BRACE) open--;
  }
  return most;
}

/** The closing quotation mark of the string that opens at `at`; -1 when there is none. */
function stringEnd(text: string, at: number): number {
  for (let end = text.indexOf('"', at + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text.charCodeAt(first - 1) === BACKSLASH) first--;
    if ((end - first) % 2 === 0) return end;
  }
  return -1;
}
