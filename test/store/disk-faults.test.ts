/** A few calls at which a disk fails; `npm run faults -- disk` goes through all of them. */
import { expect, test } from 'vitest';
import { faultyDisk, FAULTS, type FaultPoint } from './disk-faults.ts';
import { afterwards } from './support.ts';

const POINTS: readonly FaultPoint[] = FAULTS.flatMap((fault, n) => [
  ...[10, 55].map((at) => ({ fault, at: at + n, from: 'opening' as const })),
  ...[1, 20, 45, 70].map((at) => ({ fault, at: at + 3 * n, from: 'writing' as const })),
]);

const disk = faultyDisk();
if (disk === null)
  console.warn('SKIPPED: no Linux or no C compiler here, so a disk that fails at single calls is not shown.');

test.runIf(disk)(
  'G4 G5 what is promised on a disk that fails is in the file, what is refused is not',
  { timeout: 300_000 },
  async () => {
    afterwards(() => disk!.end());
    const all = await disk!.run(POINTS);
    expect(all).toHaveLength(POINTS.length);
    const writing = all.filter(({ from }) => from === 'writing');
    expect(writing.every(({ opened }) => opened)).toBe(true);
    // A short write is gone on with; all others fail, and are told.
    expect(writing.filter(({ fault }) => fault === 'short').every(({ told }) => told === null)).toBe(true);
    expect(writing.some(({ told }) => told !== null)).toBe(true);
    const denied = writing.filter(({ fault }) => fault === 'denied');
    expect(denied).not.toEqual([]);
    for (const { told, traces } of denied) {
      expect(told).toMatch(/(?:can no longer be written|Writing to .* fails) \(.*Check .*permissions/s);
      expect(traces.some(({ created, finished }) => !created || !finished)).toBe(true);
    }
  },
);
