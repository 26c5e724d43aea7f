/** The bytes at fault of findings: inside their events, and what the finding says of them is what they say. */
import { describe, expect, it, test } from 'vitest';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import type { Finding } from '../../../src/shared/model/findings.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import { allStreams } from '../../support/fixtures.ts';
import { bytesOf, readsOf } from '../../support/framing.ts';
import { sampleBody } from '../../support/sample-bytes.ts';
import { chatBody, chunk, laneSetup } from '../../support/wire.ts';

const utf8 = new TextDecoder();

function findingsOf(body: Uint8Array, api: Api = 'chat_completions'): readonly Finding[] {
  return compareLanes(readAll(body, laneSetup(api))).findings;
}

/** What each mark of the finding covers. */
const markedIn = (body: Uint8Array, finding: Finding): readonly string[] =>
  finding.marks!.map(([start, end]) => utf8.decode(body.subarray(start, end)));

const marksOfKind = (text: string, kind: string, lane: string): readonly string[] => {
  const body = bytesOf(text);
  return markedIn(
    body,
    findingsOf(body).find((one) => one.kind === kind && one.lane === lane)!,
  );
};

const callOf = (index: number, args: string, head: object = {}): object =>
  chunk({
    tool_calls: [{ index, ...head, function: { ...('name' in head && { name: head.name }), arguments: args } }],
  });

describe('the bytes at fault', () => {
  it('are the arguments of the calls that became one, and nothing of their envelopes', () => {
    const text = chatBody(
      callOf(0, '{"city":"Köln"}', { id: 'call_a', type: 'function', name: 'f' }),
      callOf(1, '', { id: 'call_b', type: 'function', name: 'g' }),
      callOf(1, '{"zone":'),
      callOf(1, '"UTC"}'),
      '[DONE]',
    );
    expect(marksOfKind(text, 'tool-calls-merged', 'simple')).toEqual(['"{\\"zone\\":"', '"\\"UTC\\"}"']);
  });

  it('are every delta of a text that is lost', () =>
    expect(
      marksOfKind(
        chatBody(chunk({ content: 'Grüße\n' }), chunk({ content: 'aus "Köln"' }), '[DONE]'),
        'text-lost',
        'legacy',
      ),
    ).toEqual(['"Grüße\\n"', '"aus \\"Köln\\""']));

  it('are the characters that are lost, where the rest is kept', () => {
    const args = (text: string): object => callOf(0, text);
    const text = chatBody(
      callOf(0, '', { id: 'call_a', type: 'function', name: 'send_message' }),
      args('{"message":"One '),
      args('two '),
      args('three"}'),
      '[DONE]',
    );
    const blanks = marksOfKind(text, 'text-blank-lost', 'legacy');
    expect(blanks.join('')).toMatch(/^ +$/);
  });

  it('are the count that a lane gives otherwise', () => {
    const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };
    const text = chatBody(chunk({ content: 'a', n: 3 }), { ...chunk({}), usage }, { ...chunk({}), usage }, '[DONE]');
    expect(marksOfKind(text, 'usage-counted-twice', 'simple')).toEqual(['7']);
  });

  it('are all that the event carries where no value of it is at fault', () => {
    const text = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\ndata: {"error":\n\n';
    const body = bytesOf(text);
    const finding = findingsOf(body).find(({ kind }) => kind === 'ended-at-wire-fault')!;
    expect(markedIn(body, finding)).toEqual(['{"error":']);
  });

  it('are the same for any cut of the body into reads', () => {
    for (const { api, bytes } of allStreams().slice(0, 12)) {
      const cut = readAll(readsOf(bytes, [7, 1, 300]), laneSetup(api), { timed: false });
      expect(compareLanes(cut).findings.map(({ marks }) => marks)).toEqual(
        findingsOf(bytes, api).map(({ marks }) => marks),
      );
    }
  });
});

test('every finding at an event of our streams, and of the corpus where it is there, has marks inside its events, in order', () => {
  for (const { name, api, bytes } of allStreams())
    for (const { kind, event, bytes: range, marks } of findingsOf(bytes, api)) {
      const where = `${name} ${kind}`;
      if (event === null) expect(marks, where).toEqual([]);
      else {
        expect(marks!.length, where).toBeGreaterThan(0);
        let at = range![0];
        for (const [start, end] of marks!) {
          expect(start, where).toBeGreaterThanOrEqual(at);
          expect(end, where).toBeGreaterThan(start);
          at = end;
        }
        expect(at, where).toBeLessThanOrEqual(range![1]);
      }
    }
});

describe('the columns', () => {
  const altered = (text: string): readonly string[] => {
    const { rows } = compareLanes(readAll(bytesOf(text), laneSetup('chat_completions')));
    return rows.flatMap(({ cells: { wire } }) => wire.marks.map(({ start, end }) => wire.text!.slice(start, end)));
  };

  it('mark in the text of the wire what a lane has lost of it, in its place', () => {
    const { bytes } = sampleBody('chat_completions', 'calls-merged');
    const { rows } = compareLanes(readAll(bytes, laneSetup('chat_completions')));
    const marked = rows.filter(({ cells }) => cells.wire.marks.length > 0);
    expect(marked.length).toBeGreaterThan(0);
    for (const { cells } of marked) {
      const said = cells.wire.marks.map(({ start, end }) => cells.wire.text!.slice(start, end)).join('');
      const lost = Object.values(cells).flatMap(({ text, marks }) =>
        marks.flatMap(({ start, end, mark }) => (mark === 'lost' ? [text!.slice(start, end)] : [])),
      );
      for (const piece of lost) expect(said).toContain(piece);
    }
  });

  it('mark nothing of a text that every lane has', () =>
    expect(altered(chatBody(chunk({ content: 'Hello' }), '[DONE]'))).toEqual([]));

  test('mark pieces of the wire’s text alone, in order and apart, over all streams', () => {
    for (const { name, api, bytes } of allStreams()) {
      for (const { cells } of compareLanes(readAll(bytes, laneSetup(api))).rows) {
        let at = -1;
        for (const { start, end, mark } of cells.wire.marks) {
          expect([mark, start > at, end <= cells.wire.text!.length], name).toEqual(['altered', true, true]);
          at = end;
        }
      }
    }
  });
});
