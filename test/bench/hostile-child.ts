/**
 * The core by itself, in a process of its own: a steady stream is recorded beside nothing, then beside each hostile one. Arguments:
 * where the sender of the steady stream listens, and that of hostile ones, then the models of those. Prints JSON.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { openCore } from './core.ts';

export interface Beside {
  readonly what: string;
  /** The largest difference of a gap between two events as it was recorded from all gaps that it can have been sent with. */
  readonly errorMs: number;
  /** Of the whole process, at most. */
  readonly memoryMb: number;
}

export interface Measured {
  /** First, in the middle and last: one alone would make of a chance in it the measure of all others. */
  readonly nothing: readonly Beside[];
  readonly others: readonly Beside[];
}

const LEAD_MS = 500;
const BESIDE_MS = 8_000;
/** At the place where an event begins. */
const SENT = /data: [^\n]*"sent":([\d.]+),"before":([\d.]+)[^\n]*\n\n/g;

const [url, hostileUrl, ...models] = process.argv.slice(2);
const core = await openCore(url!);
const startHostile = await core.startAt(hostileUrl!);

async function beside(what: string, model?: string): Promise<Beside> {
  let memory = 0;
  const watch = setInterval(() => (memory = Math.max(memory, process.memoryUsage.rss())), 50);
  const steady = await core.start('steady');
  await sleep(LEAD_MS);
  const other = model === undefined ? undefined : await startHostile(model);
  await sleep(BESIDE_MS);
  for (const id of [steady, ...(other ? [other] : [])]) await core.services['runs.cancel']({ id });
  const errorMs = await largestError(steady);
  clearInterval(watch);
  return { what, errorMs, memoryMb: memory / 2 ** 20 };
}

/** Of reads with one event each: what came joined was late on the way. */
async function largestError(id: TraceId): Promise<number> {
  const signal = new AbortController().signal;
  let [bytes, largest] = [0, 0];
  const came = new Map<number, number>();
  for await (const items of core.services['traces.items']({ id, from: 0 }, signal))
    for (const item of items)
      if (item.k === 'read') {
        came.set(item.offset, item.tNs / 1e6);
        bytes = item.offset + item.length;
      }
  const body = Buffer.from((await core.services['traces.bytes']({ id, start: 0, end: bytes })).bytes, 'base64');
  const events = [...body.toString('latin1').matchAll(SENT)];
  let last: Sent | undefined;
  for (const [at, event] of events.entries()) {
    const tMs = came.get(event.index);
    const next = events[at + 1];
    if (tMs === undefined || !next) continue;
    const now = { tMs, from: Number(event[1]), to: Number(next[2]) };
    if (last) largest = Math.max(largest, errorBetween(last, now));
    last = now;
  }
  return largest;
}

/** Milliseconds: when an event was recorded, and between which times it was sent. */
interface Sent {
  readonly tMs: number;
  readonly from: number;
  readonly to: number;
}

function errorBetween(last: Sent, now: Sent): number {
  const gap = now.tMs - last.tMs;
  return Math.max(0, now.from - last.to - gap, gap - (now.to - last.from));
}

await beside('nothing');
const nothing = [await beside('nothing')];
const others: Beside[] = [];
for (const [at, model] of models.entries()) {
  if (at === Math.floor(models.length / 2)) nothing.push(await beside('nothing'));
  others.push(await beside(model, model));
}
nothing.push(await beside('nothing'));
await core.close();
console.log(JSON.stringify({ nothing, others } satisfies Measured));
