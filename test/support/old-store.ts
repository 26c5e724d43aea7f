/** A trace file of the first format, and a program that is held while it upgrades it. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { migrateWith } from '../../src/main/core/store/migrate.ts';
import { MIGRATIONS } from '../../src/main/core/store/sql/migrations.ts';

const WAITING = new URL('../fixtures/upgrade-that-waits.ts', import.meta.url);

export interface HeldUpgrade {
  /** For the program. */
  readonly env: Readonly<Record<string, string>>;
  goOn(): Promise<void>;
}

export async function heldUpgrade(dataDir: string): Promise<HeldUpgrade> {
  await mkdir(dataDir, { recursive: true });
  const db = new Database(join(dataDir, 'tracelane.db'));
  db.pragma('journal_mode = WAL');
  migrateWith(db, 0, MIGRATIONS.slice(0, 1));
  db.close();
  const hold = join(dataDir, 'hold');
  await writeFile(hold, '');
  return {
    env: { TRACELANE_TEST_HOLD: hold, NODE_OPTIONS: `--import ${fileURLToPath(WAITING)}` },
    goOn: () => rm(hold),
  };
}
