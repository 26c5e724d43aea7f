/**
 * Opening the file: looked at before it is touched, refused when it is newer, damaged or somebody else's, copied before it
 * is migrated. Where it cannot be opened the store works in memory, and says why.
 */
import { chmodSync, closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { FolderLock } from './folder-lock.ts';
import { APPLICATION_ID, migrateWith } from './migrate.ts';
import { CannotOpen, detailOf, openSentence, type OpenFailure } from './problems.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './sql/migrations.ts';

/** Above it the check at opening would be felt; damage is then found where it lies, by the checks of the parts. */
const CHECKED_BYTES = 64 * 1024 * 1024;
/** To what the -wal file is cut after a checkpoint. */
const WAL_BYTES = 4 * 1024 * 1024;
/** Only readers contend with the writer, and they are short. */
const BUSY_MS = 250;

/** Answers only when the file is a database with our tables. */
const PROBE =
  'SELECT (SELECT count(*) FROM settings) + (SELECT count(*) FROM (SELECT nr FROM traces ORDER BY nr DESC LIMIT 1)) AS answered';

export interface OpenedDatabase {
  readonly db: Database.Database;
  /** Undefined: in memory. */
  readonly file: string | undefined;
  readonly problem: string | undefined;
  readonly lock: FolderLock | undefined;
}

export function databaseFile(dataDir: string): string {
  return join(dataDir, 'tracelane.db');
}

/** Never throws: what is wrong with the file is the `problem` of a store in memory. `steps`: the tables, see migrations.ts. */
export function openDatabase(dataDir: string, steps = MIGRATIONS): OpenedDatabase {
  const file = databaseFile(dataDir);
  let lock: FolderLock | undefined;
  try {
    lock = lockFolder(dataDir);
    return { db: openFile(file, steps), file, problem: undefined, lock };
  } catch (error) {
    lock?.release();
    return {
      db: openMemory(),
      file: undefined,
      problem: openSentence(file, dataDir, failureOf(error)),
      lock: undefined,
    };
  }
}

/**
 * Opens the file for reading only, beside the connection that writes it. It is not looked at by hand first: closing a file
 * drops every lock that the process has on it, the writer's too. Throws CannotOpen or what SQLite throws.
 */
export function openToRead(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version === SCHEMA_VERSION) return db;
  db.close();
  throw new CannotOpen(
    version > SCHEMA_VERSION
      ? { why: 'newer', version, known: SCHEMA_VERSION }
      : { why: 'other', detail: `it has the older format ${version}` },
  );
}

/** Opens, or makes, the file for writing. Throws CannotOpen or what the system throws. */
export function openFile(file: string, steps = MIGRATIONS): Database.Database {
  const version = look(file, steps.length);
  if (version === 0) closeSync(openSync(file, 'a', 0o600));
  keepPrivate(file);
  const db = new Database(file, { timeout: BUSY_MS });
  try {
    if (version > 0 && version < steps.length) copyBefore(db, file, version);
    if (version === 0) db.pragma('auto_vacuum = INCREMENTAL');
    const mode = db.pragma('journal_mode = WAL', { simple: true });
    if (mode !== 'wal')
      throw new CannotOpen({
        why: 'other',
        detail: 'its disk does not support shared memory, which is usual for network drives',
      });
    configure(db);
    migrateWith(db, version, steps);
    db.prepare(PROBE).get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function openMemory(): Database.Database {
  const db = new Database(':memory:');
  configure(db);
  migrateWith(db, 0, MIGRATIONS);
  return db;
}

function configure(db: Database.Database): void {
  db.pragma('synchronous = NORMAL');
  db.pragma('foreign_keys = ON');
  db.pragma(`journal_size_limit = ${WAL_BYTES}`);
  // What is deleted is overwritten where its page is written anyway; pages that become free leave the file with a purge.
  db.pragma('secure_delete = FAST');
}

/** A whole copy of the older file, the -wal's content included, beside it; it is left there. */
function copyBefore(db: Database.Database, file: string, version: number): void {
  const copy = unusedName(`${file.replace(/\.db$/, '')}.format-${version}`);
  try {
    closeSync(openSync(copy, 'wx', 0o600));
    db.prepare('VACUUM INTO ?').run(copy);
  } catch (error) {
    throw new CannotOpen({ why: 'copy', detail: detailOf(error) });
  }
}

function unusedName(stem: string): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? `${stem}.db` : `${stem}.${i}.db`;
    if (!existsSync(name)) return name;
  }
}

/** The file's format, 0 for one that is not there or empty, found without writing to it. Throws CannotOpen. */
function look(file: string, known: number): number {
  if (!existsSync(file)) return 0;
  const header = headerOf(file);
  if (header.size === 0) {
    // An empty file is a new one, but not where its log says that there was more.
    if (sizeOf(`${file}-wal`) > 0) throw new CannotOpen({ why: 'truncated' });
    return 0;
  }
  if (header.magic !== 'SQLite format 3\0') throw new CannotOpen({ why: 'not-a-database' });
  if (header.pages * header.pageSize > header.size && sizeOf(`${file}-wal`) === 0)
    throw new CannotOpen({ why: 'truncated' });
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  try {
    return lookInside(db, header.size, known);
  } finally {
    db.close();
  }
}

function lookInside(db: Database.Database, size: number, known: number): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  const tables = db.prepare<[], { count: number }>('SELECT count(*) AS count FROM sqlite_schema').get()?.count ?? 0;
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID && tables > 0)
    throw new CannotOpen({ why: 'foreign' });
  if (version > known) throw new CannotOpen({ why: 'newer', version, known });
  if (size <= CHECKED_BYTES) {
    const said = db.pragma('quick_check(1)', { simple: true });
    if (said !== 'ok') throw new CannotOpen({ why: 'corrupt', detail: String(said) });
  }
  return version;
}

interface FileHeader {
  readonly size: number;
  readonly magic: string;
  readonly pageSize: number;
  /** As the header says; a -wal file may know of more. */
  readonly pages: number;
}

function headerOf(file: string): FileHeader {
  const fd = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(100);
    readSync(fd, bytes, 0, 100, 0);
    // The format has 1 for 65,536, which does not fit its two bytes.
    const pageSize = bytes.readUInt16BE(16);
    return {
      size: fstatSync(fd).size,
      magic: bytes.toString('latin1', 0, 16),
      pageSize: pageSize === 1 ? 65_536 : pageSize,
      pages: bytes.readUInt32BE(28),
    };
  } finally {
    closeSync(fd);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Ours only, also where it was copied here by hand. Its -wal and -shm take its mode. */
function keepPrivate(file: string): void {
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
}

function lockFolder(dataDir: string): FolderLock {
  let locked;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    locked = FolderLock.take(dataDir);
  } catch (error) {
    throw new CannotOpen({ why: 'folder', detail: detailOf(error) });
  }
  if ('holder' in locked) throw new CannotOpen({ why: 'locked', holder: locked.holder });
  return locked.lock;
}

function failureOf(error: unknown): OpenFailure {
  if (error instanceof CannotOpen) return error.failure;
  const detail = detailOf(error);
  if (/SQLITE_(CORRUPT|NOTADB|IOERR_SHORT_READ)/.test(detail)) return { why: 'corrupt', detail };
  if (/SQLITE_FULL|ENOSPC/.test(detail)) return { why: 'full', detail };
  if (/SQLITE_(READONLY|PERM|CANTOPEN)|EACCES|EPERM|EROFS/.test(detail)) return { why: 'read-only', detail };
  return { why: 'other', detail };
}
