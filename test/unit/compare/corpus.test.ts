import { describe, expect, it } from 'vitest';
import { findAll } from '../../../src/shared/compare/findings/registry.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import { CORPUS, corpusFiles, describeWith } from '../../support/corpus.ts';
import { allStreams } from '../../support/fixtures.ts';
import { againstItself } from '../../support/perfect-lane.ts';
import { laneSetup } from '../../support/wire.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import type { LaneSetup } from '../../../src/shared/model/lane.ts';

const setupOf = (api: Api): LaneSetup => ({
  ...laneSetup(api),
  request: api === 'responses' ? { input: 'hi' } : { messages: [] },
});

/** A seed outcome has no place for a finish reason and one for a call, so that even a perfect lane loses these. */
const BY_NATURE = new Set([
  'stop-lost',
  'tool-call-lost',
  'tool-calls-merged',
  'otid-split',
  'reasoning-tag-leaked',
  // The adapters' messages have no place for a refusal, nor for what is neither text, reasoning nor a call.
  'text-lost',
  'part-not-carried',
]);

describe('a lane that says what the wire says', () => {
  it.each(allStreams().map((file) => [file.name, file] as const))('has no finding: %s', (_, { api, bytes }) => {
    const itself = againstItself(readAll(bytes, setupOf(api)));
    expect(
      findAll(itself)
        .filter(({ kind }) => !BY_NATURE.has(kind.id))
        .map(({ finding }) => finding.sentence),
    ).toEqual([]);
  });
});

describeWith(CORPUS, 'the corpus', () => {
  it('gives the wire no finding, and counts by kind', () => {
    const counts = new Map<string, { legacy: number; simple: number }>();
    for (const { api, bytes } of corpusFiles()) {
      for (const { finding } of findAll(readAll(bytes, setupOf(api)))) {
        expect(finding.lane).not.toBe('wire');
        const row = counts.get(finding.kind) ?? { legacy: 0, simple: 0 };
        counts.set(finding.kind, row);
        row[finding.lane as 'legacy' | 'simple']++;
      }
    }
    console.table(Object.fromEntries([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))));
    expect(counts.size).toBeGreaterThan(5);
  });
});
