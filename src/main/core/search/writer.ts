/**
 * Puts traces into the file that searches are answered from, and takes them out. A trace goes in by parts, each committed, and
 * is marked whole with the last: what a killed program left half is put in again. A file that is damaged is made again.
 */
import { closeSync, openSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { TraceId } from '../../../shared/model/ids.ts';
import { SIDES } from '../store/aside.ts';
import { isRegular } from '../store/files.ts';
import { isDamage } from '../store/problems.ts';
import { Gate } from '../worker/gate.ts';
import type { SearchDocument } from './documents.ts';
import { firstPage, MOST_PAGES, SEARCH_TABLES, SEARCH_VERSION, searchFile } from './schema.ts';
import { documentsOfPage, pageOf, tokensOfPage } from './text.ts';
import type { PageTokens } from './tokens.ts';

/** Characters of a page, about, and so of what is put in between two commits: some milliseconds. Of a trace of a megabyte or more, longer. */
const PAGE_CHARS = 32_768;
const BUSY_MS = 2000;
/** Pages that are written by one step of joining: some milliseconds. */
const MERGED_PAGES = 64;
/** Pages that leave the file in one turn. */
const VACUUMED_PAGES = 512;

export interface TracePlace {
  readonly nr: number;
  readonly id: TraceId;
}

const STALE = 'SELECT nr, id, whole FROM indexed WHERE nr >= :low AND nr < :high';
const OF_TRACE = 'SELECT number, documents FROM pages WHERE number >= ? AND number < ? ORDER BY number LIMIT 2';
const FORGET_TOKENS = "INSERT INTO tokens (tokens, rowid, text) VALUES ('delete', ?, ?)";
const FORGET_WORDS = `DELETE FROM words WHERE word IN (SELECT value FROM json_each(?))
  AND NOT EXISTS (SELECT 1 FROM tokens WHERE tokens MATCH '"' || word || '"')`;
const FORGET = 'DELETE FROM pages WHERE number = ?';
const FIND = 'SELECT nr FROM indexed WHERE id = ?';
const FORGET_TRACE = 'DELETE FROM indexed WHERE nr = ?';
const MERGE = "INSERT INTO tokens (tokens, rank) VALUES ('merge', ?)";
const MARK =
  'INSERT INTO indexed (nr, id, whole) VALUES (?, ?, ?) ON CONFLICT (nr) DO UPDATE SET whole = excluded.whole';
const PUT = 'INSERT INTO pages (number, documents) VALUES (?, ?)';
const PUT_TOKENS = 'INSERT INTO tokens (rowid, text) VALUES (?, ?)';
const PUT_WORDS = 'INSERT OR IGNORE INTO words (word) SELECT value FROM json_each(?)';

export class SearchWriter {
  readonly #file: string;
  readonly #gate: Gate;
  #db: Database.Database | undefined;
  #lost = false;

  /** `gate`: of the thread, where it has one. */
  constructor(dataDir: string, gate = new Gate()) {
    this.#file = searchFile(dataDir);
    this.#gate = gate;
  }

  close(): void {
    const db = this.#db;
    this.#db = undefined;
    if (!db) return;
    // A reader that closes after this connection would leave the log, and in it what was taken out of the file.
    emptyLog(db);
    db.close();
  }

  /** Whether what was in the file has been thrown away since this was last asked: all of it is to be put in again. */
  takeLoss(): boolean {
    const lost = this.#lost;
    this.#lost = false;
    return lost;
  }

  /**
   * Those of a stretch of the list that are not whole in the file, `traces` being all that the stretch has, newest first, and
   * `before` the row number above it. What else the file has of the stretch is taken out.
   */
  async missing(traces: readonly TracePlace[], before: number | null): Promise<readonly TraceId[]> {
    return this.#mended(async (db) => {
      const place = { low: traces.at(-1)?.nr ?? 0, high: before ?? Number.MAX_SAFE_INTEGER };
      const there = db.prepare<[typeof place], { nr: number; id: string; whole: number }>(STALE).all(place);
      const wanted = new Map<number, TraceId>(traces.map(({ nr, id }) => [nr, id]));
      for (const { nr, id, whole } of there)
        if (whole === 1 && wanted.get(nr) === id) wanted.delete(nr);
        else if (!wanted.has(nr)) await this.#remove(db, nr);
      return [...wanted.values()];
    });
  }

  /** In the place of what it has of the trace. */
  async put({ nr, id }: TracePlace, documents: readonly SearchDocument[]): Promise<void> {
    await this.#mended(async (db) => {
      await this.#remove(db, nr);
      const pages = [...pagesOf(documents)];
      const mark = (whole: boolean): void => void db.prepare(MARK).run(nr, id, whole ? 1 : 0);
      if (pages.length === 0) mark(true);
      for (const [at, page] of pages.entries()) {
        const { packed, tokens } = pageOf(page);
        const number = firstPage(nr) + BigInt(at);
        db.transaction(() => {
          db.prepare(PUT).run(number, packed);
          db.prepare(PUT_TOKENS).run(-number, written(tokens));
          db.prepare(PUT_WORDS).run(JSON.stringify([...tokens.words]));
          mark(at === pages.length - 1);
        })();
        await this.#gate.pause();
        if (!db.open) throw new Error('The program closes.');
      }
    });
  }

  async remove(id: TraceId): Promise<void> {
    await this.#mended(async (db) => {
      const found = db.prepare<[string], { nr: number }>(FIND).get(id);
      if (found) await this.#remove(db, found.nr);
    });
  }

  /**
   * What was put in lies in parts, each of which a search looks into. Joins some of them, as long as there are two of a size.
   * False: nothing is left to join.
   */
  async merge(): Promise<boolean> {
    return this.#mended(async (db) => {
      const changes = db.prepare<[], number>('SELECT total_changes()').pluck();
      const before = changes.get()!;
      db.prepare(MERGE).run(MERGED_PAGES);
      // Of FTS5: the statement itself counts as one.
      return changes.get()! - before > 1;
    });
  }

  /** Takes the pages that are free out of the file, some at a time, and what was removed out of its log. */
  async shrink(): Promise<void> {
    await this.#mended(async (db) => {
      const free = (): number => Number(db.pragma('freelist_count', { simple: true }));
      for (let [before, left] = [Infinity, free()]; left > 0 && left < before; [before, left] = [left, free()]) {
        db.pragma(`incremental_vacuum(${VACUUMED_PAGES})`);
        await this.#gate.pause();
        if (!db.open) return;
      }
      emptyLog(db);
    });
  }

  async #remove(db: Database.Database, nr: number): Promise<void> {
    const some = db.prepare<[bigint, bigint], { number: number; documents: Buffer }>(OF_TRACE);
    for (;;) {
      const pages = some.all(firstPage(nr), firstPage(nr + 1));
      if (pages.length === 0) {
        db.prepare(FORGET_TRACE).run(nr);
        return;
      }
      db.transaction(() => {
        for (const { number, documents } of pages) {
          const tokens = tokensOfPage(documentsOfPage(documents));
          db.prepare(FORGET_TOKENS).run(-BigInt(number), written(tokens));
          db.prepare(FORGET_WORDS).run(JSON.stringify([...tokens.words]));
          db.prepare(FORGET).run(BigInt(number));
        }
      })();
      await this.#gate.pause();
    }
  }

  /** Once more over a new file where the one that is there is damaged. */
  #mended<Value>(work: (db: Database.Database) => Promise<Value>): Promise<Value> {
    return this.#gate.stepwise(async () => {
      try {
        return await work((this.#db ??= this.#opened()));
      } catch (error) {
        if (!isDamage(error)) throw error;
        this.erase();
        return work((this.#db = this.#opened()));
      }
    });
  }

  #opened(): Database.Database {
    try {
      return this.#open();
    } catch (error) {
      if (!(error instanceof OtherVersion || error instanceof NoFile) && !isDamage(error)) throw error;
      this.erase();
      return this.#open();
    }
  }

  #open(): Database.Database {
    if (['', ...SIDES].some((side) => !isRegular(this.#file + side))) throw new NoFile();
    closeSync(openSync(this.#file, 'a', 0o600));
    const db = new Database(this.#file, { timeout: BUSY_MS });
    try {
      db.pragma('trusted_schema = OFF');
      // Counts for a file that is made now.
      db.pragma('auto_vacuum = INCREMENTAL');
      db.pragma('journal_mode = WAL');
      // What a power cut takes away is put in again.
      db.pragma('synchronous = NORMAL');
      db.pragma('secure_delete = FAST');
      const version = Number(db.pragma('user_version', { simple: true }));
      if (version !== 0 && version !== SEARCH_VERSION) throw new OtherVersion();
      if (version === 0)
        db.transaction(() => {
          db.exec(SEARCH_TABLES);
          db.pragma(`user_version = ${SEARCH_VERSION}`);
        })();
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Throws away all that it has; the next that is put in begins anew. */
  erase(): void {
    this.#gate.within(() => this.close());
    this.#lost = true;
    for (const side of ['', ...SIDES]) rmSync(this.#file + side, { force: true });
  }
}

class OtherVersion extends Error {}
/** A pipe, which would be waited for. */
class NoFile extends Error {}

/** Brings all that the log has into the file. A disk that does not take it, or a reader in the way, leaves it where it is. */
function emptyLog(db: Database.Database): void {
  try {
    db.pragma('wal_checkpoint(TRUNCATE)');
  } catch {
    // What the log has is as good there; the next one tries again.
  }
}

/** As the tokenizer parts them again. */
const written = ({ words, others }: PageTokens): string => [...words, ...others].join(' ');

function* pagesOf(documents: readonly SearchDocument[]): Iterable<readonly SearchDocument[]> {
  const all = documents.reduce((sum, { text }) => sum + text.length, 0);
  // Two pages that follow each other are longer than this together.
  const most = Math.max(PAGE_CHARS, Math.ceil((2 * all) / (MOST_PAGES - 1)));
  let page: SearchDocument[] = [];
  let chars = 0;
  for (const document of documents) {
    if (chars > 0 && chars + document.text.length > most) {
      yield page;
      page = [];
      chars = 0;
    }
    page.push(document);
    chars += document.text.length;
  }
  if (page.length > 0) yield page;
}
