import { describe, expect, it } from 'vitest';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import { FINDING_KINDS } from '../../../src/shared/compare/findings/registry.ts';
import { SEVERITIES } from '../../../src/shared/model/findings.ts';
import { EXAMPLES } from '../../fixtures/compare/examples.ts';

describe.each(FINDING_KINDS.map((kind) => [kind.id, kind] as const))('%s', (id, kind) => {
  const example = EXAMPLES[id];

  it('has a title, a page of help, an example and one on which it must not show', () => {
    expect(kind.title).not.toBe('');
    expect(kind.help.split('\n\n').length).toBeGreaterThan(1);
    expect(example).toBeDefined();
  });

  it('is found on its example, once, with its event and bytes', () => {
    const { shows, lane, event, lastEvent, says } = example!;
    const input = shows();
    const found = compareLanes(input).findings.filter((finding) => finding.kind === id && finding.lane === lane);
    expect(found.map(({ sentence }) => sentence)).toEqual([expect.stringContaining(says)]);
    const [finding] = found;
    const [first, last] = [input.events[event], input.events[lastEvent]];
    expect([finding?.event, finding?.lastEvent, finding?.bytes]).toEqual(
      first && last ? [event, lastEvent, [first.start, last.end]] : [null, null, null],
    );
  });

  it('is not found where nothing is wrong of its kind', () => {
    const { absent, lane } = example!;
    expect(
      compareLanes(absent())
        .findings.filter((finding) => finding.kind === id && finding.lane === lane)
        .map(({ sentence }) => sentence),
    ).toEqual([]);
  });
});

it('numbers findings from 1, the gravest first and then by their first event, and names them so in every view', () => {
  const { findings, rows, verdict, laneMap } = compareLanes(EXAMPLES['tool-calls-merged']!.shows());
  expect(findings.map(({ number }) => number)).toEqual(findings.map((_, index) => index + 1));
  const places = findings.map(({ severity, event }) => [-SEVERITIES.indexOf(severity), event ?? Infinity] as const);
  expect(places).toEqual(places.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]));
  const merged = findings.find(({ kind, lane }) => kind === 'tool-calls-merged' && lane === 'simple')!;
  expect(verdict['tool calls'].simple).toMatchObject({
    equal: false,
    text: '1 of 2, merged',
    findings: [merged.number],
  });
  expect(rows.filter((row) => row.findings.includes(merged.number)).map(({ title }) => title)).toEqual([
    'get_a',
    'get_b',
    'After the end',
  ]);
  expect(laneMap.spans).toContainEqual(expect.objectContaining({ finding: merged.number, shape: 'merged' }));
  expect(laneMap.notes).toContainEqual(
    expect.objectContaining({ finding: merged.number, shape: 'merged', lane: 'simple' }),
  );
});
