import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { SCENARIOS, scenarioFor } from '../../../src/main/core/samples/scenarios.ts';
import { DecodePass } from '../../../src/shared/lanes/decode-pass.ts';
import type { TraceItem } from '../../../src/shared/model/items.ts';
import type { LaneMessage } from '../../../src/shared/model/messages.ts';
import { ItemBatch, packItems, unpackItems, type PackedItems } from '../../../src/shared/model/packed-items.ts';
import { APIS } from '../../support/apis.ts';
import { CORPUS, corpusFiles, testWith } from '../../support/corpus.ts';
import { laneSetup } from '../../support/lanes.ts';
import { sampleBody } from '../../support/sample-bytes.ts';

const MOST = 256 * 1024;

/** In reads of these sizes, again and again. */
function decoded(api: string, bytes: Uint8Array, sizes: readonly number[]): readonly TraceItem[] {
  const pass = new DecodePass(laneSetup(api));
  const items: TraceItem[] = [...pass.begin()];
  for (let n = 0, offset = 0; offset < bytes.length; n++) {
    const piece = bytes.subarray(offset, offset + sizes[n % sizes.length]!);
    items.push(...pass.feed({ n, offset, bytes: piece, tNs: n * 1_234_567.5 }));
    offset += piece.length;
  }
  items.push(...pass.end(9e9, () => ({ state: 'complete', rule: '' })));
  return items;
}

/** What the window gets of an item, whichever way it crosses. */
const crossed = (items: readonly TraceItem[]): unknown => JSON.parse(JSON.stringify(items));

function expectAsPacked(items: readonly TraceItem[], most = MOST): readonly PackedItems[] {
  const parts = packItems(items, most);
  const got = parts.flatMap(unpackItems);
  expect(crossed(got)).toEqual(crossed(items));
  // Down to the order of fields, which is copied out of the window as it stands.
  expect(JSON.stringify(got)).toBe(JSON.stringify(items));
  expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(items.length);
  for (const part of parts)
    if (part.count > 1 && 'text' in part && unpackItems(part).some(({ k }) => k !== 'outcome'))
      expect(part.text.length).toBeLessThanOrEqual(most);
  return parts;
}

describe.each(APIS)('the items of %s', (api) => {
  test('come out as they went in, of every sample', () => {
    for (const { model } of SCENARIOS)
      if (scenarioFor(model, api)) expectAsPacked(decoded(api, sampleBody(api, model).bytes, [1000, 7, 333]));
  });
});

testWith(CORPUS, 'the items of the recorded streams come out as they went in', () => {
  for (const { api, bytes } of corpusFiles()) expectAsPacked(decoded(api, bytes, [4096]), 20_000);
});

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  // Halves of pairs, as deltas that are cut in the middle of one have them.
  fc.array(fc.constantFrom('\ud83d', '\ude00', 'a', '"', '\u2028', '\0'), { maxLength: 6 }).map((all) => all.join('')),
);
const number = fc.oneof(
  fc.nat(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  // What a file has as 1e999.
  fc.constantFrom(Infinity, -Infinity),
);
const block = fc.constantFrom('b0', 'b1', 'c0/text');
const id = fc.constantFrom('message-1', 'message-2');
const head = { id, date: fc.constant('2026-01-01'), otid: fc.constantFrom(null, 'otid') };
const call = fc.record(
  { name: fc.option(text), arguments: fc.option(text), tool_call_id: fc.option(text) },
  { requiredKeys: [] },
);
const message = fc.oneof(
  fc.record({ message_type: fc.constant('assistant_message'), block, content: text }),
  fc.record({
    ...head,
    message_type: fc.constant('assistant_message'),
    content: fc.oneof(
      text,
      fc.array(fc.record({ type: fc.constant('text'), text, extra: text }, { requiredKeys: ['type', 'text'] }), {
        maxLength: 2,
      }),
    ),
  }),
  fc.record({ message_type: fc.constant('reasoning_message'), block, reasoning: text, signature: fc.option(text) }),
  fc.record({ ...head, message_type: fc.constant('tool_call_message'), tool_call: call }),
  fc.record({ ...head, message_type: fc.constant('approval_request_message'), name: fc.option(text), tool_call: call }),
  fc.record({ message_type: fc.constant('attachment'), block, type: text, value: fc.jsonValue() }),
) as fc.Arbitrary<LaneMessage>;
const item = fc.oneof(
  fc.record({ k: fc.constant('read'), n: fc.nat(), offset: fc.nat(), length: fc.nat(), tNs: number }),
  fc.record({
    k: fc.constant('event'),
    event: fc.record(
      {
        index: fc.nat(),
        start: fc.nat(),
        end: fc.nat(),
        read: fc.nat(),
        tNs: number,
        kind: fc.constantFrom('text', 'tool'),
        type: fc.constantFrom('delta', '__proto__'),
        preview: text,
        chars: fc.nat(),
        target: fc.constant('block 0'),
        block,
        notes: fc.array(text, { maxLength: 2 }),
      },
      { requiredKeys: ['index', 'start', 'end', 'read', 'tNs', 'kind', 'type', 'preview', 'chars'] },
    ),
  }),
  fc.record({
    k: fc.constant('message'),
    emission: fc.record({
      lane: fc.constantFrom('wire', 'simple', '__proto__'),
      ordinal: fc.nat({ max: 3 }),
      event: fc.option(fc.nat()),
      message,
    }),
  }),
  fc.record({ k: fc.constant('note'), start: fc.nat(), end: fc.nat(), tNs: number, type: text, text }),
) as fc.Arbitrary<TraceItem>;
const anyItems = fc.array(item, { maxLength: 40 });

describe('any items', () => {
  test('come out as they went in, in parts of any size', () => {
    fc.assert(
      fc.property(anyItems, fc.integer({ min: 1_000, max: MOST }), (items, most) => void expectAsPacked(items, most)),
    );
  });

  test('can be taken from any of them on', () => {
    fc.assert(
      fc.property(anyItems, fc.nat({ max: 45 }), (items, at) => {
        const halves = [items.slice(0, items.length >> 1), items.slice(items.length >> 1)];
        const batch = new ItemBatch(halves.flatMap((half) => packItems(half, MOST))).from(at, MOST);
        expect(batch.length).toBe(Math.max(0, items.length - at));
        expect(crossed([...batch])).toEqual(crossed(items.slice(at)));
      }),
    );
  });
});

test('an item that is longer than a part may be stands alone', () => {
  const note = (chars: number): TraceItem => ({
    k: 'note',
    start: 0,
    end: 0,
    tNs: 0,
    type: 'x',
    text: 'z'.repeat(chars),
  });
  const parts = expectAsPacked([note(10), note(MOST), note(10), note(10)]);
  expect(parts.map(({ count }) => count)).toEqual([1, 1, 2]);
  expect(unpackItems(parts[1]!)).toEqual([note(MOST)]);
});

test('texts whose escapes make a part too long are cut into shorter ones', () => {
  const items = Array.from({ length: 8 }, (_, n): TraceItem => ({
    k: 'message',
    emission: {
      lane: 'wire',
      ordinal: n,
      event: n,
      message: { message_type: 'assistant_message', block: 'b0', content: '\u0001'.repeat(5_000 + n) },
    },
  }));
  expect(expectAsPacked(items, 65_536).length).toBeGreaterThan(1);
});
