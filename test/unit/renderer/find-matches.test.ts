/** Finding a text in a trace: over the borders of pieces, in capitals or not, and never as a pattern. */
import { expect, test } from 'vitest';
import { matchesIn } from '../../../src/renderer/views/find/find-matches.ts';
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
const model = {
  blocks: {
    rows: [
      {
        cells: {
          wire: [block('text', ['Hello W', 'or', 'ld. (a.b) İstanbul wORLd'])],
          legacy: [block('text', ['world'])],
        },
      },
      { cells: { wire: [block('tool', ['{"city":', '"world"}'], 'world_clock')] } },
      { cells: {} },
    ],
  },
  events: [event(0, 'overloaded world'), event(1, 'world', 'b0'), event(2, '')],
} as unknown as TraceModel;

const found = (text: string) => matchesIn(model, text).map(({ event: at, where }) => `${at} ${where}`);

test('is found over the borders of deltas, with the event that brought its first character', () => {
  expect(found('world')).toEqual(['0 event', '9 tool name', '10 text', '11 arguments', '12 text']);
  expect(found('OR')).toEqual(['0 event', '9 tool name', '11 text', '11 arguments', '12 text']);
});

test('is what was typed, sign by sign', () => {
  expect(found('(a.b)')).toEqual(['12 text']);
  expect(found('a.d')).toEqual([]);
  for (const text of ['[', '*', '\\', '{"city":"', 'ı'.repeat(500), '|', '-', '/', '😀', '\ud800']) found(text);
  expect(found('{"city":"')).toEqual(['10 arguments']);
  expect(found('ping')).toEqual(['0 event', '2 event']);
  expect(found('  ')).toEqual([]);
});
