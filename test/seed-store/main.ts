/**
 * `npm run seed-store -- FOLDER`: fills a data folder with 10,000 traces of 100 events and one of 100,000, to look at the window with.
 * What is there stays.
 *   --traces N   how many; 10000 unless said
 *   --events N   of each of them; 100 unless said
 */
import { mkdirSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { databaseFile, openFile } from '../../src/main/core/store/database.ts';
import { FolderLock } from '../../src/main/core/store/folder-lock.ts';
import { seed } from '../bench/seed.ts';

const wholeNumber = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number, such as 10000.');
  return Number(text);
};
const command = new Command('seed-store')
  .argument('<folder>', 'data folder to fill')
  .option('--traces <n>', 'traces to make', wholeNumber, 10_000)
  .option('--events <n>', 'events of each', wholeNumber, 100)
  .parse();
const [folder] = command.processedArgs as [string];
const { traces, events } = command.opts<{ traces: number; events: number }>();
/** Of the newest trace, which is one more. */
const LAST_EVENTS = 100_000;

mkdirSync(folder, { recursive: true, mode: 0o700 });
const locked = FolderLock.take(folder);
if ('holder' in locked) {
  console.error(`A running Tracelane uses ${folder}. Close it, then try again.`);
  process.exit(2);
}
const db = openFile(databaseFile(folder));
const made = seed(db, traces + 1, events, LAST_EVENTS);
db.close();
locked.lock.release();
console.log(`${made.length} traces in ${databaseFile(folder)}. Start Tracelane with TRACELANE_DATA_DIR=${folder}.`);
