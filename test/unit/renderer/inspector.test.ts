/** The inspector's own knowledge: where a value's bytes are, what lanes said in words, the body as rows. */
import fc from '../../support/properties.ts';
import { describe, expect, it } from 'vitest';
import { hexRow, rowStart } from '../../../src/renderer/components/hex.ts';
import { withoutRoom } from '../../../src/renderer/components/tabs-room.ts';
import { jsonMembers } from '../../../src/shared/json/json-members.ts';
import { amount, emissionsByLane } from '../../../src/renderer/parts/emissions.ts';
import { begunIn, placeInRead } from '../../../src/renderer/views/inspector/event-place.ts';
import { framePlaces } from '../../../src/shared/providers/frame-places.ts';
import { deltaMember } from '../../../src/renderer/views/inspector/json-selection.ts';
import { rowRuns, textRows } from '../../../src/renderer/views/inspector/raw-rows.ts';
import { emissionsOfBlock, rowOfEvent, wholeMessage } from '../../../src/renderer/parts/whole-message.ts';
import { TraceModel } from '../../../src/renderer/stores/trace-model.ts';
import { cellOf } from '../../../src/shared/model/block-row.ts';
import type { Emission, LaneId, LaneMessage } from '../../../src/shared/model/messages.ts';
import { bytesOf } from '../../support/framing.ts';
import { approval, call, itemsOf, text, wireArgs, wireStart, wireText } from '../../support/items.ts';

describe('members of a JSON text', () => {
  it('stand in the same order in any layout, with the same keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const keys = (json: string) => jsonMembers(json).map(({ key, leaf }) => [key, leaf]);
        expect(keys(JSON.stringify(value, null, 2))).toEqual(keys(JSON.stringify(value)));
      }),
    );
  });

  it('span exactly what a parser reads there', () => {
    const json = '{"a": [1, {"b": "x\\"}"}], "c":null}';
    const spans = jsonMembers(json).map(({ start, valueStart, end }) => [
      json.slice(start, end),
      json.slice(valueStart, end),
    ]);
    expect(spans).toEqual([
      ['"a": [1, {"b": "x\\"}"}]', '[1, {"b": "x\\"}"}]'],
      ['1', '1'],
      ['{"b": "x\\"}"}', '{"b": "x\\"}"}'],
      ['"b": "x\\"}"', '"x\\"}"'],
      ['"c":null', 'null'],
    ]);
  });

  it('survive any text', () => {
    fc.assert(fc.property(fc.string(), (broken) => void jsonMembers(broken)));
  });
});

describe('the delta of an event', () => {
  const json = '{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"größe"}}';
  const frame = `event: content_block_delta\ndata: ${json}\n\n`;

  it('is marked in the text and, by its number, in the bytes', () => {
    const indented = JSON.stringify(JSON.parse(json), null, 2);
    const members = jsonMembers(indented);
    const at = deltaMember(indented, members, 'größe')!;
    expect(indented.slice(members[at]!.start, members[at]!.end)).toBe('"partial_json": "größe"');
    const bytes = bytesOf(frame);
    const places = framePlaces('messages', 'sse', bytes, 1000);
    const [[start, end]] = places.ranges(places.members[at]!.start, places.members[at]!.end) as [[number, number]];
    expect(new TextDecoder().decode(bytes.subarray(start - 1000, end - 1000))).toBe('"partial_json":"größe"');
  });

  it('is found when it is empty, and not made up when there is none', () => {
    const empty = '{"delta":{"type":"x","text":""}}';
    expect(jsonMembers(empty)[deltaMember(empty, jsonMembers(empty), '')!]!.key).toBe('text');
    expect(deltaMember('{"usage":{"output":1}}', jsonMembers('{"usage":{"output":1}}'), '')).toBeNull();
  });
});

describe('what each lane made of an event', () => {
  const emitted = (lane: LaneId, ...messages: readonly LaneMessage[]): Emission[] =>
    messages.map((message, ordinal) => ({ lane, ordinal, event: 1, message }) as Emission);
  const says = (emissions: readonly Emission[]) =>
    emissionsByLane(emissions, ['wire', 'legacy', 'simple']).map(
      (lane) => `${lane.said.map(({ what }) => what).join(', ')} ${amount(lane)}`,
    );

  it('counts what is more or less than on the wire', () => {
    const emissions = [
      ...emitted('wire', wireArgs('b3', '')),
      ...emitted('legacy', approval('f', 'c', '{"a"'), approval(null, null, ':1}')),
      ...emitted('simple', approval('f', 'c', '')),
    ];
    expect(says(emissions)).toEqual([
      'empty tool call delta 0 ch',
      '2 approval requests +7 ch',
      'empty approval request of f 0 ch',
    ]);
  });
  it('knows a lane that said nothing', () => {
    expect(says(emitted('wire', wireText('b0', 'Hello')))).toEqual(['text 5 ch', ' −5 ch', ' −5 ch']);
  });
  it('says what begins and ends', () => {
    expect(says(emitted('wire', wireStart('b0', 'tool', { name: 'f', id: 'c' })))[0]).toBe('block begins: tool f 0 ch');
  });
});

describe('the place of an event', () => {
  const events = [{ read: 0 }, { read: 2 }, { read: 2 }, { read: 3 }] as unknown as TraceModel['events'];
  it('is told within its read', () => {
    expect([0, 1, 2].map((index) => placeInRead({ events }, index))).toEqual([
      'its only event',
      'first of 2 events',
      'second of 2 events',
    ]);
  });
  it('names the read it began in when another completed it', () => {
    const reads = [0, 10, 20].map((offset, n) => ({ k: 'read' as const, n, offset, length: 10, tNs: n }));
    expect([begunIn(reads, 9, 1), begunIn(reads, 10, 1), begunIn(reads, 5, 0)]).toEqual([0, null, null]);
  });
});

describe('the message an event belongs to', () => {
  const model = new TraceModel();
  model.apply(
    itemsOf([
      { ms: 1, kind: 'start' },
      {
        ms: 2,
        block: 'b0',
        wire: [wireStart('b0', 'text'), wireText('b0', 'Hel')],
        legacy: [text('Hel')],
        simple: [text('Hel')],
      },
      { ms: 3, block: 'b0', wire: [wireText('b0', 'lo')], legacy: [text('lo')] },
      {
        ms: 4,
        kind: 'tool',
        block: 'b1',
        wire: [wireStart('b1', 'tool', { name: 'f', id: 'c' }), wireArgs('b1', '{}')],
        legacy: [call('f', 'c', '{}')],
      },
    ]),
  );
  const row = rowOfEvent(model.blocks, model.events[2]!)!;
  const block = cellOf(row, 'legacy')[0]!;
  const own = emissionsOfBlock(model.messages, block);

  it('is whole in each lane, with the head of its first part', () => {
    expect(row.id).toBe('b0');
    expect(own.length).toBe(2);
    expect(wholeMessage(own, block)).toMatchObject({
      message_type: 'assistant_message',
      id: 'message-1',
      content: 'Hello',
    });
    expect(cellOf(row, 'simple').map((cell) => cell.pieces.join(''))).toEqual(['Hel']);
  });
  it('is a tool call with all of its arguments', () => {
    const tool = cellOf(rowOfEvent(model.blocks, model.events[3]!)!, 'legacy')[0]!;
    expect(wholeMessage(emissionsOfBlock(model.messages, tool), tool)).toMatchObject({
      tool_call: { name: 'f', arguments: '{}', tool_call_id: 'c' },
    });
  });
});

describe('bytes in rows', () => {
  it('of eight, with the event and the marked value told apart', () => {
    const bytes = bytesOf('ab"\n\u00e9');
    const row = hexRow(bytes, 14, 8, [15, 20], [[16, 17]]);
    expect(row).toEqual({
      offset: 8,
      runs: [
        { tone: 'out', hex: '61', text: 'a' },
        { tone: 'own', hex: '62', text: 'b' },
      ],
    });
    expect(hexRow(bytes, 14, 16, [15, 20], [[16, 17]]).runs).toEqual([
      { tone: 'marked', hex: '22', text: '"' },
      { tone: 'own', hex: '0a c3 a9', text: '¶··' },
    ]);
    expect(rowStart(15)).toBe(8);
  });

  it('of text, which together are the body, each within the width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 16, max: 60 }), (body, columns) => {
        const bytes = bytesOf(body);
        const starts = textRows(bytes, columns);
        const rows = starts.map((from, at) =>
          rowRuns(bytes, 100, from, starts[at + 1] ?? bytes.length, null, [])
            .map((run) => run.text)
            .join(''),
        );
        const ends = starts.map((_, at) => (bytes[(starts[at + 1] ?? bytes.length) - 1] === 0x0a ? '\n' : ''));
        expect(rows.map((row, at) => row + ends[at]).join('')).toBe(body);
        for (const row of rows) expect([...row].length).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it('of text, cut where the selected event and what is marked in it begin and end', () => {
    const bytes = bytesOf('before own after\n');
    expect(rowRuns(bytes, 100, 0, bytes.length, [107, 110], [[108, 109]])).toEqual([
      { text: 'before ', tone: 'out' },
      { text: 'o', tone: 'own' },
      { text: 'w', tone: 'marked' },
      { text: 'n', tone: 'own' },
      { text: ' after', tone: 'out' },
    ]);
    expect(rowRuns(bytes, 100, 11, bytes.length, [107, 110], [[90, 200]])).toEqual([{ text: 'after', tone: 'marked' }]);
  });
});

describe('tabs without room', () => {
  const tab = (id: string, width: number, count?: string) => ({ id, title: id, width, count });
  const tabs = [tab('event', 40), tab('raw', 30), tab('usage', 40), tab('lint', 40, '3'), tab('findings', 60, '12')];
  const left = (chosen: string, room: number) => [...withoutRoom(tabs, chosen, room)].toSorted();
  it('are the last ones without a count, never the chosen one', () => {
    expect(left('event', 210)).toEqual([]);
    expect(left('event', 209)).toEqual(['usage']);
    expect(left('usage', 209)).toEqual(['raw']);
    expect(left('event', 145)).toEqual(['raw', 'usage']);
    expect(left('usage', 10)).toEqual(['event', 'findings', 'lint', 'raw']);
  });
  it('are then the first ones with a count: what differs is not behind the menu where events and messages are many', () => {
    expect(left('event', 100)).toEqual(['lint', 'raw', 'usage']);
    expect(left('event', 99)).toEqual(['findings', 'lint', 'raw', 'usage']);
  });
});
