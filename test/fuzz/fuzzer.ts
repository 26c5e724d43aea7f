/** What a fuzzer is, and a round of one. */
import type { Random } from '../../src/main/core/providers/sample/random.ts';

export interface Round {
  /** What was fed, for the file that a failure leaves behind. */
  readonly input: Uint8Array;
  /** Throws where the program is at fault; how it ended otherwise, in a word or two to be counted. */
  readonly run: () => string | Promise<string>;
}

export interface Fuzzer {
  readonly id: string;
  /** The same random numbers make the same round. */
  readonly round: (random: Random) => Round;
  /** Ends what its rounds have opened. */
  readonly close?: () => Promise<void>;
}
