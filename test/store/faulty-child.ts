/**
 * A program on a disk that fails: run by disk-faults.ts, in a process of its own with faulty-disk.c preloaded. A line of JSON on
 * standard output for each point at which it was made to fail: what was promised, what was refused.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredEndpoint } from '../../src/main/core/store/stored.ts';
import { endpointId, traceId, type TraceId } from '../../src/shared/model/ids.ts';
import { openStore } from '../../src/main/core/store/open-store.ts';
import { FAULTS, RENAMED, type FaultPoint, type Promised } from './disk-faults.ts';
import { madeReads } from './made-reads.ts';
import { COMPLETE, newTrace, STORE_WORKER } from './traces.ts';

const [root = '', controlFile = '', points = '[]'] = process.argv.slice(2);
const control = openSync(controlFile, 'r+');

function set(fault: number, left: number): void {
  writeSync(control, Buffer.from(new BigInt64Array([BigInt(fault), BigInt(left), 0n]).buffer), 0, 24, 0);
}

function seen(): number {
  const bytes = Buffer.alloc(8);
  readSync(control, bytes, 0, 8, 16);
  return Number(bytes.readBigInt64LE());
}

/** Whether it was done; refusals are a part of the promise. */
const tried = (one: Promise<unknown>): Promise<boolean> =>
  one.then(
    () => true,
    () => false,
  );

const READS = 12;
/** Between two tries of a write that failed. */
const RETRY_MS = 5;
const ENDPOINT: StoredEndpoint = {
  id: endpointId('an-endpoint'),
  name: 'Mine',
  baseUrl: 'https://api.example.test/v1',
  type: 'openai',
  provider_name: 'openai',
  limits: { answer: null, silence: null },
};

async function scenario(folder: string, { fault, at, from }: FaultPoint): Promise<Promised> {
  const dataDir = join(root, folder);
  const begin = (): void => set(FAULTS.indexOf(fault) + 1, at);
  if (from === 'opening') begin();
  const store = await openStore({ dataDir, worker: STORE_WORKER, undoMs: 1, retryMs: RETRY_MS });
  if (store.problem !== undefined) {
    const calls = seen();
    set(0, 0);
    await store.close();
    return {
      folder,
      fault,
      at,
      from,
      calls,
      opened: false,
      traces: [],
      settings: false,
      endpoint: false,
      told: store.problem.sentence,
    };
  }
  let trouble = false;
  let told: string | null = null;
  let clear: (() => void) | undefined;
  store.onWriteProblem((sentence) => {
    trouble = sentence !== undefined;
    told = sentence ?? told;
    if (!trouble) clear?.();
  });
  if (from === 'writing') begin();
  const traces: Promised['traces'][number][] = [];
  const record = async (id: TraceId, starred: boolean, deleted: boolean): Promise<void> => {
    const created = await tried(store.createTrace(newTrace({ id })));
    if (created) {
      const reads = madeReads(id, READS, 3000);
      for (let n = 0; n < READS; n += 6) {
        store.appendReads(id, reads.slice(n, n + 6));
        await store.flush();
      }
    }
    const finished = created && (await tried(store.finishTrace(id, COMPLETE)));
    const star = starred && created ? await tried(store.star([id], true)) : null;
    const renamed = starred && created ? await tried(store.rename(id, RENAMED)) : null;
    const gone = deleted && created ? await tried(store.delete([id])) : null;
    traces.push({ id, created, reads: READS, finished, star, renamed, gone });
  };
  await record(traceId(`${folder}-kept`), true, false);
  await record(traceId(`${folder}-gone`), false, true);
  const settings = await tried(store.saveSettings({ theme: 'contrast' }));
  const endpoint = await tried(store.saveEndpoint(ENDPOINT));
  const calls = seen();
  set(0, 0);
  // What is kept in memory is written as soon as writing works again; where nothing is kept, the next write finds out.
  if (trouble) {
    const cleared = new Promise<void>((resolve) => (clear = resolve));
    await tried(store.createTrace(newTrace({ id: traceId(`${folder}-after`) })));
    if (trouble) await cleared;
  }
  await store.flush();
  await store.close();
  return { folder, fault, at, from, calls, opened: true, traces, settings, endpoint, told };
}

for (const [n, point] of (JSON.parse(points) as readonly FaultPoint[]).entries())
  process.stdout.write(`${JSON.stringify(await scenario(`at-${n}`, point))}\n`);
closeSync(control);
process.exit(0);
