/**
 * What the strict lint says of the recorded streams, rule by rule. They are healthy but for a few that were recorded for
 * their faults: a rule that is not in this table says nothing of any of them, and a new one must not.
 */
import { expect } from 'vitest';
import { lint } from '../../../src/shared/compare/lint.ts';
import { CORPUS, corpusFiles, testWith } from '../../support/corpus.ts';
import { runWire } from '../../support/wire.ts';

/** Remarks and streams. */
const REMARKS: Readonly<Record<string, readonly [remarks: number, streams: number]>> = {
  'block-left-open': [1, 1],
  'call-cut': [1, 1],
  'done-differs': [2, 2],
  'event-cut': [1, 1],
  'id-changes': [1, 1],
  'item-id-changes': [3, 1],
  'no-terminator': [1, 1],
  'object-type': [1, 1],
  'output-index-gap': [1, 1],
  'role-missing': [1, 1],
  'second-message-start': [2, 2],
  'sequence-gap': [1, 1],
  'sequence-missing': [2, 2],
  'terminator-open': [1, 1],
  'text-without-deltas': [2, 2],
  'tool-index-gap': [1, 1],
  'tool-index-missing': [1, 1],
  'usage-repeated': [2, 2],
};

testWith(CORPUS, 'the table of remarks on the recorded streams', () => {
  const found: Record<string, [number, number]> = {};
  for (const { api, bytes } of corpusFiles()) {
    const run = runWire(api, bytes);
    const counts = new Map<string, number>();
    for (const { rule } of lint(run)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
    for (const [rule, count] of counts) {
      const [remarks, streams] = found[rule] ?? [0, 0];
      found[rule] = [remarks + count, streams + 1];
    }
  }
  console.table(found);
  expect(found).toEqual(REMARKS);
});
