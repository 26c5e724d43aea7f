/** Findings that lanes share are one card: only what is the same in all but the lane. */
import { expect, test } from 'vitest';
import { alikeFindings } from '../../../src/renderer/views/compare/alike-findings.ts';
import type { Finding } from '../../../src/shared/model/findings.ts';

const finding = (number: number, lane: 'legacy' | 'simple', rest: Partial<Finding>): Finding => ({
  number,
  lane,
  kind: 'cut-unnoticed',
  severity: 'major',
  event: 25,
  lastEvent: 25,
  bytes: null,
  sentence: `the stream was cut after event 25 and ${lane} calls it finished`,
  ...rest,
});

test('are joined where only the lane differs, and stay in order', () => {
  const sentence = 'legacy dropped 3 characters of a simple text';
  const findings = [
    finding(1, 'legacy', { kind: 'text-lost', sentence }),
    finding(2, 'legacy', {}),
    finding(3, 'simple', { event: 24 }),
    finding(4, 'simple', {}),
    finding(5, 'simple', { kind: 'text-lost', sentence: sentence.replace('3', '4') }),
    finding(6, 'simple', { severity: 'minor' }),
  ];
  expect(alikeFindings(findings).map((group) => group.map(({ number }) => number))).toEqual([
    [1],
    [2, 4],
    [3],
    [5],
    [6],
  ]);
});
