/**
 * One writing program for each data folder. The lock is one of the system's on a file of its own, held through an open
 * transaction: it goes with the process however that ends, so it is never stale. The file beside it only says who holds it.
 */
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { identityOf, isRegular } from './files.ts';

export type Locked = { readonly lock: FolderLock } | { readonly holder: number | undefined };

export class FolderLock {
  readonly #db: Database.Database;
  readonly #file: string;
  readonly #pidFile: string;
  readonly #identity: string | undefined;

  private constructor(db: Database.Database, file: string, pidFile: string) {
    this.#db = db;
    this.#file = file;
    this.#pidFile = pidFile;
    this.#identity = identityOf(file);
  }

  /** Whether the locked file is still in its place: otherwise another program may have locked the one that is there now. */
  get stands(): boolean {
    return identityOf(this.#file) === this.#identity;
  }

  /** The lock, or the process id of who has it, as far as that is known. Throws where the folder cannot be written. */
  static take(dataDir: string): Locked {
    const file = join(dataDir, 'tracelane.lock');
    const pidFile = join(dataDir, 'tracelane.pid');
    // Opening a pipe would wait for ever.
    for (const path of [file, pidFile])
      if (!isRegular(path)) throw new Error(`${path} is a folder, a pipe or a device`);
    // Never opened by hand once it is there: closing it would drop the lock that this process may have on it.
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    const db = new Database(file, { timeout: 0 });
    try {
      db.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      db.close();
      if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_BUSY')) throw error;
      return { holder: holderOf(pidFile) };
    }
    try {
      writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
    } catch (error) {
      db.close();
      throw error;
    }
    return { lock: new FolderLock(db, file, pidFile) };
  }

  release(): void {
    rmSync(this.#pidFile, { force: true });
    this.#db.close();
  }
}

function holderOf(pidFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}
