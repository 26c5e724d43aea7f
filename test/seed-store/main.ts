/**
 * `npm run seed-store -- FOLDER`: fills a data folder with 10,000 traces of 100 events and one of 100,000, to look at the window with.
 * What is there stays.
 */
import { mkdirSync } from 'node:fs';
import { databaseFile, openFile } from '../../src/main/core/store/database.ts';
import { FolderLock } from '../../src/main/core/store/folder-lock.ts';
import { seed } from '../bench/seed.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('Name the data folder to fill: npm run seed-store -- FOLDER');
  process.exit(2);
}
mkdirSync(folder, { recursive: true, mode: 0o700 });
const locked = FolderLock.take(folder);
if ('holder' in locked) {
  console.error(`A running Tracelane uses ${folder}. Close it, then try again.`);
  process.exit(2);
}
const db = openFile(databaseFile(folder));
const made = seed(db, 10_001, 100, 100_000);
db.close();
locked.lock.release();
console.log(`${made.length} traces in ${databaseFile(folder)}. Start Tracelane with TRACELANE_DATA_DIR=${folder}.`);
