/**
 * Takes deleted traces out of the file: some time after they were hidden, so that a person can take a deletion back, and
 * a slice at a time, so that nobody waits for it. Then their pages leave the file, and its log.
 */
import type Database from 'better-sqlite3';
import type { Connection } from './connection.ts';
import { PURGED } from './lookup.ts';
import type { WatchedFile } from './watched-file.ts';

const HIDDEN = 'SELECT nr, deleted_at FROM traces WHERE deleted_at IS NOT NULL ORDER BY nr';
const BEGIN = `UPDATE traces SET deleted_at = ${PURGED} WHERE nr = ? AND deleted_at IS NOT NULL`;
const SEGMENTS = 'DELETE FROM segments WHERE trace = ? LIMIT 256';
const TRACE = `DELETE FROM traces WHERE nr = ? AND deleted_at = ${PURGED}`;
/** Pages that leave the file in one turn. */
const VACUUMED_PAGES = 512;
/** What is left of it when the program ends is done after its next start. */
const CLOSING_MS = 2000;

export interface PurgeSetup {
  readonly db: Database.Database;
  readonly connection: Connection;
  /** How long a deletion can be taken back, in milliseconds. */
  readonly undoMs: number;
  readonly watched: WatchedFile;
  /** The trace with this row number is no more. */
  readonly gone: (nr: number) => void;
  /** All that can leave the file has left it, but for what the log holds. */
  readonly shrunk: () => void;
}

export class Purge {
  readonly #setup: PurgeSetup;
  /** When each hidden trace may go, by its row number; by a clock that only goes forward. */
  readonly #due = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;
  #turn: NodeJS.Immediate | undefined;

  constructor(setup: PurgeSetup) {
    this.#setup = setup;
  }

  /** To be told when the program starts and when traces were hidden or brought back. */
  look(): void {
    const now = performance.now();
    const hidden = this.#hidden();
    for (const nr of this.#due.keys()) if (!hidden.has(nr)) this.#due.delete(nr);
    for (const [nr, deletedAt] of hidden)
      if (!this.#due.has(nr)) this.#due.set(nr, deletedAt === PURGED ? now : now + this.#setup.undoMs);
    this.#wait();
  }

  /** Stops, or at the end of the program does at once what there is to do, within a limit of time. */
  close({ finish }: { readonly finish: boolean }): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    if (!finish) return;
    const until = performance.now() + CLOSING_MS;
    try {
      for (const nr of this.#hidden().keys()) this.#due.set(nr, 0);
      while (performance.now() < until && this.#step());
    } catch {
      // The next start goes on with it.
    }
  }

  #hidden(): ReadonlyMap<number, number> {
    const rows = this.#setup.connection.all<{ readonly nr: number; readonly deleted_at: number }>(HIDDEN);
    return new Map(rows.map(({ nr, deleted_at }) => [nr, deleted_at]));
  }

  #wait(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
    const next = Math.min(...this.#due.values());
    if (next !== Infinity) this.#timer = setTimeout(() => this.#work(), Math.max(0, next - performance.now()));
    else if (this.#freePages() > 0) this.#turn = setImmediate(() => this.#work());
  }

  #work(): void {
    try {
      if (this.#step()) this.#turn = setImmediate(() => this.#work());
      else this.#wait();
    } catch {
      // A file that cannot be written now is told of by the writes that matter; the next look goes on.
    }
  }

  /** One slice of the work that is due. False when none is. */
  #step(): boolean {
    const now = performance.now();
    const [nr] = [...this.#due].find(([, at]) => at <= now) ?? [];
    if (nr === undefined) return this.#shrink();
    if (this.#setup.watched.writing(() => this.#takeOut(nr))) return true;
    this.#due.delete(nr);
    this.#setup.gone(nr);
    return true;
  }

  /** False when nothing of the trace is left. */
  #takeOut(nr: number): boolean {
    const { connection } = this.#setup;
    connection.run(BEGIN, nr);
    if (connection.run(SEGMENTS, nr) > 0) return true;
    connection.run(TRACE, nr);
    return false;
  }

  #shrink(): boolean {
    const free = this.#freePages();
    if (free === 0) return false;
    const { db, watched, shrunk } = this.#setup;
    watched.writing(() => db.pragma(`incremental_vacuum(${VACUUMED_PAGES})`));
    const left = this.#freePages();
    // A file that was made without it keeps its free pages.
    if (left > 0 && left < free) return true;
    shrunk();
    return false;
  }

  #freePages(): number {
    return Number(this.#setup.db.pragma('freelist_count', { simple: true }));
  }
}
