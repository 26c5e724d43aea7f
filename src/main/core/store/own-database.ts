/**
 * The one database that is written: the file, or one in memory. Whatever becomes of the file meanwhile (it is moved, deleted,
 * replaced, overwritten, its log taken away), nothing that was written is mixed with what others put in its place.
 */
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, realpathSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { Aside, setLogAside, SIDES } from './aside.ts';
import { Connection } from './connection.ts';
import { openFile, type OpenedDatabase } from './database.ts';
import { FolderLock } from './folder-lock.ts';
import type { WriteOp } from './ops/registry.ts';
import { FileGone, type Gone } from './problems.ts';
import { Purge } from './purge.ts';
import { WatchedFile } from './watched-file.ts';
import { StoreWriter, type Written } from './writer.ts';

export interface OwnDatabaseSetup {
  readonly dataDir: string;
  readonly undoMs: number;
  readonly restMs: number;
}

/** A connection, and what goes with it. */
interface Open {
  readonly db: Database.Database;
  readonly connection: Connection;
  readonly writer: StoreWriter;
  /** Of a file. */
  readonly watched: WatchedFile | undefined;
  readonly purge: Purge | undefined;
}

export class OwnDatabase {
  readonly #setup: OwnDatabaseSetup;
  readonly #file: string | undefined;
  readonly #stored: Connection | undefined;
  #lock: FolderLock | undefined;
  /** Undefined while the file cannot be opened again. */
  #open: Open | undefined;
  #idle: NodeJS.Timeout | undefined;
  #mending: NodeJS.Immediate | undefined;

  /** `stored`: what lies under a database in memory. */
  constructor({ db, file, lock }: OpenedDatabase, stored: Connection | undefined, setup: OwnDatabaseSetup) {
    this.#setup = setup;
    this.#file = file;
    this.#lock = lock;
    this.#stored = stored;
    this.#open = this.#opened(db);
  }

  /** Throws what keeps it from being opened. */
  get connection(): Connection {
    return this.#ready().connection;
  }

  /** All of it in one transaction, see StoreWriter. Throws where nothing can be written; then nothing was. */
  write(ops: readonly WriteOp[]): Written {
    try {
      const { writer, watched, purge } = this.#checked();
      const written = watched ? watched.writing(() => writer.write(ops)) : writer.write(ops);
      if (ops.some(({ name }) => name === 'delete' || name === 'restore')) purge?.look();
      return written;
    } catch (error) {
      // Told first, mended for the next try.
      if (error instanceof FileGone) this.#mending ??= setImmediate(() => this.#mend(error.gone));
      throw error;
    } finally {
      this.#checkpointWhenIdle();
    }
  }

  close(): void {
    clearTimeout(this.#idle);
    clearImmediate(this.#mending);
    const gone = this.#goneNow();
    // Closing brings what the log holds into the file that was overwritten, whosever that is now. Of one that is elsewhere, the log
    // would stay and be taken for the log of what lies in its place.
    if (gone === 'overwritten') setLogAside(realpathSync(this.#file!));
    else if (gone !== undefined) this.#mend(gone);
    else this.#open?.purge?.close({ finish: true });
    this.#checkpoint();
    this.#close();
    if (gone === 'replaced') this.#leaveLog(realpathSync(this.#file!));
    this.#lock?.release();
  }

  #goneNow(): Gone | undefined {
    try {
      this.#open?.watched?.check();
      return undefined;
    } catch (error) {
      return error instanceof FileGone ? error.gone : undefined;
    }
  }

  /** What could not be brought out of the log before, since somebody was reading. */
  #leaveLog(file: string): void {
    const aside = new Aside(file);
    aside.move();
    aside.keep();
  }

  #ready(): Open {
    return (this.#open ??= this.#opened(openFile(this.#file!)));
  }

  /** A log that was taken away is made anew first. */
  #checked(): Open {
    const open = this.#ready();
    open.watched?.check();
    if (open.watched?.lostItsLog !== true) return open;
    this.#checkpoint();
    this.#close();
    return this.#ready();
  }

  #opened(db: Database.Database): Open {
    const connection = new Connection(db);
    const writer = new StoreWriter(connection, this.#stored);
    if (this.#file === undefined) return { db, connection, writer, watched: undefined, purge: undefined };
    const watched = new WatchedFile(realpathSync(this.#file));
    const purge = new Purge({
      db,
      connection,
      undoMs: this.#setup.undoMs,
      watched,
      gone: (nr) => writer.forget(nr),
      shrunk: () => this.#checkpoint(),
    });
    purge.look();
    return { db, connection, writer, watched, purge };
  }

  #close(): void {
    const open = this.#open;
    this.#open = undefined;
    open?.purge?.close({ finish: false });
    open?.db.close();
    open?.watched?.close();
  }

  #checkpointWhenIdle(): void {
    if (this.#idle) this.#idle.refresh();
    else this.#idle = setTimeout(() => this.#checkpoint(), this.#setup.restMs);
  }

  /** Brings what the log holds into the file. */
  #checkpoint(): void {
    const { db, watched } = this.#open ?? {};
    if (!db || !watched) return;
    try {
      // With a reader in its way it does what it can; the next one does the rest.
      watched.writing(() => db.pragma('wal_checkpoint(TRUNCATE)'));
    } catch {
      // The disk is full, or the like: all of it stays in the log, which is as good a place. A file that is another one now is
      // told of by the next write.
    }
  }

  #mend(gone: Gone): void {
    this.#mending = undefined;
    const open = this.#open;
    if (this.#file === undefined || !open) return;
    try {
      if (gone === 'overwritten') return this.#leaveOverwritten(realpathSync(this.#file));
      // What the log holds belongs to the file that was taken away, which then is whole on its own.
      open.db.pragma('wal_checkpoint(TRUNCATE)');
      if (gone === 'moved') this.#rewrite(this.#file, open.db);
    } catch {
      // Tried again with the next write.
    }
  }

  /** Copied over by another file: what the log and this connection hold belongs to the one before, and must not get into it. */
  #leaveOverwritten(file: string): void {
    setLogAside(file);
    this.#close();
    for (const side of SIDES) rmSync(file + side, { force: true });
    this.#ready();
  }

  /**
   * Nothing is in the file's place, but all of it can still be read: it is written there again, and what somebody puts there
   * at the same moment is left alone.
   */
  #rewrite(file: string, db: Database.Database): void {
    const copy = `${file}.rewritten`;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#lockAgain();
    const aside = new Aside(file);
    try {
      rmSync(copy, { force: true });
      closeSync(openSync(copy, 'wx', 0o600));
      db.prepare('VACUUM INTO ?').run(copy);
      sync(copy);
      // An old log must not meet the new file.
      aside.move();
      linkSync(copy, file);
    } catch (error) {
      aside.undo();
      throw error;
    } finally {
      rmSync(copy, { force: true });
    }
    this.#close();
    aside.keep();
    this.#ready();
  }

  /** The folder may have gone with the file; another program could have the new one. Throws then. */
  #lockAgain(): void {
    if (!this.#lock || this.#lock.stands) return;
    const taken = FolderLock.take(this.#setup.dataDir);
    if ('holder' in taken) throw new Error('Another program uses the folder that is there now.');
    this.#lock.release();
    this.#lock = taken.lock;
  }
}

function sync(file: string): void {
  const fd = openSync(file, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
