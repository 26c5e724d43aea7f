/** Rules on text that was written by a server or a gateway instead of the model, or changed on its way. */
import type { WireBlock } from '../model/messages.ts';
import { objectOf, parseJson } from '../json/json-object.ts';
import { chatText } from './example-bodies.ts';
import type { LintCheck, LintRule } from './rule.ts';
import { isQuoted } from './text-markup.ts';

/** A longer text is an answer. */
const MAX_ERROR_CHARS = 500;
/** What servers put before an error that they send as text. */
const MARKED =
  /^(?:\[error\]|<error>|\*\*[^*\n]{0,20}error\b|[\u274C\u26A0]\uFE0F?\s*\**\s*error\b|error(?: code)?:|api error\b)/i;
/** Words of failures, without which a marked text may be the answer to a question about one. */
const FAILED =
  /\b(?:upstream|timed? ?-?out|rate.?limit|too many requests|status(?: code)?|[45]\d\d|connection|quota|server|overloaded|unavailable|died|reset|refused|exceeded|api|provider|backend|engine|internal|traffic|out of memory)\b/i;
const EXCEPTION = /^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception): \S/;
const SENTENCE =
  /^(?:internal server error|bad gateway|gateway time-?out|service (?:temporarily )?unavailable|too many requests|upstream (?:connect error|request timeout|timed out)\b.{0,200}|no healthy upstream|error code: [45]\d\d)[.!]?$/i;
const PAGE = /^(?:<!doctype html|<html)[^]*<title>[^<]*\b[45]\d\d\b/i;

/** Whether a text reads as the error of a server. */
function readsAsError(given: string): boolean {
  if (given.length > MAX_ERROR_CHARS && !/^(?:<|Traceback)/.test(given)) return false;
  const text = given.trim();
  if (text.startsWith('{')) return Boolean(objectOf(parseJson(text))?.['error']);
  return (
    (MARKED.test(text) && FAILED.test(text)) ||
    EXCEPTION.test(text) ||
    SENTENCE.test(text) ||
    PAGE.test(text) ||
    text.startsWith('Traceback (most recent call last):')
  );
}

const MAX_SHOWN = 80;
const shown = (text: string): string =>
  JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}\u2026` : text);

/** Characters that no text has but line ends and tabs. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for.
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;

/** How characters are written in code and in HTML. */
interface Escape {
  readonly pattern: RegExp;
  /** How many are no chance. */
  readonly least: number;
  /** What a text has where only some of its characters are written so, as one does that speaks of escapes. */
  readonly never?: RegExp;
  readonly fact: (count: number, at: number) => string;
}

const ESCAPES: readonly Escape[] = [
  {
    pattern: /\\n/g,
    least: 3,
    never: /\n/,
    fact: (count) => `has \\n as two characters ${count} times, and no line end`,
  },
  {
    // Beside a letter or another one: a text that speaks of an escape sets it apart.
    pattern:
      /(?<=\p{L})(?:\\u(?!00[0-7])[\da-f]{4})+|(?:\\u(?!00[0-7])[\da-f]{4}){2,}|\\u(?!00[0-7])[\da-f]{4}(?=\p{L})/giu,
    least: 1,
    never: /\P{ASCII}/u,
    fact: (count, at) =>
      `has characters as \\u and four digits in ${count} ${count === 1 ? 'place' : 'places'}, the first at character ${at}, and none beyond ASCII`,
  },
  {
    pattern: /&(?:quot|apos|#0?39|#x27);/g,
    least: 2,
    fact: (count, at) => `has ${count} quotes as HTML entities, the first at character ${at}`,
  },
];

/** How a text is escaped once more than it should be; null where it is not. What is JSON or code may have escapes of its own. */
function escapedTwice(text: string): { readonly fact: string; readonly at: number } | null {
  if (/^\s*[{["'`<]/.test(text)) return null;
  for (const { pattern, least, never, fact } of ESCAPES) {
    if (never?.test(text)) continue;
    const found = [...text.matchAll(pattern)].filter(({ index }) => !isQuoted(text, index));
    if (found.length >= least) return { fact: fact(found.length, found[0]!.index), at: found[0]!.index };
  }
  return null;
}

/** A check that looks at each whole text. */
const eachText = (look: (one: WireBlock, ...rest: Parameters<NonNullable<LintCheck['end']>>) => void): LintCheck => ({
  end(stream, report) {
    for (const one of stream.outcome.blocks)
      if (one.kind === 'text' || one.kind === 'reasoning') look(one, stream, report);
  },
});

export const CONTENT_RULES: readonly LintRule[] = [
  {
    id: 'error-in-text',
    strict: 'warning',
    lenient: 'warning',
    help: 'The text is, or ends with, what reads as an error of a server: a gateway that may not change the status of a running response puts the error into the answer, where nothing tells it from what the model says.',
    advice:
      'Clients take it for the answer, show it and send it back in the history. Treat the turn as failed; a gateway should send an event with an error.',
    example: chatText('Hi ', '[ERROR] upstream died'),
    counterexample: chatText('Hi ', 'An error is no answer.'),
    check: () => {
      const last = new Map<string, { readonly text: string; readonly event: number | null }>();
      let block: string | null = null;
      let text = '';
      let event: number | null = null;
      const keep = (): void => {
        if (block !== null) last.set(block, { text, event });
      };
      return {
        hears: ['assistant_message'],
        message(said, at) {
          if (said.message_type !== 'assistant_message' || said.content === '') return;
          if (said.block !== block) keep();
          ({ block, content: text } = said);
          event = at;
        },
        end({ outcome }, report) {
          keep();
          for (const one of outcome.blocks) {
            if (one.kind !== 'text') continue;
            const piece = last.get(one.block);
            if (readsAsError(one.text))
              report(
                one.firstEvent,
                `The text ${one.block} is nothing but what reads as an error: ${shown(one.text.trim())}.`,
              );
            else if (piece && readsAsError(piece.text))
              report(
                piece.event,
                `The text ${one.block} ends with what reads as an error: ${shown(piece.text.trim())}.`,
              );
          }
        },
      };
    },
  },
  {
    id: 'control-character',
    strict: 'warning',
    lenient: 'info',
    help: 'The answer contains characters that have no place in a text: NUL, or the escape codes of a terminal. A server reads the output of a program, or of a tokenizer that writes bytes.',
    advice:
      'Terminals obey them, databases refuse them and other clients show boxes. Take them out before you show or store the text.',
    example: chatText('\u001B[32mHi', '\u001B[0m'),
    counterexample: chatText('Hi\tthere', '\n'),
    check: () =>
      eachText((one, { eventAt }, report) => {
        const found = CONTROL.exec(one.text);
        if (!found) return;
        const code = found[0].charCodeAt(0);
        const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
        const what =
          code === 0x1b && one.text[found.index + 1] === '['
            ? `${name}, with which an escape code of a terminal begins,`
            : name;
        report(
          eventAt(one.block, found.index) ?? one.firstEvent,
          `The ${one.kind} ${one.block} contains ${what} at character ${found.index}.`,
        );
      }),
  },
  {
    id: 'text-escaped',
    strict: 'warning',
    lenient: 'info',
    help: 'The text is escaped once more than it should be: line ends stand in it as \\n, letters beyond ASCII as \\u00e9, or quotes as HTML entities. A gateway escaped text that was to be escaped again by its JSON.',
    advice: 'Clients show the escapes. Look for what escapes the text on its way.',
    example: chatText('One\\n\\n', 'two\\nthree'),
    counterexample: chatText('One\n\n', 'two\nthree'),
    check: () =>
      eachText((one, { eventAt }, report) => {
        const found = escapedTwice(one.text);
        if (found)
          report(eventAt(one.block, found.at) ?? one.firstEvent, `The ${one.kind} ${one.block} ${found.fact}.`);
      }),
  },
];
