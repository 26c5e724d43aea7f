/**
 * The words of all pages, kept in memory to complete parts of words: a search looks through each word once, instead of through
 * each text that has it. Bytes outside of the heap, since they may be many.
 */
import type Database from 'better-sqlite3';
import type { WordPart } from './tokens.ts';

const END = '\n';
const NEW_WORDS = 'SELECT word FROM words WHERE number > ? ORDER BY number';
const LAST = 'SELECT max(number) AS last FROM words';
/** Beyond so many pieces they are joined. */
const MOST_PIECES = 16;
/** Parts whose words are kept. */
const MOST_KEPT = 500;
/** Words that a part is completed to, at most. */
const MOST_WORDS = 32;

export class Vocabulary {
  readonly #new: Database.Statement<[number], string>;
  readonly #lastNumber: Database.Statement<[], number | null>;
  /** Words, each between two ends. Those that no page has any more do no harm. */
  #pieces: Buffer[] = [];
  #last = 0;
  readonly #kept = new Map<string, readonly string[] | null>();

  constructor(db: Database.Database) {
    this.#new = db.prepare<[number], string>(NEW_WORDS).pluck();
    this.#lastNumber = db.prepare<[], number | null>(LAST).pluck();
  }

  /** Takes in what has been put into the file since. */
  refresh(): void {
    const last = this.#lastNumber.get() ?? 0;
    if (last <= this.#last) return;
    this.#kept.clear();
    this.#pieces.push(Buffer.from(END + this.#new.all(this.#last).join(END) + END));
    this.#last = last;
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
