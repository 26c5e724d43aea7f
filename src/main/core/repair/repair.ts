/**
 * Brings everything that can be read of a damaged trace file into a new one. The damaged file is kept beside it, and nothing of it
 * is changed: whoever knows more about it can try again.
 */
import { chmodSync, closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { SIDES, unusedName } from '../store/aside.ts';
import { Connection } from '../store/connection.ts';
import { databaseFile, openFile } from '../store/database.ts';
import { FolderLock } from '../store/folder-lock.ts';
import { migrateWith } from '../store/migrate.ts';
import { CannotOpen, detailOf } from '../store/problems.ts';
import { MIGRATIONS } from '../store/sql/migrations.ts';
import { gather, type Gathered } from './gather.ts';
import { mend, type Mended } from './mend.ts';
import { openPages, type PageFile } from '../store/pages.ts';

export interface Repaired extends Mended, Pick<Gathered, 'broken' | 'lostPages'> {
  readonly file: string;
  readonly endpoints: number;
  /** Where the damaged file is now; undefined where nothing was wrong with it, and it was left as it is. */
  readonly kept: string | undefined;
}

/** Nothing was changed; the message is a sentence for the person, with the next step. */
export class RepairError extends Error {}

/** Throws RepairError where there is nothing to repair, or no new file can be written. */
export function repair(dataDir: string): Repaired {
  const file = databaseFile(dataDir);
  const lock = lockOf(dataDir, file);
  try {
    const pages = pagesOf(file);
    const copy = `${file}.repaired`;
    try {
      return repairInto(file, copy, pages);
    } finally {
      pages.close();
      for (const side of ['', ...SIDES, '-journal']) rmSync(copy + side, { force: true });
    }
  } catch (error) {
    if (error instanceof RepairError) throw error;
    throw new RepairError(
      `${file} could not be repaired (${detailOf(error)}), and nothing of it was changed. Check the disk and its free space, then try again.`,
    );
  } finally {
    lock.release();
  }
}

function lockOf(dataDir: string, file: string): FolderLock {
  if (!existsSync(dataDir))
    throw new RepairError(`There is no folder ${dataDir}. Name the data folder that Tracelane uses.`);
  const locked = take(dataDir);
  if ('lock' in locked) return locked.lock;
  const who = locked.holder === undefined ? 'A running Tracelane' : `Tracelane (process ${locked.holder})`;
  throw new RepairError(`${who} is using ${file}. Close it, then try again.`);
}

function take(dataDir: string): ReturnType<typeof FolderLock.take> {
  try {
    return FolderLock.take(dataDir);
  } catch (error) {
    if (error instanceof CannotOpen)
      throw new RepairError(
        `Files in the folder ${dataDir} cannot be locked, as is usual for network drives. Copy the folder to a disk of this machine, and name the copy.`,
      );
    throw new RepairError(
      `The folder ${dataDir} cannot be written (${detailOf(error)}). Check its permissions, then try again.`,
    );
  }
}

function pagesOf(file: string): PageFile {
  const pages = openPages(file);
  if (pages) return pages;
  throw existsSync(file)
    ? nothingIn(file)
    : new RepairError(`There is no trace file ${file}. Name the data folder that Tracelane uses.`);
}

const nothingIn = (file: string): RepairError =>
  new RepairError(
    `${file} has nothing that could be read, and was left as it is. Move it away, then start Tracelane: a new file is made.`,
  );

function repairInto(file: string, copy: string, pages: PageFile): Repaired {
  rmSync(copy, { force: true });
  closeSync(openSync(copy, 'wx', 0o600));
  const db = new Database(copy);
  let found: Omit<Repaired, 'kept'>;
  try {
    // Until it is whole nobody reads it, and then it is written to the disk at once.
    db.pragma('synchronous = OFF');
    db.pragma('journal_mode = MEMORY');
    db.pragma('auto_vacuum = INCREMENTAL');
    migrateWith(db, 0, MIGRATIONS);
    const { ids, ...gathered } = gather(pages, db);
    const connection = new Connection(db);
    const mended = connection.snapshot(() => mend(connection, dirname(file), ids));
    check(db);
    const { endpoints } = connection.one<{ readonly endpoints: number }>(
      'SELECT count(*) AS endpoints FROM endpoints',
    )!;
    found = { file, endpoints, ...gathered, ...mended };
  } finally {
    db.close();
  }
  if (found.traces.length === 0 && found.endpoints === 0 && isLossy(found)) throw nothingIn(file);
  if (isWhole(file, found)) return { ...found, kept: undefined };
  sync(copy);
  return { ...found, kept: replace(file, copy) };
}

/** Throws where what was written is not whole itself. */
function check(db: Database.Database): void {
  const said = db.pragma('integrity_check(1)', { simple: true });
  if (said !== 'ok') throw new Error(String(said));
}

/** Whether something of what the file had could not be read. */
export const isLossy = ({ traces, gone, broken, lostPages }: Omit<Repaired, 'kept'>): boolean =>
  broken > 0 || lostPages > 0 || gone.length > 0 || traces.some(({ lost }) => lost.length > 0);

/** Nothing is missing, and SQLite finds nothing either. */
function isWhole(file: string, found: Omit<Repaired, 'kept'>): boolean {
  if (isLossy(found)) return false;
  try {
    const db = openFile(file);
    try {
      check(db);
      return (
        db.prepare<[], { count: number }>('SELECT count(*) AS count FROM traces').get()?.count === found.traces.length
      );
    } finally {
      db.close();
    }
  } catch {
    return false;
  }
}

/** Puts the new file in the place of the old one, which is there or under its other name at each moment. Returns that name. */
function replace(file: string, copy: string): string {
  const kept = unusedName(file, 'damaged');
  if (existsSync(file)) link(file, kept);
  // The log must be gone from beside the new file before that is there.
  for (const side of SIDES) if (existsSync(file + side)) renameSync(file + side, kept + side);
  renameSync(copy, file);
  chmodSync(file, 0o600);
  return kept;
}

/** Not every file system has links. */
function link(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    renameSync(from, to);
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
