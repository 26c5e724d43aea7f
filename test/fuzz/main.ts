/**
 * `npm run fuzz`: every fuzzer for a fixed number of rounds, or for so many minutes in turn. The seeds are printed, and a fault ends the
 * run with the command that repeats it and with its input in a file. Every ten seconds a line says how far it is.
 *
 *   npm run fuzz
 *   npm run fuzz -- --minutes 60
 *   npm run fuzz -- --only import:trace.txt --seed 4711 --rounds 1
 *   npm run fuzz -- --only proxy --rounds 100000
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import type { Fuzzer } from './fuzzer.ts';
import { Fault, FUZZERS, runRounds } from './fuzzers.ts';

function wholeNumber(text: string): number {
  if (!/^[0-9]{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}

const { rounds, minutes, seed, only } = new Command('npm run fuzz --')
  .option('--rounds <n>', 'of each fuzzer, or of each turn with --minutes', wholeNumber, 100)
  .option('--minutes <n>', 'go on with other seeds for so long', wholeNumber)
  .option('--seed <n>', 'the first seed; the same seeds make the same rounds', wholeNumber, 1)
  .option('--only <id>', 'fuzzers whose id starts so, such as import: or lanes:messages')
  .parse()
  .opts<{ readonly rounds: number; readonly minutes?: number; readonly seed: number; readonly only?: string }>();

const chosen = FUZZERS.filter(({ id }) => only === undefined || id.startsWith(only));
const totals = new Map(chosen.map(({ id }) => [id, new Map<string, number>()]));
const PROGRESS_MS = 10_000;
/** Rounds between two looks at the clock. */
const AT_ONCE = 100;
const until = minutes === undefined ? 0 : Date.now() + minutes * 60_000;
let next = seed;
try {
  do {
    for (const fuzzer of chosen) await turn(fuzzer, next);
    next += rounds;
  } while (Date.now() < until);
  report();
  console.log(`No fault. Seeds ${seed} to ${next - 1} for each of ${chosen.length} fuzzers.`);
} catch (error) {
  report();
  if (!(error instanceof Fault)) throw error;
  const file = join(tmpdir(), `tracelane-fuzz-${error.seed}`);
  writeFileSync(file, error.input);
  console.error(
    `${error.message}\n\nIts input is in ${file}. Again:\n  npm run fuzz -- --only ${error.fuzzer} --seed ${error.seed} --rounds 1`,
  );
  process.exitCode = 1;
} finally {
  for (const { close } of chosen) await close?.();
}

async function turn(fuzzer: Fuzzer, first: number): Promise<void> {
  const total = totals.get(fuzzer.id)!;
  let [since, sinceDone] = [Date.now(), 0];
  for (let done = 0; done < rounds; done += AT_ONCE) {
    const counts = await runRounds(fuzzer, first + done, Math.min(AT_ONCE, rounds - done));
    for (const [end, count] of counts) total.set(end, (total.get(end) ?? 0) + count);
    const ms = Date.now() - since;
    if (ms < PROGRESS_MS) continue;
    const perSecond = Math.round(((done + AT_ONCE - sinceDone) * 1000) / ms);
    console.log(`${fuzzer.id}: ${done + AT_ONCE} of ${rounds} rounds from seed ${first} on, ${perSecond} a second`);
    [since, sinceDone] = [Date.now(), done + AT_ONCE];
  }
}

function report(): void {
  for (const [id, counts] of totals) {
    const rest = [...counts].toSorted(([, a], [, b]) => b - a).map(([end, count]) => `${count} ${end}`);
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    console.log(`${id.padEnd(34)} ${String(all).padStart(8)} rounds: ${rest.join(', ')}`);
  }
}
