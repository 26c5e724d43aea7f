/** P18: how late the main process's event loop is while a fast run is recorded, over doing nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { RATE, startEndpoint } from './endpoint.ts';
import type { LoopDelay, LoopRepetition } from './loop-child.ts';
import { quantile, type Result } from './measure.ts';

const ANSWER_SECONDS = 5;

export async function eventLoop(): Promise<readonly Result[]> {
  const endpoint = await startEndpoint(ANSWER_SECONDS);
  try {
    const child = spawn(process.execPath, [fileURLToPath(new URL('loop-child.ts', import.meta.url)), endpoint.url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exit = once(child, 'exit');
    const printed = await text(child.stdout);
    const [code] = (await exit) as [number];
    if (code !== 0) throw new Error(`The core under measurement ended with ${code}.`);
    return results(JSON.parse(printed) as readonly LoopRepetition[]);
  } finally {
    await endpoint.close();
  }
}

function results(repetitions: readonly LoopRepetition[]): readonly Result[] {
  const judged = (what: string, target: number, of: (delay: LoopDelay) => number): Result => {
    const ratio = (name: 'busy' | 'again'): number =>
      quantile(
        repetitions.map((one) => of(one[name]) / of(one.idle)),
        0.5,
      );
    const value = ratio('busy');
    return {
      id: 'P18',
      what: `event loop while ${RATE} events a second are recorded, ${what}, over doing nothing`,
      value,
      target,
      met: value <= target,
      note: `divisor against itself ${ratio('again').toFixed(2)}`,
    };
  };
  return [judged('p99 of the delay', 1.5, ({ p99 }) => p99), judged('the worst delay', 3, ({ worst }) => worst)];
}
