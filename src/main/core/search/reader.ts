/** Answers searches, on a connection of its own: it waits for nobody who puts traces in. */
import Database from 'better-sqlite3';
import { LRUCache } from 'lru-cache';
import type { BlockId } from '../../../shared/model/messages.ts';
import type { SearchPart } from '../../../shared/model/search.ts';
import { folded } from '../../../shared/text/fold.ts';
import { identityOf, isRegular } from '../store/files.ts';
import { Gate } from '../worker/gate.ts';
import type { SearchDocument } from './documents.ts';
import { SEARCH_VERSION, searchFile, traceOfPage } from './schema.ts';
import { documentsOfPage, excerptOf, placesIn, termsOf, type Excerpt } from './text.ts';
import { pageQuery } from './tokens.ts';
import { Vocabulary } from './vocabulary.ts';

export interface SearchQuery {
  readonly text: string;
  /** Absent: all. */
  readonly part?: SearchPart | undefined;
  /** The `next` of the answer before. */
  readonly before?: number | null | undefined;
  readonly limit: number;
}

export interface FoundDocument {
  /** Row number of its trace. */
  readonly nr: number;
  readonly part: SearchPart;
  readonly label: string;
  readonly excerpt: Excerpt;
  readonly block: BlockId | null;
  /** Where it stands in the block's text, in UTF-16 code units. */
  readonly offset: number;
  /** The first event of the block, or the event that said it. */
  readonly event: number | null;
}

export interface FoundPage {
  readonly found: readonly FoundDocument[];
  /** Where to go on; null: that is all. */
  readonly next: number | null;
}

/** Of one trace: its others are seen once it is open. */
const MOST_OF_TRACE = 3;
/** An answer that takes longer is given in parts. */
const SLICE_MS = 50;

/** Characters of pages that are kept unpacked: who types asks for the newest again with every letter. */
const KEPT_CHARS = 8_000_000;

const BY_TOKENS = 'SELECT -rowid AS number FROM tokens WHERE tokens MATCH :tokens AND rowid > -:before ORDER BY rowid';
const ALL = 'SELECT number FROM pages WHERE number < :before ORDER BY number DESC';
const DOCUMENTS = 'SELECT documents FROM pages WHERE number = ?';
const DATA_VERSION = 'SELECT data_version AS version FROM pragma_data_version()';

type Places = readonly (readonly [number, number])[];

/** `inside`: its text folded. */
interface Unpacked {
  readonly document: SearchDocument;
  readonly inside: string;
}

interface OpenFile {
  readonly db: Database.Database;
  readonly identity: string;
  readonly version: Database.Statement<[], { version: number }>;
  readonly byTokens: Database.Statement<[object], { number: number }>;
  readonly all: Database.Statement<[object], { number: number }>;
  readonly documents: Database.Statement<[number], { documents: Buffer }>;
  readonly vocabulary: Vocabulary;
}

export class SearchReader {
  readonly #file: string;
  readonly #gate: Gate;
  #open: OpenFile | undefined;
  /** By their numbers, as they were at a version of the file. */
  readonly #pages = new LRUCache<number, readonly Unpacked[]>({
    maxSize: KEPT_CHARS,
    sizeCalculation: (page) => page.reduce((sum, { inside }) => sum + inside.length, 1),
  });
  #version: number | undefined;

  /** `gate`: of the thread, where it has one. */
  constructor(dataDir: string, gate = new Gate()) {
    this.#file = searchFile(dataDir);
    this.#gate = gate;
  }

  close(): void {
    this.#open?.db.close();
    this.#open = undefined;
    this.#pages.clear();
    this.#version = undefined;
  }

  /** The newest first, at most a few of each trace. Throws what SQLite throws. */
  find({ text, part, before, limit }: SearchQuery): FoundPage {
    const found: FoundDocument[] = [];
    let last = { nr: -1, count: 0 };
    const enough = (nr: number): boolean => last.nr === nr && last.count === MOST_OF_TRACE;
    const next = this.#look(
      { text, part, before, enough },
      (nr, document, places) => {
        last = { nr, count: last.nr === nr ? last.count + 1 : 1 };
        const { block = null, start = 0, event, label } = document;
        const offset = start + places[0]![0];
        found.push({ nr, part: document.part, label, excerpt: excerptOf(document.text, places), block, offset, event });
      },
      () => found.length >= limit,
    );
    return { found, next };
  }

  /** Row numbers of all traces that have it. */
  traces({ text, part, before }: Omit<SearchQuery, 'limit'>): {
    readonly nrs: readonly number[];
    readonly next: number | null;
  } {
    const nrs = new Set<number>();
    const next = this.#look({ text, part, before, enough: (nr) => nrs.has(nr) }, (nr) => nrs.add(nr));
    return { nrs: [...nrs], next };
  }

  /**
   * Gives `take` the documents that have all the terms, none of a trace of which there are enough, until it is `full` or the
   * time is up. The place where to go on, or null.
   */
  #look(
    query: Omit<SearchQuery, 'limit'> & { readonly enough: (nr: number) => boolean },
    take: (nr: number, document: SearchDocument, places: Places) => void,
    full: () => boolean = () => false,
  ): number | null {
    return this.#gate.within(() => {
      const file = this.#ready();
      // What is kept of the pages is of the same state of the file as what finds them.
      return file ? file.db.transaction(() => this.#lookIn(file, query, take, full))() : null;
    });
  }

  #lookIn(
    file: OpenFile,
    { text, part, before, enough }: Omit<SearchQuery, 'limit'> & { readonly enough: (nr: number) => boolean },
    take: (nr: number, document: SearchDocument, places: Places) => void,
    full: () => boolean,
  ): number | null {
    const terms = termsOf(text);
    if (terms.length === 0) return null;
    this.#forgetOld(file);
    const tokens = pageQuery(terms, (part) => file.vocabulary.completed(part));
    if (tokens === undefined) return null;
    const until = performance.now() + SLICE_MS;
    const place = { before: BigInt(before ?? Number.MAX_SAFE_INTEGER), ...(tokens !== null && { tokens }) };
    for (const { number } of (tokens === null ? file.all : file.byTokens).iterate(place)) {
      const nr = traceOfPage(number);
      if (enough(nr)) continue;
      for (const { document, inside } of this.#pageOf(file, number)) {
        const places = part === undefined || document.part === part ? placesIn(document.text, inside, terms) : null;
        if (places) take(nr, document, places);
        if (enough(nr)) break;
      }
      if (full() || performance.now() > until) return number;
    }
    return null;
  }

  #pageOf(file: OpenFile, number: number): readonly Unpacked[] {
    const kept = this.#pages.get(number);
    if (kept) return kept;
    const packed = file.documents.get(number)?.documents;
    const page = packed ? documentsOfPage(packed).map((document) => ({ document, inside: folded(document.text) })) : [];
    this.#pages.set(number, page);
    return page;
  }

  #forgetOld({ version, vocabulary }: OpenFile): void {
    const now = version.get()?.version;
    if (now === this.#version) return;
    this.#pages.clear();
    vocabulary.refresh();
    this.#version = now;
  }

  /** Undefined where there is no file yet, or one of another version. */
  #ready(): OpenFile | undefined {
    const identity = identityOf(this.#file);
    if (identity !== this.#open?.identity) this.close();
    if (identity === undefined || this.#open) return this.#open;
    // The writer makes another file of a pipe, which would be waited for.
    if (!isRegular(this.#file)) return undefined;
    const db = new Database(this.#file, { readonly: true, fileMustExist: true });
    db.pragma('trusted_schema = OFF');
    if (Number(db.pragma('user_version', { simple: true })) !== SEARCH_VERSION) {
      db.close();
      return undefined;
    }
    this.#open = {
      db,
      identity,
      version: db.prepare(DATA_VERSION),
      byTokens: db.prepare(BY_TOKENS),
      all: db.prepare(ALL),
      documents: db.prepare(DOCUMENTS),
      vocabulary: new Vocabulary(db),
    };
    return this.#open;
  }
}
