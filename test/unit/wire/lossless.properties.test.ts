/**
 * The wire lane loses nothing: one value of a stream is changed, or a field is added, and it is found again in what the
 * lane made of the stream. On our own streams, and on the recorded ones where they are there.
 */
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { allStreams, wireFixtures } from '../../support/fixtures.ts';
import { OTHER_STREAMS } from '../../fixtures/other-streams.ts';
import { eventsOf, isKept, marked, MARKERS, spotsOf, type EventStream } from '../../support/markers.ts';
import { runWire } from '../../support/wire.ts';

/** Changes to each recorded stream; ours, which are small, are changed at every place. LOSS_RUNS=1000 hunts longer. */
const RUNS = Number(process.env['LOSS_RUNS'] ?? 20);

const streamOf = ({ name, api, bytes }: ReturnType<typeof allStreams>[number]): EventStream =>
  eventsOf(name, api, bytes);

const OWN = [...wireFixtures().map(streamOf), ...OTHER_STREAMS];

describe.each(MARKERS)('a marker of type %s', (_type, value, needle) => {
  test.each(OWN.map((stream) => [stream.name, stream] as const))('anywhere in %s is kept', (_name, stream) => {
    const lost = spotsOf(stream).filter((spot) => !isKept(runWire(stream.api, marked(stream, spot, value)), needle));
    expect(lost).toEqual([]);
  });
});

test.each(OTHER_STREAMS.map((stream) => [stream.name, stream] as const))('%s is read', (name, stream) => {
  const { outcome, frames } = runWire(stream.api, marked(stream, { event: -1, path: [], kind: 'change' }, null));
  expect(frames).toHaveLength(stream.events.length);
  expect(outcome.errors).toHaveLength(/error|exception/.test(name) ? 1 : 0);
});

test(`a marker anywhere in any stream is kept (${allStreams().length} streams)`, () => {
  for (const stream of allStreams().map(streamOf)) {
    const spots = spotsOf(stream);
    fc.assert(
      fc.property(fc.constantFrom(...spots), fc.constantFrom(...MARKERS), (spot, [, value, needle]) => {
        if (!isKept(runWire(stream.api, marked(stream, spot, value)), needle))
          throw new Error(`${stream.name}: lost at ${spot.kind} ${spot.path.join('.')} of event ${spot.event}`);
      }),
      { numRuns: RUNS, seed: 3 },
    );
  }
});
