/**
 * The core by itself, in a process of its own: how late its event loop is while it does nothing, and while a run of 2,000
 * events a second is recorded, read in three lanes and stored. Argument: where the endpoint listens. Prints JSON.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCore } from './core.ts';
import { REPETITIONS, shuffled } from './measure.ts';

/** Nanoseconds. */
export interface LoopDelay {
  readonly p99: number;
  readonly worst: number;
}
export type LoopRepetition = Readonly<Record<'idle' | 'again' | 'busy', LoopDelay>>;

const SECONDS = 2;
const LEAD_SECONDS = 0.5;

const core = await openCore(process.argv[2]!);

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
  const id = await core.start();
  return async () => core.services['runs.cancel']({ id });
}

await delayWhile(run);
const repetitions: LoopRepetition[] = [];
for (let i = 0; i < REPETITIONS; i++) {
  const one = new Map<string, LoopDelay>();
  for (const name of shuffled(['idle', 'again', 'busy']))
    one.set(name, await delayWhile(name === 'busy' ? run : nothing));
  repetitions.push(Object.fromEntries(one) as LoopRepetition);
}
await core.close();
console.log(JSON.stringify(repetitions));
