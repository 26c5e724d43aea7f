/**
 * The core by itself, in a process of its own: how late its event loop is while it does nothing, and while a run of 2,000
 * events a second is recorded, read in three lanes and stored. Argument: where the endpoint listens. Prints JSON.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { createCore } from '../../src/main/core/core.ts';
import { FileVault } from '../../src/main/core/keys/file-vault.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { REPETITIONS, shuffled } from './measure.ts';

/** Nanoseconds. */
export interface LoopDelay {
  readonly p99: number;
  readonly worst: number;
}
export type LoopRepetition = Readonly<Record<'idle' | 'again' | 'busy', LoopDelay>>;

const SECONDS = 2;
const LEAD_SECONDS = 0.5;

const dataDir = await mkdtemp(join(tmpdir(), 'tracelane-bench-'));
const here = (path: string): URL => new URL(path, import.meta.url);
const core = await createCore({
  dataDir, host: 'memory', version: 'bench', vault: new FileVault(join(dataDir, 'keys.json')),
  storeWorker: here('../../src/main/store-worker.ts'), readerWorker: here('../../src/main/reader-worker.ts'),
});
const { services } = core;
const endpoint = await services['endpoints.save']({
  name: 'bench', baseUrl: `${process.argv[2]}/v1`, type: 'openai', provider_name: 'openai', limits: { answer: 60, silence: null },
});

async function delayWhile(work: () => Promise<() => Promise<unknown>>): Promise<LoopDelay> {
  const stop = await work();
  await sleep(LEAD_SECONDS * 1000);
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await sleep(SECONDS * 1000);
  histogram.disable();
  await stop();
  return { p99: histogram.percentile(99), worst: histogram.max };
}

const nothing = async () => async () => {};
async function run(): Promise<() => Promise<unknown>> {
  const request = { model: 'm', messages: [{ role: 'user', content: 'Go on.' }], stream: true };
  const { id } = await services['runs.start']({ endpoint: endpoint.id, api: 'chat_completions', request, options: DEFAULT_OPTIONS, source: 'run' });
  return async () => services['runs.cancel']({ id });
}

await delayWhile(run);
const repetitions: LoopRepetition[] = [];
for (let i = 0; i < REPETITIONS; i++) {
  const one = new Map<string, LoopDelay>();
  for (const name of shuffled(['idle', 'again', 'busy'])) one.set(name, await delayWhile(name === 'busy' ? run : nothing));
  repetitions.push(Object.fromEntries(one) as LoopRepetition);
}
await core.close();
await rm(dataDir, { recursive: true, force: true });
console.log(JSON.stringify(repetitions));
