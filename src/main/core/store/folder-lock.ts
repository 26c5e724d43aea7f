/**
 * One writing program for each data folder. The lock is one of the system's on a file of its own, held through an open
 * transaction: it goes with the process however that ends, so it is never stale. The file beside it only says who holds it.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { identityOf, isRegular } from './files.ts';
import { CannotOpen, isUnsuitable } from './problems.ts';

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

  /**
   * The lock, or the process id of who has it, as far as that is known. Throws CannotOpen where the disk has no locks, and what the system
   * throws where the folder cannot be written.
   */
  static take(dataDir: string): Locked {
    const file = join(dataDir, 'tracelane.lock');
    const pidFile = join(dataDir, 'tracelane.pid');
    // Opening a pipe would wait for ever.
    for (const path of [file, pidFile])
      if (!isRegular(path)) throw new Error(`${path} is a folder, a pipe or a device`);
    // Never opened by hand once it is there: closing it would drop the lock that this process may have on it.
    if (!existsSync(file)) closeSync(openSync(file, 'a', 0o600));
    const db = lockedOr(file);
    if (db === undefined) {
      // A disk without locks answers as one on which somebody else has the lock; but a file that nobody else knows nobody else has.
      if (!locksWork(dataDir)) throw new CannotOpen({ why: 'unsuitable', detail: 'files on it cannot be locked' });
      return { holder: holderOf(pidFile) };
    }
    try {
      writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 });
    } catch (error) {
      db.close();
      throw error;
    }
    clearProbes(dataDir);
    return { lock: new FolderLock(db, file, pidFile) };
  }

  release(): void {
    rmSync(this.#pidFile, { force: true });
    this.#db.close();
  }
}

/** Undefined where another program has the lock. */
function lockedOr(file: string): Database.Database | undefined {
  const db = new Database(file, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return undefined;
    if (isUnsuitable(error)) throw new CannotOpen({ why: 'unsuitable', detail: 'files on it cannot be locked' });
    throw error;
  }
}

const PROBE = /^tracelane\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.lock$/;

/** What programs leave that are killed while they look whether files can be locked. */
function clearProbes(dataDir: string): void {
  for (const name of readdirSync(dataDir).filter((one) => PROBE.test(one))) {
    const probe = join(dataDir, name);
    try {
      if (!isRegular(probe) || statSync(probe).size > 0) continue;
      const db = lockedOr(probe);
      db?.close();
      if (db) for (const side of ['', '-journal']) rmSync(probe + side, { force: true });
    } catch {
      // It is in nobody's way.
    }
  }
}

/** Whether a file that is made for it can be locked; true where none can be made. */
function locksWork(dataDir: string): boolean {
  const probe = join(dataDir, `tracelane.${randomUUID()}.lock`);
  try {
    closeSync(openSync(probe, 'wx', 0o600));
  } catch {
    return true;
  }
  try {
    const db = lockedOr(probe);
    db?.close();
    return db !== undefined;
  } finally {
    rmSync(probe, { force: true });
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
