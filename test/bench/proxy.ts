/**
 * P21 to P23: what the capture proxy adds to a stream, as ratios to a plain TCP relay or to no proxy in the same run. Provider
 * and client are in a process of their own; the relay is in a thread of its own, as the proxy is.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { createCore, type Core } from '../../src/main/core/core.ts';
import { MemoryVault } from '../support/memory-vault.ts';
import type { Job, Timed } from './proxy-side.ts';
import { quantile, REPETITIONS, shuffled, type Result } from './measure.ts';

const here = (path: string): URL => new URL(path, import.meta.url);

/** Ways to the provider. */
type Way = 'direct' | 'relay' | 'relay again' | 'proxy';
const WAYS: readonly Way[] = ['direct', 'relay', 'relay again', 'proxy'];

interface Ways {
  readonly at: Readonly<Record<Way, Pick<Job, 'port' | 'path'>>>;
  run(job: Job): Promise<Timed>;
  close(): Promise<void>;
}

async function open(): Promise<Ways> {
  const side = fork(here('proxy-side.ts'));
  side.once('exit', (code, signal) => {
    if (code !== 0) throw new Error(`The other side ended with ${code ?? signal}.`);
  });
  const [{ port }] = (await once(side, 'message')) as [{ readonly port: number }];
  const relay = new Worker(here('proxy-relay.ts'), { workerData: { port } });
  const [relayPort] = (await once(relay, 'message')) as [number];
  const dataDir = mkdtempSync(join(tmpdir(), 'tracelane-bench-'));
  const core: Core = await createCore({
    dataDir,
    host: 'memory',
    version: '0',
    vault: new MemoryVault(),
    storeWorker: here('../../src/main/store-worker.ts'),
    decodeWorker: here('../../src/main/decode-worker.ts'),
    exchangeWorker: here('../../src/main/exchange-worker.ts'),
    proxyWorker: here('../../src/main/proxy-worker.ts'),
    proxyPort: 0,
  });
  const { url } = await core.proxy.openSession({ routes: [{ name: 'up', baseUrl: `http://127.0.0.1:${port}` }] });
  const { port: proxyPort, pathname } = new URL(url);
  const viaRelay = { port: relayPort, path: '' };
  return {
    at: {
      direct: { port, path: '' },
      relay: viaRelay,
      'relay again': viaRelay,
      proxy: { port: Number(proxyPort), path: `${pathname}/up` },
    },
    run: (job) => ask(side, job),
    async close() {
      side.disconnect();
      await relay.terminate();
      await core.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function ask(side: ChildProcess, job: Job): Promise<Timed> {
  side.send(job);
  const [timed] = (await once(side, 'message')) as [Timed];
  return timed;
}

interface Measure {
  readonly id: string;
  readonly what: string;
  readonly target: number;
  readonly shape: Pick<Job, 'writes' | 'bytes' | 'gapMs' | 'streams'>;
  /** Runs of one repetition on each way, whose figures are put together. */
  readonly runs: number;
  /** One figure of a way's runs; the ratio is of the proxy's to the divisor's, what no proxy takes subtracted where it says so. */
  readonly figure: (timed: readonly Timed[]) => number;
  readonly divisor: Way;
  readonly added: boolean;
}

const REST_MS = 20;
const firsts = (timed: readonly Timed[]): readonly number[] => timed.flatMap(({ firstMs }) => firstMs);
const ONE_EVENT = { writes: 1, bytes: 300, gapMs: 0, streams: 1 } as const;

const MEASURES: readonly Measure[] = [
  {
    id: 'P21',
    what: 'added time to the first byte, median, to a TCP relay’s',
    target: 2.2,
    shape: ONE_EVENT,
    runs: 40,
    figure: (timed) => quantile(firsts(timed), 0.5),
    divisor: 'relay',
    added: true,
  },
  {
    id: 'P21',
    what: 'time to the first byte, p99, to a TCP relay’s',
    target: 1.5,
    shape: ONE_EVENT,
    runs: 40,
    figure: (timed) => quantile(firsts(timed), 0.99),
    divisor: 'relay',
    added: false,
  },
  {
    id: 'P22',
    what: 'latency of an event, one each 2 ms, median, to a TCP relay’s',
    target: 1.3,
    shape: { writes: 100, bytes: 300, gapMs: 2, streams: 1 },
    runs: 1,
    figure: (timed) =>
      quantile(
        timed.flatMap(({ delays }) => delays),
        0.5,
      ),
    divisor: 'relay',
    added: false,
  },
  {
    id: 'P23',
    what: 'time of 20,000 small events, to no proxy',
    target: 3.3,
    shape: { writes: 20_000, bytes: 300, gapMs: 0, streams: 1 },
    runs: 1,
    figure: ([timed]) => timed!.totalMs,
    divisor: 'direct',
    added: false,
  },
  {
    id: 'P23',
    what: 'time of 500 writes of 64 KB, to no proxy',
    target: 5,
    shape: { writes: 500, bytes: 64 * 1024, gapMs: 0, streams: 1 },
    runs: 1,
    figure: ([timed]) => timed!.totalMs,
    divisor: 'direct',
    added: false,
  },
];

export async function proxy(): Promise<readonly Result[]> {
  const ways = await open();
  try {
    const results: Result[] = [];
    for (const measure of MEASURES) results.push(await judged(ways, measure));
    return results;
  } finally {
    await ways.close();
  }
}

async function judged(ways: Ways, { id, what, target, shape, runs, figure, divisor, added }: Measure): Promise<Result> {
  const ratios: number[] = [];
  const selfs: number[] = [];
  for (let i = -2; i < REPETITIONS; i++) {
    const timed: Record<Way, Timed[]> = { direct: [], relay: [], 'relay again': [], proxy: [] };
    for (let n = 0; n < runs; n++)
      for (const way of shuffled(WAYS)) {
        timed[way].push(await ways.run({ ...ways.at[way], ...shape }));
        // What is recorded of one exchange takes its time after it, which is not the next one's.
        await sleep(REST_MS);
      }
    // The first ones warm up.
    if (i < 0) continue;
    const base = added ? figure(timed.direct) : 0;
    ratios.push((figure(timed.proxy) - base) / (figure(timed[divisor]) - base));
    selfs.push((figure(timed['relay again']) - base) / (figure(timed.relay) - base));
  }
  const value = quantile(ratios, 0.5);
  const note = `middle half ${quantile(ratios, 0.25).toFixed(2)} to ${quantile(ratios, 0.75).toFixed(2)}, relay against itself ${quantile(selfs, 0.5).toFixed(2)}`;
  return { id, what, value, target, met: value <= target, note };
}
