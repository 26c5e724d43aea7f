/**
 * The words of all pages, kept in memory to complete parts of words: a search looks through each word once, instead of through
 * each text that has it. Bytes outside of the heap, since they may be many.
 */
import type Database from 'better-sqlite3';
import type { WordPart } from './tokens.ts';

const END = '\n';
/** Words that are read together, as one text: a string for each would take several times the memory, and the time. */
const READ_WORDS = 20_000;
const NEW_WORDS = `SELECT group_concat(word, char(10)) AS words, max(number) AS last
  FROM (SELECT number, word FROM words WHERE number > ? ORDER BY number LIMIT ${READ_WORDS})`;
/** Beyond so many pieces they are joined. */
const MOST_PIECES = 16;
/** Parts whose words are kept. */
const MOST_KEPT = 500;
/** Words that a part is completed to, at most. */
const MOST_WORDS = 32;

export class Vocabulary {
  readonly #new: Database.Statement<[number], { readonly words: string; readonly last: number | null }>;
  /** Words, each between two ends. Those that no page has any more do no harm. */
  #pieces: Buffer[] = [];
  #last = 0;
  readonly #kept = new Map<string, readonly string[] | null>();

  constructor(db: Database.Database) {
    this.#new = db.prepare(NEW_WORDS);
  }

  /** Takes in what has been put into the file since. */
  refresh(): void {
    const read: Buffer[] = [];
    for (let page = this.#new.get(this.#last)!; page.last !== null; page = this.#new.get(this.#last)!) {
      read.push(Buffer.from(END + page.words + END));
      this.#last = page.last;
    }
    if (read.length === 0) return;
    this.#kept.clear();
    this.#pieces.push(...read);
    if (this.#pieces.length > MOST_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
  }

  /** Words that have the part; null where they are many. */
  completed(part: WordPart): readonly string[] | null {
    const key = keyOf(part);
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const words = this.#narrowed(part) ?? this.#found(key);
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(key, words);
    return words;
  }

  /** Of the words that have its beginning: who types asks for that first. Undefined where nobody did. */
  #narrowed({ text, starts, ends }: WordPart): readonly string[] | undefined {
    const key = keyOf({ text, starts, ends });
    for (let end = text.length - 1; end > 0; end--) {
      const words = this.#kept.get(keyOf({ text: text.slice(0, end), starts, ends: false }));
      if (words) return words.filter((word) => (END + word + END).includes(key));
    }
    return undefined;
  }

  #found(key: string): readonly string[] | null {
    const wanted = Buffer.from(key);
    const found = new Set<string>();
    for (const piece of this.#pieces)
      for (let at = piece.indexOf(wanted); at >= 0;) {
        // Within a word, or at the end before it.
        const inside = at + (key.startsWith(END) ? 1 : 0);
        const end = piece.indexOf(END, inside);
        found.add(piece.toString('utf8', piece.lastIndexOf(END, inside - 1) + 1, end));
        if (found.size > MOST_WORDS) return null;
        at = piece.indexOf(wanted, end);
      }
    return [...found];
  }
}

/** What is looked for among the words and the ends between them. */
const keyOf = ({ text, starts, ends }: WordPart): string => (starts ? END : '') + text + (ends ? END : '');
