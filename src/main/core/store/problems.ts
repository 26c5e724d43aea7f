/** What can be wrong with the file, said to the person: the fact, then the next step. */
import Database from 'better-sqlite3';
import { toRepair } from '../command-line/typed.ts';

/** Why the trace file was not opened. */
export type OpenFailure =
  | { readonly why: 'newer'; readonly version: number; readonly known: number }
  | { readonly why: 'foreign' | 'not-a-database' | 'truncated' | 'log-only' | 'foreign-log' | 'too-large' }
  | { readonly why: 'irregular'; readonly path: string }
  | { readonly why: 'corrupt' | 'schema'; readonly detail: string }
  | { readonly why: 'locked'; readonly holder: number | undefined }
  | {
      readonly why: 'folder' | 'too-long' | 'unsuitable' | 'read-only' | 'full' | 'copy' | 'other';
      readonly detail: string;
    };

export class CannotOpen extends Error {
  readonly failure: OpenFailure;

  constructor(failure: OpenFailure) {
    super(failure.why);
    this.failure = failure;
  }
}

const MEANWHILE = 'Until then, recordings are kept only in memory and are lost when the program closes.';

export function openSentence(file: string, dataDir: string, failure: OpenFailure): string {
  const [fact, step] = factAndStep(file, dataDir, failure);
  return `${fact} ${step} ${MEANWHILE}`;
}

function factAndStep(file: string, dataDir: string, failure: OpenFailure): readonly [fact: string, step: string] {
  switch (failure.why) {
    case 'newer':
      return [
        `The traces in ${file} were written by a newer Tracelane (format ${failure.version}; this version supports formats up to ${failure.known}).`,
        'Nothing in it is changed. Start the newer version to add to them.',
      ];
    case 'foreign':
      return [
        `The file ${file} is a database of another program.`,
        'Nothing in it was changed. Move it away, or choose another data folder.',
      ];
    case 'not-a-database':
      return [
        `The file ${file} is not a database, or its beginning is damaged.`,
        `Nothing in it was changed. If it had traces, close Tracelane and ${toRepair(dataDir)}; otherwise move it away, then start again: a new file is made.`,
      ];
    case 'log-only':
      return [
        `The trace file ${file} is missing or empty, but its log ${file}-wal is there.`,
        `Put the file back; or close Tracelane and ${toRepair(dataDir)}, which keeps what the log has; or move the log away to start with a new file.`,
      ];
    case 'foreign-log':
      return [
        `The log ${file}-wal is of another trace file: with it, none of the traces in ${file} would be there.`,
        'Nothing in either was changed. Move the log away, or put the file back that it belongs to, then start again.',
      ];
    case 'truncated':
      return [`The trace file ${file} is cut off: its end is missing.`, repairStep(dataDir)];
    case 'irregular':
      return [
        `${failure.path} is not a file that can hold traces: it is a folder, a pipe or a device.`,
        'Move it away, then start again: a new file is made.',
      ];
    case 'corrupt':
      return [`The trace file ${file} is damaged (${failure.detail}).`, repairStep(dataDir)];
    case 'schema':
      return [`The trace file ${file} is damaged: ${failure.detail}.`, repairStep(dataDir)];
    case 'locked': {
      const who = failure.holder === undefined ? 'Another Tracelane' : `Another Tracelane (process ${failure.holder})`;
      return [`${who} is using the data folder ${dataDir}.`, 'Use that one, or close it and start this one again.'];
    }
    case 'folder':
      return [
        `The data folder ${dataDir} cannot be written (${failure.detail}).`,
        'Check its permissions, or choose another data folder.',
      ];
    case 'too-long':
      return [
        `The path of the data folder ${dataDir} is too long for a database (${failure.detail}).`,
        'Choose a shorter one: set TRACELANE_DATA_DIR, then start again.',
      ];
    case 'too-large':
      return [
        `The folder of the trace file ${file} cannot be written, and the file is larger than 1 GB, so that it is not read from a copy.`,
        'To read it, copy tracelane.db, and tracelane.db-wal if it is there, to a folder that you can write; set TRACELANE_DATA_DIR to that folder, then start again.',
      ];
    case 'unsuitable':
      return [
        `The disk of the data folder ${dataDir} cannot hold a file that several programs use at once (${failure.detail}), as is usual for network drives.`,
        'Nothing in it was changed. Choose a folder on a disk of this machine: set TRACELANE_DATA_DIR, then start again.',
      ];
    case 'read-only':
      return [
        `The trace file ${file} cannot be written (${failure.detail}).`,
        'Check its permissions and those of its folder, then start again.',
      ];
    case 'full':
      return [`The disk that holds ${file} is full (${failure.detail}).`, 'Free some space, then start again.'];
    case 'copy':
      return [
        `The traces in ${file} must be upgraded to the format of this version, and the backup that is made first failed (${failure.detail}).`,
        'Nothing in it was changed. Free some space, then start again.',
      ];
    case 'other':
      return [
        `The trace file ${file} cannot be opened (${failure.detail}).`,
        'Check the disk and the permissions, then start again.',
      ];
  }
}

function repairStep(dataDir: string): string {
  return `Nothing in it was changed. Close Tracelane and ${toRepair(dataDir)}: it brings everything that can be read into a new file, and keeps this one.`;
}

/** What is in the file is not what was written, or cannot be read from the disk. */
export function isDamage(error: unknown): boolean {
  return (
    error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB|IOERR_(SHORT_)?READ|IOERR_DATA)/.test(error.code)
  );
}

/**
 * Whether the disk is full, by what the system says, see detailOf. The file that programs share as memory is made longer by writing to it:
 * SQLite says only that this failed.
 */
export const isFull = (detail: string): boolean => /SQLITE_(FULL|IOERR_SHMSIZE)|ENOSPC|EDQUOT/.test(detail);

/** The disk has no locks between programs, or no memory that they share through a file: https://sqlite.org/wal.html#noshm. */
export function isUnsuitable(error: unknown): boolean {
  return (
    error instanceof Database.SqliteError &&
    /^SQLITE_(IOERR_(SHM(OPEN|LOCK|MAP)|LOCK|RDLOCK|UNLOCK|CHECKRESERVEDLOCK)|PROTOCOL|NOLFS)/.test(error.code)
  );
}

/** The file itself is the problem, not what was written into it: trying again later may help. */
export function isFileTrouble(error: unknown): boolean {
  return (
    error instanceof FileGone ||
    (error instanceof Database.SqliteError && TROUBLE.some((code) => error.code.startsWith(code)))
  );
}
const TROUBLE = [
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_READONLY',
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  'SQLITE_CANTOPEN',
  'SQLITE_BUSY',
  'SQLITE_LOCKED',
  'SQLITE_NOMEM',
  'SQLITE_PROTOCOL',
  'SQLITE_PERM',
  'SQLITE_AUTH',
];

/** What has become of the open file: nothing is in its place, another file is, or its content is no longer what was written. */
export type Gone = 'moved' | 'replaced' | 'overwritten';

/** The open file is no longer the one that was opened. */
export class FileGone extends Error {
  readonly gone: Gone;

  constructor(file: string, gone: Gone) {
    super(`${file} was ${gone}.`);
    this.gone = gone;
  }
}

const GONE: Readonly<Record<Gone, readonly [what: string, step: string]>> = {
  moved: ['moved or deleted', 'Put it back, or leave its place empty: Tracelane then writes it again automatically.'],
  replaced: ['replaced by another file', 'Put it back, or restart Tracelane to use the file that is there now.'],
  overwritten: [
    'overwritten by another program',
    'Tracelane now uses it as it is; what was recorded into the one before is no longer in it.',
  ],
};

/** Why a question could not be answered, and what to do: a sentence of each. */
export function readFact(file: string, dataDir: string, error: unknown): string {
  if (error instanceof CannotOpen) return factAndStep(file, dataDir, error.failure).join(' ');
  const step = isDamage(error)
    ? `Close Tracelane and ${toRepair(dataDir)}.`
    : 'Check the disk, then restart Tracelane.';
  return `The trace file ${file} cannot be read (${detailOf(error)}). ${step}`;
}

/** Why writing failed while the program runs. What is kept and lost is said by who keeps it. */
export function writeFact(
  file: string,
  dataDir: string,
  error: unknown,
): { readonly fact: string; readonly step: string } {
  const detail = detailOf(error);
  if (error instanceof FileGone) {
    const [what, step] = GONE[error.gone];
    return { fact: `The trace file ${file} was ${what} while Tracelane was using it.`, step };
  }
  if (error instanceof CannotOpen) {
    const [fact, step] = factAndStep(file, dataDir, error.failure);
    return { fact, step };
  }
  if (isFull(detail)) return { fact: `The disk that holds ${file} is full.`, step: 'Free some space.' };
  if (/SQLITE_(READONLY|PERM|CANTOPEN)|EACCES|EPERM|EROFS/.test(detail)) {
    return {
      fact: `The trace file ${file} can no longer be written (${detail}).`,
      step: 'Check its permissions and those of its folder.',
    };
  }
  if (isDamage(error)) {
    return {
      fact: `The trace file ${file} is damaged (${detail}).`,
      step: `Close Tracelane and ${toRepair(dataDir)}.`,
    };
  }
  if (detail.includes('SQLITE_BUSY')) return { fact: `Another program has locked ${file}.`, step: 'Close it.' };
  // SQLite says as much of a permission that was taken away as of a broken disk.
  return {
    fact: `Writing to ${file} fails (${detail}).`,
    step: 'Check the disk, and the permissions of the file and its folder.',
  };
}

/** What Node says of a module that it cannot load goes on with who asked for it. */
export const firstLine = (text: string): string => text.split('\n', 1)[0]!;

/** `SQLITE_FULL: database or disk is full`, `EACCES: permission denied`. */
export function detailOf(error: unknown): string {
  if (error instanceof Database.SqliteError) return `${error.code}: ${error.message}`;
  return firstLine(error instanceof Error ? error.message : String(error));
}
