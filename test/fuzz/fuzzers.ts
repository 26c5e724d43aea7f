/** All fuzzers, and how one is run. */
import { Random } from '../../src/main/core/providers/sample/random.ts';
import { PROXY_FUZZERS } from './exchanges.ts';
import type { Fuzzer, Round } from './fuzzer.ts';
import { IMPORT_FUZZERS } from './imports.ts';
import { LANE_FUZZERS } from './lanes.ts';
import { COMPARE_FUZZERS, FRAMING_FUZZERS } from './streams.ts';

export const FUZZERS: readonly Fuzzer[] = [
  ...LANE_FUZZERS,
  ...FRAMING_FUZZERS,
  ...COMPARE_FUZZERS,
  ...IMPORT_FUZZERS,
  ...PROXY_FUZZERS,
];

/** A round that waits for longer waits for ever: most take milliseconds. */
const ROUND_MS = 60_000;

/** A round that found a fault of the program. */
export class Fault extends Error {
  readonly fuzzer: string;
  readonly seed: number;
  readonly input: Uint8Array;

  constructor(fuzzer: string, seed: number, input: Uint8Array, cause: unknown) {
    super(`${fuzzer}, seed ${seed}: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
    this.fuzzer = fuzzer;
    this.seed = seed;
    this.input = input;
  }
}

/** Rounds with the seeds from `seed` on; how many ended in which way. Throws a Fault. */
export async function runRounds(fuzzer: Fuzzer, seed: number, rounds: number): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (let n = 0; n < rounds; n++) {
    const round = fuzzer.round(new Random(seed + n));
    try {
      const end = await inTime(round);
      counts.set(end, (counts.get(end) ?? 0) + 1);
    } catch (error) {
      throw new Fault(fuzzer.id, seed + n, round.input, error);
    }
  }
  return counts;
}

async function inTime({ run }: Round): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The round has not ended after ${ROUND_MS / 1000} seconds.`)), ROUND_MS);
  });
  try {
    return await Promise.race([run(), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
