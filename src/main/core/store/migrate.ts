/** Brings a file to the newest format, all steps in one transaction: the old state or the new one, never half. */
import type Database from 'better-sqlite3';

/** `Trln`, in the file's header: whose database it is. */
export const APPLICATION_ID = 0x54726c6e;

/** `from`: how many of the steps the file has been through. */
export function migrateWith(db: Database.Database, from: number, steps: readonly string[]): void {
  // Takes the lock to write though there may be nothing to do, so that a read-only file is found here; and then writes
  // nothing, so that the traces on a full disk can be opened and read.
  db.transaction(() => {
    if (from === steps.length) return;
    for (const step of steps.slice(from)) db.exec(step);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${steps.length}`);
  }).immediate();
}
