/**
 * The core by itself, in a process of its own: a steady stream is recorded beside nothing, then beside each hostile one. Arguments:
 * where the endpoint listens, then the models that it answers with hostile streams. Prints JSON.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { openCore } from './core.ts';

export interface Beside {
  readonly what: string;
  /** The largest difference of a gap between two events as it was recorded from the gap as it was sent. */
  readonly errorMs: number;
  /** Of the whole process, at most. */
  readonly memoryMb: number;
}

const LEAD_MS = 500;
const BESIDE_MS = 8_000;
const SENT = /"sent":([\d.]+)/;

const [url, ...models] = process.argv.slice(2);
const core = await openCore(url!);

async function beside(what: string, model?: string): Promise<Beside> {
  let memory = 0;
  const watch = setInterval(() => (memory = Math.max(memory, process.memoryUsage.rss())), 50);
  const steady = await core.start('steady');
  await sleep(LEAD_MS);
  const other = model === undefined ? undefined : await core.start(model);
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
  const came: { readonly offset: number; readonly tNs: number }[] = [];
  for await (const items of core.services['traces.items']({ id, from: 0 }, signal))
    for (const item of items)
      if (item.k === 'read') {
        came.push({ offset: item.offset, tNs: item.tNs });
        bytes = item.offset + item.length;
      }
  const body = Buffer.from((await core.services['traces.bytes']({ id, start: 0, end: bytes })).bytes, 'base64');
  let last: { readonly sent: number; readonly tNs: number } | undefined;
  for (const { offset, tNs } of came) {
    const sent = SENT.exec(body.subarray(offset, offset + 200).toString())?.[1];
    if (sent === undefined) continue;
    const now = { sent: Number(sent), tNs };
    if (last) largest = Math.max(largest, Math.abs((now.tNs - last.tNs) / 1e6 - (now.sent - last.sent)));
    last = now;
  }
  return largest;
}

await beside('nothing');
const measured = [await beside('nothing')];
for (const model of models) measured.push(await beside(model, model));
await core.close();
console.log(JSON.stringify(measured));
