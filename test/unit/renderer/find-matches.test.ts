/** Finding a text in a trace: over the borders of pieces, in capitals or not, and never as a pattern. */
import fc from '../../support/properties.ts';
import { expect, test } from 'vitest';
import { LONGEST_WANTED, matchesBySteps, matchesIn } from '../../../src/renderer/views/find/find-matches.ts';
import type { TraceModel } from '../../../src/renderer/stores/trace-model.ts';

const block = (kind: string, pieces: readonly string[], name: string | null = null) => ({
  kind,
  name,
  pieces,
  causes: pieces.map((_, at) => at + 10),
  firstEvent: 9,
});
const event = (index: number, preview: string, of?: string) => ({
  index,
  type: 'ping',
  preview,
  ...(of && { block: of }),
});
const blocksOf = (...rows: readonly object[]) => ({ rowCount: rows.length, rowAt: (number: number) => rows[number] });
const model = {
  blocks: blocksOf(
    {
      cells: {
        wire: [block('text', ['Hello W', 'or', 'ld. (a.b) İstanbul wORLd'])],
        legacy: [block('text', ['world'])],
      },
    },
    { cells: { wire: [block('tool', ['{"city":', '"world"}'], 'world_clock')] } },
    { cells: { wire: [] } },
  ),
  events: [event(0, 'overloaded world'), event(1, 'world', 'b0'), event(2, '')],
} as unknown as TraceModel;

const found = async (text: string) => (await matchesIn(model, text))?.map(({ event: at, where }) => `${at} ${where}`);

test('is found over the borders of deltas, with the event that brought its first character', async () => {
  expect(await found('world')).toEqual(['0 event', '9 tool name', '10 text', '11 arguments', '12 text']);
  expect(await found('OR')).toEqual(['0 event', '9 tool name', '11 text', '11 arguments', '12 text']);
});

test('is what was typed, sign by sign', async () => {
  expect(await found('(a.b)')).toEqual(['12 text']);
  expect(await found('a.d')).toEqual([]);
  for (const text of ['[', '*', '\\', '{"city":"', 'ı'.repeat(500), '|', '-', '/', '😀', '\ud800']) await found(text);
  expect(await found('{"city":"')).toEqual(['10 arguments']);
  expect(await found('ping')).toEqual(['0 event', '2 event']);
  expect(await found('  ')).toEqual([]);
});

const modelOf = (pieces: readonly string[]) =>
  ({ blocks: blocksOf({ cells: { wire: [block('text', pieces)] } }), events: [] }) as unknown as TraceModel;

test('in steps, is found where it is found in one', () => {
  const signs = fc
    .array(fc.constantFrom('a', 'A', 'b', '😀', '\ud83d', '\ude00', 'ı'), { maxLength: 12 })
    .map((all) => all.join(''));
  fc.assert(
    fc.property(fc.array(signs), signs, fc.integer({ min: 1, max: 5 }), (pieces, text, step) => {
      fc.pre(text !== '');
      const places = pieces.flatMap((piece, at) => Array.from({ length: piece.length }, () => at + 10));
      const expected = [...pieces.join('').matchAll(new RegExp(text, 'giu'))].map(({ index }) => places[index]);
      const steps = [...matchesBySteps(modelOf(pieces), text, step)];
      expect(steps.filter((match) => match !== null).map(({ event: at }) => at)).toEqual(expected);
    }),
  );
});

test('I6 of ten megabytes, in one piece or in many, each step looks at a little, and it can be given up', async () => {
  const length = 10_000_000;
  const one = ['a'.repeat(length)];
  const many = Array.from({ length: length / 20 }, () => 'a'.repeat(20));
  for (const pieces of [one, many]) {
    expect([...matchesBySteps(modelOf(pieces), 'b')].length).toBeGreaterThan(length / 200_000);
    const steps = [...matchesBySteps(modelOf(pieces), `${'a'.repeat(LONGEST_WANTED - 1)}b`)];
    expect(steps.length).toBeGreaterThan(length / 4_000);
    expect(await matchesIn(modelOf(pieces), 'b', AbortSignal.abort())).toBeNull();
  }
  const named = { blocks: blocksOf({ cells: { wire: [block('tool', [], one[0])] } }), events: [] };
  const steps = [...matchesBySteps(named as unknown as TraceModel, `${'a'.repeat(LONGEST_WANTED - 1)}b`)];
  expect(steps.length).toBeGreaterThan(length / 4_000);
});
