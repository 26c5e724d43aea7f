/** A program that starts over a data folder, shows the first page of the list and the newest trace, and says how many bytes it read for that. */
import { readFileSync } from 'node:fs';
import { recordHere } from '../../src/main/core/decoding/record.ts';
import { recoverTraces } from '../../src/main/core/recording/recover.ts';
import { openStore } from '../../src/main/core/store/open-store.ts';
import { STORE_WORKER } from './traces.ts';

/** Of all threads of this process: https://docs.kernel.org/filesystems/proc.html, 3.3. */
const bytesRead = (): number => Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))![1]);

const [dataDir = ''] = process.argv.slice(2);
const before = bytesRead();
const store = await openStore({ dataDir, worker: STORE_WORKER });
if (store.problem) throw new Error(store.problem.sentence);
await recoverTraces(store, recordHere);
const { rows, total } = await store.list({ limit: 50 });
const page = await store.reads(rows[0]!.id, 0);
console.log(JSON.stringify({ total, reads: page.length, bytes: bytesRead() - before }));
await store.close();
