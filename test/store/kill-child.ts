/**
 * A program that works as fast as it can until it is killed: run by kills.ts, in a process of its own. What it does is its first argument. A line on
 * standard output for each promise that it was given: what was done, and how much.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { recordHere } from '../../src/main/core/decoding/record.ts';
import { importFile } from '../../src/main/core/imports/import-service.ts';
import { FileVault } from '../../src/main/core/keys/file-vault.ts';
import { Random } from '../../src/main/core/providers/sample/random.ts';
import { SearchWriter } from '../../src/main/core/search/writer.ts';
import { writeWhole } from '../../src/main/hosts/cli/write-whole.ts';
import { openStore } from '../../src/main/core/store/open-store.ts';
import { endpointId, traceId, type TraceId } from '../../src/shared/model/ids.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { exportedText, importedBody, KEPT, madeDocuments, madeNr } from './kills.ts';
import { madeReads } from './made-reads.ts';
import { COMPLETE, newTrace, STORE_WORKER } from './traces.ts';

const [kind = '', dataDir = '', name = '', seed = '1'] = process.argv.slice(2);
const random = new Random(Number(seed));
const promised = (what: string, much: number | string = 0): void => void process.stdout.write(`${what} ${much}\n`);

if (kind === 'vault') {
  const vault = new FileVault(join(dataDir, 'keys.json'));
  for (let n = 0; ; n++) {
    await vault.set(endpointId(`${name}-${n % 50}`), `key-${n}`);
    promised(`${name}-${n % 50}`, `key-${n}`);
  }
}

if (kind === 'index') {
  const writer = new SearchWriter(dataDir);
  for (let n = 0; ; n++) {
    const id = traceId(`${name}-${n}`);
    await writer.put({ id, nr: madeNr(id) }, madeDocuments(id));
    promised(id);
    if (random.chance(0.4)) {
      promised(`?${id}`);
      await writer.remove(id);
      await writer.shrink();
      promised(`-${id}`);
    }
  }
}

if (kind === 'export') {
  // Above all that the program before it wrote.
  const first = Number(name.split('-').at(-1)) * 1_000_000;
  for (let n = first; ; n++) {
    writeWhole(join(dataDir, 'exported'), exportedText(n));
    promised('exported', n);
  }
}

promised('ready');
/** With `restMs` of 1 the log is emptied as soon as nothing is written. */
const store = await openStore({
  dataDir,
  worker: STORE_WORKER,
  undoMs: 1,
  ...(kind === 'checkpoint' && { restMs: 1 }),
});
if (store.problem) throw new Error(store.problem.sentence);
promised('open');
const importing = importFile({
  store,
  defaults: async () => ({ options: DEFAULT_OPTIONS, lanes: null }),
  record: recordHere,
});

/** Traces that are made one after the other, of which all but the last are then deleted together. */
const GROUP = 8;
const group: TraceId[] = [];

/** What a file is brought up for is over with that. */
const idle = kind === 'migrate';
for (let n = 0; ; n++) {
  if (idle) break;
  if (kind === 'import') {
    const lines = 1 + random.below(2000);
    const title = `${name}-${n}-${lines}`;
    await importing({ name: title, text: importedBody(title), again: true });
    promised(title, lines);
    continue;
  }
  const isKept = kind === 'vacuum' && n % GROUP === GROUP - 1;
  const id = traceId(`${name}-${n}${isKept ? KEPT : ''}`);
  const reads = madeReads(id, 1 + random.below(kind === 'seal' || kind === 'checkpoint' ? 400 : 60), 2000);
  await store.createTrace(newTrace({ id }));
  store.appendReads(id, reads);
  await store.finishTrace(id, COMPLETE);
  promised(id, reads.length);
  // The kill comes shortly after a promise: while the log is brought into the file.
  if (kind === 'checkpoint') while (statSync(join(dataDir, 'tracelane.db-wal')).size > 0) await wait(1);
  if (kind === 'vacuum') {
    if (!isKept) group.push(id);
    else {
      await store.delete(group);
      for (const gone of group.splice(0)) promised(`-${gone}`);
    }
  }
  if (kind === 'purge' && random.chance(0.6)) {
    await store.delete([id]);
    promised(`-${id}`);
  }
}
// The store's thread keeps the program alive until it is killed.
