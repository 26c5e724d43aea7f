/** A few kills of each kind; `npm run faults -- kill --rounds 120` has many. Recording has a test of its own with thirty: crash.test.ts. */
import { expect, test } from 'vitest';
import { KILLED, killRounds } from './kills.ts';

const ROUNDS = 2;

test.each(KILLED.filter((kind) => kind !== 'record'))(
  'G2 killed in mid-work, a program keeps its promises: %s',
  { timeout: 300_000 },
  async (kind) => {
    const { kills } = await killRounds(kind, ROUNDS, 17);
    expect(kills).toBe(ROUNDS);
  },
);
