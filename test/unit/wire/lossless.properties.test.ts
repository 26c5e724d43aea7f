/**
 * The wire lane loses nothing: one value of a stream is changed, or a field is added, and it is found again in what the
 * lane made of the stream. On our own streams, and on the recorded ones where they are there.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allStreams, wireFixtures } from '../../support/fixtures.ts';
import { eventsOf, isKept, marked, MARKERS, spotsOf } from '../../support/markers.ts';
import { runWire } from '../../support/wire.ts';

/** Changes to each recorded stream; ours, which are small, are changed at every place. LOSS_RUNS=1000 hunts longer. */
const RUNS = Number(process.env['LOSS_RUNS'] ?? 20);

const changesOf = (file: ReturnType<typeof allStreams>[number]) => {
  const stream = eventsOf(file.name, file.api, file.bytes);
  return { stream, spots: spotsOf(stream), api: file.api };
};

describe.each(MARKERS)('a marker of type %s', (_type, value, needle) => {
  test.each(wireFixtures().map((file) => [file.name, file] as const))('anywhere in %s is kept', (_name, file) => {
    const { stream, spots, api } = changesOf(file);
    const lost = spots.filter((spot) => !isKept(runWire(api, marked(stream, spot, value)), needle));
    expect(lost).toEqual([]);
  });
});

test(`a marker anywhere in any stream is kept (${allStreams().length} streams)`, () => {
  for (const file of allStreams()) {
    const { stream, spots, api } = changesOf(file);
    fc.assert(
      fc.property(fc.constantFrom(...spots), fc.constantFrom(...MARKERS), (spot, [, value, needle]) => {
        if (!isKept(runWire(api, marked(stream, spot, value)), needle))
          throw new Error(`${file.name}: lost at ${spot.kind} ${spot.path.join('.')} of event ${spot.event}`);
      }),
      { numRuns: RUNS, seed: 3 },
    );
  }
}, 60_000);
