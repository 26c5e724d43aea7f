/**
 * What the index has of a page, and what a page must have to have a term. A token says that something stands in a page, not where
 * or how often: that takes few bytes, and is quickly intersected (docs/decisions/0014). All texts here are folded.
 *
 * A text is words, which are letters and digits in a row, other characters, and blanks. Characters of languages that are written
 * without blanks, such as Chinese, count as others. The tokens of a text are
 * - each word, a long one as pieces that overlap;
 * - each one, two and three characters in a row within a word;
 * - the last two characters of a word with the first two of the next, since a phrase is more than its words;
 * - each other character, and each two characters in a row of which at least one is such.
 */

/** Longer words are cut, in UTF-16 code units: digests and identifiers have no end. */
const WORD = 32;
/** From one piece of a long word to the next: as many characters in a row stand whole in one of them. */
const STEP = WORD / 2;
/** The longest part of a word that is a token of its own. */
const GRAM = 3;
/** Characters of each of two words that follow each other. */
const JOINT = 3;
/** Tokens that a page is asked for: whether it has the term is looked for in it anyway. */
const MOST_TOKENS = 48;

/** In each token that is no stretch of a text, and in no other. */
const MARK = '\x1F';

/** The tokenizer of FTS5 that parts tokens at blanks only: what is beyond ASCII always belongs to one. */
export const TOKENIZER = `ascii tokenchars '${MARK}!"#$%&()*+,-./:;<=>?@[\\]^_\`{|}~'''`;

const SCRIPTS = ['Han', 'Hira', 'Kana', 'Bopo', 'Thai', 'Laoo', 'Khmr', 'Mymr', 'Tibt'];
const SPACELESS = `[${SCRIPTS.map((script) => `\\p{scx=${script}}`).join('')}]`;
const IN_WORDS = new RegExp(`[[\\p{L}\\p{N}\\p{M}_]--${SPACELESS}]`, 'v');
const BLANK = /[\s\p{Cc}]/u;

type Kind = 'blank' | 'word' | 'other';

/** By code unit, once it is known: texts are read much faster by it than by an expression. */
const kinds: (Kind | undefined)[] = [];

function kindAt(text: string, at: number): Kind {
  const unit = text.charCodeAt(at);
  return (kinds[unit] ??= kindOf(text[at]!));
}

/** Half of a character beyond the basic plane is no letter, whatever the character. */
const kindOf = (unit: string): Kind => (BLANK.test(unit) ? 'blank' : IN_WORDS.test(unit) ? 'word' : 'other');

/** A word, or other characters in a row. */
interface Run {
  readonly kind: Kind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function* runsOf(text: string): Iterable<Run> {
  for (let start = 0, end = 0; start < text.length; start = end) {
    const kind = kindAt(text, start);
    do end++;
    while (end < text.length && kindAt(text, end) === kind);
    if (kind !== 'blank') yield { kind, text: text.slice(start, end), start, end };
  }
}

export interface PageTokens {
  readonly words: ReadonlySet<string>;
  readonly others: ReadonlySet<string>;
}

export function tokensOf(text: string): PageTokens {
  const words = new Set<string>();
  const others = new Set<string>();
  const grams = new Set<string>();
  let before: Run | undefined;
  let word: string | undefined;
  for (const run of runsOf(text)) {
    if (before?.end === run.start) others.add(sideBySide(before.text, run.text));
    before = run;
    if (run.kind === 'other') {
      for (const token of otherTokens(run.text)) others.add(token);
      continue;
    }
    if (word !== undefined) others.add(joint(word, run.text));
    word = run.text;
    if (words.has(word)) continue;
    for (const piece of piecesOf(word)) words.add(piece);
    if (word.length < GRAM) grams.add(word);
    for (let at = 0; at + GRAM <= word.length; at++) grams.add(word.slice(at, at + GRAM));
  }
  // Those of one and two characters from the others, which are fewer than the words.
  for (const longest of grams)
    for (let at = 0; at < longest.length; at++)
      for (let end = at + 1; end <= longest.length; end++) others.add(gram(longest.slice(at, end)));
  return { words, others };
}

function* piecesOf(word: string): Iterable<string> {
  let at = 0;
  for (; at + WORD < word.length; at += STEP) yield word.slice(at, at + WORD);
  yield word.slice(at);
}

const gram = (part: string): string => MARK + part;
const joint = (word: string, next: string): string => word.slice(-JOINT) + MARK + next.slice(0, JOINT);
const sideBySide = (run: string, next: string): string => lastOf(run) + String.fromCodePoint(next.codePointAt(0)!);
/** Its last character, which may be two code units. */
const lastOf = (run: string): string => Array.from(run.slice(-2)).at(-1)!;

function* otherTokens(run: string): Iterable<string> {
  let before = '';
  for (const one of run) {
    yield one;
    if (before !== '') yield before + one;
    before = one;
  }
}

/** A part of a word. */
export interface WordPart {
  readonly text: string;
  /** The word begins with it. */
  readonly starts: boolean;
  /** The word ends with it. */
  readonly ends: boolean;
}

/** The words of all pages that have a part, or null where they are many. */
export type Completion = (part: WordPart) => readonly string[] | null;

/**
 * What FTS5 finds the pages by that have the terms, and few others. Null where nothing can be asked: any page may have them.
 * Undefined where none has.
 */
export function pageQuery(terms: readonly string[], completed: Completion): string | null | undefined {
  const tokens = new Set<string>();
  const parts: WordPart[] = [];
  for (const term of terms)
    for (const one of needsOf(term))
      if (typeof one === 'string') tokens.add(one);
      else parts.push(one);
  const choices: string[] = [];
  for (const part of parts.slice(0, MOST_TOKENS)) {
    const words = completed(part);
    if (words?.length === 0) return undefined;
    if (words) choices.push(words.map(quoted).join(' OR '));
    else for (const token of gramsOf(part.text)) tokens.add(token);
  }
  // The longest are the rarest, roughly.
  const asked = [...tokens].toSorted((a, b) => b.length - a.length).slice(0, MOST_TOKENS);
  const all = [...choices.map((choice) => `(${choice})`), ...asked.map(quoted)];
  return all.length === 0 ? null : all.join(' AND ');
}

const quoted = (token: string): string => `"${token.replaceAll('"', '""')}"`;

/** Tokens and parts of words that each page with the term has. A word at either end of it may go on in the page. */
function* needsOf(term: string): Iterable<string | WordPart> {
  let before: Run | undefined;
  let word: Run | undefined;
  for (const run of runsOf(term)) {
    if (before?.end === run.start) yield sideBySide(before.text, run.text);
    before = run;
    if (run.kind === 'other') {
      const tokens = [...otherTokens(run.text)];
      yield* tokens.length === 1 ? tokens : tokens.filter((token) => [...token].length > 1);
      continue;
    }
    const [starts, ends] = [run.start > 0, run.end < term.length];
    if (word && (word.start > 0 || word.text.length >= JOINT) && (ends || run.text.length >= JOINT))
      yield joint(word.text, run.text);
    word = run;
    yield* wordNeeds({ text: run.text, starts, ends });
  }
}

function* wordNeeds({ text, starts, ends }: WordPart): Iterable<string | WordPart> {
  if (starts && ends && text.length <= WORD) yield text;
  else if (text.length <= GRAM) yield gram(text);
  else if (text.length <= STEP) yield { text, starts, ends };
  else {
    yield { text: text.slice(0, STEP), starts, ends: false };
    yield { text: text.slice(-STEP), starts: false, ends };
  }
}

/** So many that each character is in one. */
function* gramsOf(text: string): Iterable<string> {
  for (let at = 0; at + GRAM < text.length; at += GRAM) yield gram(text.slice(at, at + GRAM));
  yield gram(text.slice(-GRAM));
}
