/** A few rounds of each fuzzer; `npm run fuzz -- --minutes 60` goes on where these stop. */
import { afterAll, expect, test } from 'vitest';
import { FUZZERS, runRounds } from '../fuzz/fuzzers.ts';

const ROUNDS = 12;
const SEED = 20_261_101;

afterAll(async () => {
  for (const { close } of FUZZERS) await close?.();
});

test.each(FUZZERS)('$id finds no fault', { timeout: 300_000 }, async (fuzzer) => {
  const counts = await runRounds(fuzzer, SEED, ROUNDS);
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(ROUNDS);
});
