/** A program that opens the store in a data folder and says what it says of it, and how many traces it lists. */
import { openStore } from '../../src/main/core/store/open-store.ts';
import { STORE_WORKER } from './traces.ts';

const [dataDir = ''] = process.argv.slice(2);
const store = await openStore({ dataDir, worker: STORE_WORKER });
const { total } = await store.list({ limit: 1 });
console.log(JSON.stringify({ sentence: store.problem?.sentence, total }));
await store.close();
