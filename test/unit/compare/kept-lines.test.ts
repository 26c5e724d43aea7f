/** What a lane emits and does not keep is said as that by every screen: the verdict, the columns, Live and the exported page. */
import { describe, expect, it } from 'vitest';
import { cellStandings } from '../../../src/shared/compare/cell-standing.ts';
import { comparisonHtml } from '../../../src/shared/compare/html.ts';
import { laneKeptLines, wireKeptLines } from '../../../src/shared/compare/kept-lines.ts';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import { differs } from '../../../src/shared/model/findings.ts';
import { sampleBody } from '../../support/sample-bytes.ts';
import { chatBody, chunk, laneSetup } from '../../support/wire.ts';

const encoded = (body: string) => new TextEncoder().encode(body);

describe('an error after text that a lane has emitted', () => {
  const bytes = encoded(chatBody(chunk({ content: 'Rain is sour' }), { error: { message: 'Overloaded' } }));
  const input = readAll(bytes, { ...laneSetup('chat_completions'), request: { messages: [] } });
  const result = compareLanes(input);
  const end = result.rows.find(({ kind }) => kind === 'end')!;

  it('is a text that is emitted and not kept', () => {
    expect(result.verdict.text['simple']).toMatchObject({ equal: false, text: 'emitted, not kept' });
    expect(result.rows.find(({ kind }) => kind === 'text')!.cells['simple']).toMatchObject({ equal: true, marks: [] });
  });

  it('is marked where the columns say what is kept', () => {
    expect(end.cells.wire.text).toContain('Text: 12 characters');
    const { text, marks } = end.cells['simple']!;
    expect(marks.map(({ start, end: to }) => text!.slice(start, to))).toEqual(['none kept']);
  });

  it('shows in the page with the names of the lanes, and no count of messages at the end', () => {
    const html = comparisonHtml(result, { title: 'Rain', api: 'chat_completions', model: null, body: bytes });
    expect(html).toContain('<th>Simple</th>');
    expect(html).toContain('Text: <mark>none kept</mark>');
    expect(html).not.toMatch(/events (\d+)–\1\b/);
    expect(html).not.toContain('0 messages');
    expect(html).toContain('<details open><summary>1 delta</summary>');
  });
});

it('lists eight calls of the wire, and counts the others', () => {
  const call = (index: number) => ({ index, id: `c${index}`, function: { name: `f${index}`, arguments: '{}' } });
  const bytes = encoded(chatBody(chunk({ tool_calls: Array.from({ length: 10 }, (_, at) => call(at)) }), '[DONE]'));
  const { wire, adapters } = readAll(bytes, laneSetup('chat_completions'));
  const values = wireKeptLines(wire).flatMap(({ field, value }) => (field === 'tool calls' ? [value] : []));
  expect(values).toEqual([...Array.from({ length: 8 }, (_, at) => `f${at} {}`), '2 more']);
  expect(laneKeptLines(wire, adapters['simple']!).map(({ value }) => value)).toEqual([
    '1 of 10 kept',
    'f0 {}',
    '0 → 0',
  ]);
});

it('marks in a call that is kept what two calls of the wire have put into it', () => {
  const input = readAll(sampleBody('chat_completions', 'calls-merged').bytes, laneSetup('chat_completions'));
  const { text, marks } = compareLanes(input).rows.find(({ kind }) => kind === 'end')!.cells['simple']!;
  expect(marks.map(({ start, end, mark }) => `${mark} ${text!.slice(start, end)}`)).toEqual([
    'altered 1 of 2 kept',
    'added get_time',
    'added {"city":"Bergen"}',
  ]);
});

it('says of what came after a lane had ended that it is lost, before there is a comparison as well', () => {
  const input = readAll(sampleBody('messages', 'web-search').bytes, laneSetup('messages'));
  const { rows } = input.grid;
  for (const lane of ['legacy', 'simple']) {
    const before = cellStandings(rows, lane, null, input.grid.errorEvent(lane));
    const after = cellStandings(rows, lane, compareLanes(input), input.grid.errorEvent(lane));
    const search = rows.findIndex(({ kind }) => kind === 'server_tool');
    expect([before, after].map((standings) => differs(standings[search]!))).toEqual([true, true]);
  }
});
