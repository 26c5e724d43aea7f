/** What can be wrong with the file, said to the person: the fact, then the next step. */
import Database from 'better-sqlite3';

/** Why the trace file was not opened. */
export type OpenFailure =
  | { readonly why: 'newer'; readonly version: number; readonly known: number }
  | { readonly why: 'foreign' | 'not-a-database' | 'truncated' }
  | { readonly why: 'corrupt'; readonly detail: string }
  | { readonly why: 'locked'; readonly holder: number | undefined }
  | { readonly why: 'folder' | 'read-only' | 'full' | 'copy' | 'other'; readonly detail: string };

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
        'Nothing in it was changed. Start the newer version to use them.',
      ];
    case 'foreign':
      return [
        `The file ${file} is a database of another program.`,
        'Nothing in it was changed. Move it away, or choose another data folder.',
      ];
    case 'not-a-database':
      return [
        `The file ${file} is not a database.`,
        'Nothing in it was changed. Move it away, then start again: a new file is made.',
      ];
    case 'truncated':
      return [`The trace file ${file} is cut off: its end is missing.`, `Nothing in it was changed. ${RECOVER}`];
    case 'corrupt':
      return [`The trace file ${file} is damaged (${failure.detail}).`, `Nothing in it was changed. ${RECOVER}`];
    case 'locked': {
      const who = failure.holder === undefined ? 'Another Tracelane' : `Another Tracelane (process ${failure.holder})`;
      return [`${who} is using the data folder ${dataDir}.`, 'Use that one, or close it and start this one again.'];
    }
    case 'folder':
      return [
        `The data folder ${dataDir} cannot be written (${failure.detail}).`,
        'Check its permissions, or choose another data folder.',
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

const RECOVER =
  'Replace it with a backup, or move it and its -wal file away to start with a new one; the sqlite3 program (.recover) can recover what is left in it.';

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

/** The open file is no longer at its place. */
export class FileGone extends Error {}

/** Why writing failed while the program runs. What is kept and lost is said by who keeps it. */
export function writeFact(file: string, error: unknown): { readonly fact: string; readonly step: string } {
  const detail = detailOf(error);
  if (error instanceof FileGone) {
    return {
      fact: `The trace file ${file} was moved, deleted or replaced while Tracelane was using it.`,
      step: 'Put it back. If no other file is in its place, Tracelane writes it again automatically.',
    };
  }
  if (detail.includes('SQLITE_FULL') || detail.includes('ENOSPC'))
    return { fact: `The disk that holds ${file} is full.`, step: 'Free some space.' };
  if (detail.includes('SQLITE_READONLY') || detail.includes('SQLITE_PERM') || detail.includes('SQLITE_CANTOPEN')) {
    return {
      fact: `The trace file ${file} can no longer be written (${detail}).`,
      step: 'Check its permissions and those of its folder.',
    };
  }
  if (detail.includes('SQLITE_CORRUPT') || detail.includes('SQLITE_NOTADB')) {
    return {
      fact: `The trace file ${file} is damaged (${detail}).`,
      step: 'Close Tracelane, keep a copy of the file, then start again for details.',
    };
  }
  if (detail.includes('SQLITE_BUSY')) return { fact: `Another program has locked ${file}.`, step: 'Close it.' };
  return { fact: `Writing to ${file} fails (${detail}).`, step: 'Check the disk.' };
}

/** `SQLITE_FULL: database or disk is full`, `EACCES: permission denied`. */
export function detailOf(error: unknown): string {
  if (error instanceof Database.SqliteError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
