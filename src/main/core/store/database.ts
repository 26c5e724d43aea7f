/**
 * Opening the file: looked at before it is touched, refused when it is newer, damaged or somebody else's, copied before it
 * is migrated. Where it cannot be opened the store works in memory, and says why; what the file has can still be read, if at all.
 */
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { unusedName } from './aside.ts';
import { closeToOthers } from './data-folder.ts';
import { isRegular, sizeOf } from './files.ts';
import { hasForeignLog } from './foreign-log.ts';
import { FolderLock } from './folder-lock.ts';
import { APPLICATION_ID, migrateWith } from './migrate.ts';
import { CannotOpen, detailOf, isDamage, isFull, isUnsuitable, openSentence, type OpenFailure } from './problems.ts';
import { schemaFault } from './schema.ts';
import { MIGRATIONS, SCHEMA_VERSION } from './sql/migrations.ts';

/** Above it the check at opening would be felt; damage is then found where it lies, by the checks of the parts. */
const CHECKED_BYTES = 64 * 1024 * 1024;
/** To what the -wal file is cut after a checkpoint. */
const WAL_BYTES = 4 * 1024 * 1024;
/** Only readers contend with the writer, and they are short. */
const BUSY_MS = 250;
/** A file in a folder that cannot be written is read from a copy; a longer one would fill the disk of temporary files. */
const COPIED_BYTES = 1024 ** 3;

export interface OpenedDatabase {
  readonly db: Database.Database;
  /** Undefined: in memory. */
  readonly file: string | undefined;
  /** Beside a store in memory: what can be read of the file. */
  readonly stored: Database.Database | undefined;
  readonly problem: string | undefined;
  /** What the person should know of the folder, though it works. */
  readonly remark: string | undefined;
  /** Undefined where another program has the folder, or nobody can have it. */
  readonly lock: FolderLock | undefined;
}

export function databaseFile(dataDir: string): string {
  return join(dataDir, 'tracelane.db');
}

/** Told before a file of an older format is upgraded, which blocks the thread for as long as that takes: the bytes of the file. */
export type OnUpgrade = (bytes: number) => void;

/** Never throws: what is wrong with the file is the `problem` of a store in memory. `steps`: the tables, see migrations.ts. */
export function openDatabase(dataDir: string, steps = MIGRATIONS, onUpgrade?: OnUpgrade): OpenedDatabase {
  const file = databaseFile(dataDir);
  let lock: FolderLock | undefined;
  let remark: string | undefined;
  try {
    lock = lockFolder(dataDir);
    remark = closeToOthers(dataDir);
    return { db: openFile(file, steps, onUpgrade), file, stored: undefined, problem: undefined, remark, lock };
  } catch (error) {
    const { db: stored, failure } = openStored(file, failureOf(error));
    const problem = openSentence(file, dataDir, failure);
    return { db: openMemory(), file: undefined, stored, problem, remark, lock };
  }
}

/**
 * Opens the file for reading only, beside the connection that writes it. It is not looked at by hand first: closing a file
 * drops every lock that the process has on it, the writer's too. `newer`: also one of a later format that still has all the tables
 * and columns that are known here. Throws CannotOpen or what SQLite throws.
 */
function openToRead(file: string, formats: 'newest' | 'newer' = 'newest'): Database.Database {
  checkRegular(file);
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  try {
    checkReadable(db, formats);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens the newest format for reading only; from a copy where SQLite cannot write beside the file. Throws what openToRead throws. */
export function openToReadAnywhere(file: string): Database.Database {
  try {
    return openToRead(file);
  } catch (error) {
    if (failureOf(error).why !== 'read-only') throw error;
    try {
      return openCopy(file);
    } catch (copying) {
      throw OF_THE_COPY.has(failureOf(copying).why) ? copying : error;
    }
  }
}

/** What a copy that cannot be read says that the file itself does not. */
const OF_THE_COPY: ReadonlySet<OpenFailure['why']> = new Set(['too-large', 'foreign-log']);

/**
 * Throws CannotOpen where the log beside the file is another file's; what else keeps it from being read is for who reads it to say.
 * Not for a process that may have the file open: the file is read by hand, and closing it drops every lock that the process has on it.
 */
export function checkLog(file: string): void {
  if (hasReadableForeignLog(file)) throw new CannotOpen({ why: 'foreign-log' });
}

function hasReadableForeignLog(file: string): boolean {
  let db: Database.Database | undefined;
  try {
    db = openToRead(file);
    return hasForeignLog(db, realFile(file));
  } catch {
    return false;
  } finally {
    db?.close();
  }
}

function checkReadable(db: Database.Database, formats: 'newest' | 'newer'): void {
  db.pragma('trusted_schema = OFF');
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version > SCHEMA_VERSION && formats === 'newest')
    throw new CannotOpen({ why: 'newer', version, known: SCHEMA_VERSION });
  if (version < SCHEMA_VERSION) throw new CannotOpen({ why: 'other', detail: `it has the older format ${version}` });
  const fault = schemaFault(db, MIGRATIONS, version > SCHEMA_VERSION ? 'tables' : 'all');
  if (fault !== undefined) throw new CannotOpen({ why: 'schema', detail: fault });
}

/** Failures of a file that is no trace file at all, or that SQLite does not read: it takes the log of an empty file away. */
const UNREADABLE: ReadonlySet<OpenFailure['why']> = new Set([
  'foreign',
  'not-a-database',
  'irregular',
  'truncated',
  'log-only',
  'foreign-log',
]);

/** Failures of a folder or a file that is to be written and cannot be. */
const UNWRITABLE: ReadonlySet<OpenFailure['why']> = new Set(['folder', 'read-only']);

/** What can be read of a file that was not opened, none where nothing can, and what there is to be said of it. */
function openStored(
  file: string,
  failure: OpenFailure,
): { readonly db: Database.Database | undefined; readonly failure: OpenFailure } {
  const nothing = { db: undefined, failure };
  if (UNREADABLE.has(failure.why)) return nothing;
  const ways = failure.why === 'newer' ? [openNewer, openCopyOfNewer] : [openToRead, openCopy];
  for (const open of ways) {
    try {
      // A path that leads nowhere, or that may not be followed, makes this throw.
      return isRegular(file) ? { db: open(file), failure } : nothing;
    } catch (error) {
      const reading = failureOf(error);
      if (reading.why === 'too-large' && UNWRITABLE.has(failure.why)) return { db: undefined, failure: reading };
      // Otherwise the next way, or none.
    }
  }
  return nothing;
}

const openCopy = (file: string): Database.Database => copied(file, openFile);
const openNewer = (file: string): Database.Database => openToRead(file, 'newer');
const openCopyOfNewer = (file: string): Database.Database => copied(file, openNewer);

/**
 * A copy in a folder for temporary files, of which only this program knows: SQLite reads no file of this kind where it cannot
 * write beside it. Throws what the system or SQLite throws.
 */
function copied(file: string, open: (copy: string) => Database.Database): Database.Database {
  const log = `${file}-wal`;
  if (sizeOf(file) + sizeOf(log) > COPIED_BYTES) throw new CannotOpen({ why: 'too-large' });
  const folder = mkdtempSync(join(tmpdir(), 'tracelane-'));
  try {
    const copy = join(folder, 'tracelane.db');
    copyToWrite(file, copy);
    if (sizeOf(log) > 0) copyToWrite(log, `${copy}-wal`);
    const db = open(copy);
    // From its first question on, SQLite holds all the files that it needs.
    db.prepare('SELECT count(*) FROM settings').get();
    return db;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A copy has the mode of its file, which may let nobody write; SQLite gives that to what it makes beside it, too. */
function copyToWrite(from: string, to: string): void {
  copyFileSync(from, to);
  chmodSync(to, 0o600);
}

/** Opens, or makes, the file for writing. Throws CannotOpen or what the system throws. */
export function openFile(file: string, steps = MIGRATIONS, onUpgrade?: OnUpgrade): Database.Database {
  const version = look(file, steps);
  if (version === 0) closeSync(openSync(file, 'a', 0o600));
  keepPrivate(file);
  const db = new Database(file, { timeout: BUSY_MS });
  try {
    if (version > 0 && version < steps.length) {
      onUpgrade?.(sizeOf(file));
      copyBefore(db, file, version);
    }
    if (version === 0) db.pragma('auto_vacuum = INCREMENTAL');
    const mode = db.pragma('journal_mode = WAL', { simple: true });
    if (mode !== 'wal')
      throw new CannotOpen({
        why: 'unsuitable',
        detail: `its journal mode stays ${String(mode)}`,
      });
    configure(db);
    migrateWith(db, version, steps);
    if (steps === MIGRATIONS) for (const question of FIRST_QUESTIONS) db.prepare(question).all();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** What each start asks: a damaged page that would answer is found when the file is opened, not by who asks first. */
const FIRST_QUESTIONS = [
  'SELECT max(nr) FROM traces',
  'SELECT nr FROM traces WHERE state IS NULL',
  'SELECT nr FROM traces WHERE deleted_at IS NOT NULL',
];

function openMemory(): Database.Database {
  const db = new Database(':memory:');
  configure(db);
  migrateWith(db, 0, MIGRATIONS);
  return db;
}

function configure(db: Database.Database): void {
  // The file may have been made by anybody.
  db.pragma('trusted_schema = OFF');
  db.pragma('synchronous = NORMAL');
  db.pragma('foreign_keys = ON');
  db.pragma(`journal_size_limit = ${WAL_BYTES}`);
  // What is deleted is overwritten where its page is written anyway; pages that become free leave the file with a purge.
  db.pragma('secure_delete = FAST');
}

/** A whole copy of the older file, the -wal's content included, beside it; it is left there. Has its name only when it is whole. */
function copyBefore(db: Database.Database, file: string, version: number): void {
  const copy = unusedName(file, `format-${version}`);
  const part = `${copy}.part`;
  const clear = (): void => ['', '-journal'].forEach((side) => rmSync(part + side, { force: true }));
  try {
    // What a program left that was killed here.
    clear();
    closeSync(openSync(part, 'wx', 0o600));
    db.prepare('VACUUM INTO ?').run(part);
    renameSync(part, copy);
  } catch (error) {
    clear();
    throw isDamage(error) ? error : new CannotOpen({ why: 'copy', detail: detailOf(error) });
  }
}

/** The file's format, 0 for one that is not there or empty, found without writing to it. Throws CannotOpen. */
function look(file: string, steps: readonly string[]): number {
  checkRegular(file);
  const real = realFile(file);
  const log = sizeOf(`${real}-wal`);
  const header = existsSync(file) ? headerOf(file) : undefined;
  // An empty file, or none, is a new one, but not where its log says that there was more.
  if (header === undefined || header.size === 0) {
    if (log > 0) throw new CannotOpen({ why: 'log-only' });
    return 0;
  }
  if (header.magic !== 'SQLite format 3\0') throw new CannotOpen({ why: 'not-a-database' });
  if (header.pages * header.pageSize > header.size && log === 0) throw new CannotOpen({ why: 'truncated' });
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
  try {
    return lookInside(db, real, steps);
  } finally {
    db.close();
  }
}

function lookInside(db: Database.Database, file: string, steps: readonly string[]): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  const tables = db.prepare<[], { count: number }>('SELECT count(*) AS count FROM sqlite_schema').get()?.count ?? 0;
  if (db.pragma('application_id', { simple: true }) !== APPLICATION_ID && tables > 0)
    throw new CannotOpen({ why: 'foreign' });
  if (version < 0 || (version === 0 && tables > 0))
    throw new CannotOpen({ why: 'schema', detail: 'its format cannot be read' });
  if (version > steps.length) throw new CannotOpen({ why: 'newer', version, known: steps.length });
  if (version > 0) {
    const fault = schemaFault(db, steps.slice(0, version));
    if (fault !== undefined) throw new CannotOpen({ why: 'schema', detail: fault });
    if (hasForeignLog(db, file)) throw new CannotOpen({ why: 'foreign-log' });
  }
  if (sizeOf(file) <= CHECKED_BYTES) {
    const said = db.pragma('quick_check(1)', { simple: true });
    if (said !== 'ok') throw new CannotOpen({ why: 'corrupt', detail: inOneLine(String(said)) });
  }
  return version;
}

/** As SQLite says it, over several lines. */
function inOneLine(said: string): string {
  return said
    .replace(/\*\*\*.*?\*\*\*/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Opening a pipe would wait for ever, and nothing could end the thread. Throws CannotOpen. */
function checkRegular(file: string): void {
  for (const path of [file, `${file}-wal`, `${file}-shm`])
    if (!isRegular(path)) throw new CannotOpen({ why: 'irregular', path });
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

/** What a link leads to: SQLite puts the log beside that. */
function realFile(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}

/** Ours only, also where it was copied here by hand. Its -wal and -shm take its mode. */
function keepPrivate(file: string): void {
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
}

/**
 * Bytes of the folder's path. SQLite's Unix layer takes 512 for a file and its -journal
 * (MAX_PATHNAME in sqlite3.c); the longest name in the folder has 51.
 */
const MAX_FOLDER_BYTES = 440;

function lockFolder(dataDir: string): FolderLock {
  const bytes = Buffer.byteLength(resolve(dataDir));
  if (bytes > MAX_FOLDER_BYTES)
    throw new CannotOpen({ why: 'too-long', detail: `${bytes} bytes, and up to ${MAX_FOLDER_BYTES} are possible` });
  let locked;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    locked = FolderLock.take(dataDir);
  } catch (error) {
    if (error instanceof CannotOpen) throw error;
    const detail = detailOf(error);
    throw new CannotOpen({ why: whyNoFolder(detail), detail });
  }
  if ('holder' in locked) throw new CannotOpen({ why: 'locked', holder: locked.holder });
  return locked.lock;
}

function whyNoFolder(detail: string): 'too-long' | 'full' | 'folder' {
  if (detail.includes('ENAMETOOLONG')) return 'too-long';
  return isFull(detail) ? 'full' : 'folder';
}

function failureOf(error: unknown): OpenFailure {
  if (error instanceof CannotOpen) return error.failure;
  const detail = detailOf(error);
  if (isDamage(error)) return { why: 'corrupt', detail };
  if (isUnsuitable(error)) return { why: 'unsuitable', detail };
  if (isFull(detail)) return { why: 'full', detail };
  if (/SQLITE_(READONLY|PERM|CANTOPEN)|EACCES|EPERM|EROFS/.test(detail)) return { why: 'read-only', detail };
  return { why: 'other', detail };
}
