/** The text of a filter: what it means, and the sentence for what it cannot mean. */
import { readFileSync } from 'node:fs';
import fc from '../../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { FIELDS, type FieldName } from '../../../src/shared/filter/fields.ts';
import type { Filter, Place } from '../../../src/shared/filter/filter.ts';
import { partsOf, withoutPart } from '../../../src/shared/filter/parts.ts';
import { readFilter } from '../../../src/shared/filter/read-filter.ts';
import { filters, textOf } from '../../support/filter-model.ts';
import { anyText } from '../../support/texts.ts';

const NOW = new Date(2026, 5, 15, 12, 30).getTime();
const read = (text: string): Filter => {
  const { filter, problems } = readFilter(text, NOW);
  expect(problems).toEqual([]);
  return filter;
};
const problemsOf = (text: string): readonly (readonly [part: string, sentence: string])[] =>
  readFilter(text, NOW).problems.map(({ start, end, sentence }) => [text.slice(start, end), sentence]);

const text = (words: string): Filter => ({ type: 'text', text: words });
const field = (name: FieldName, value: string): Filter => ({ type: 'field', field: name, value });

describe('a filter', () => {
  test('of nothing is for all traces', () => {
    for (const nothing of ['', '  ', '()', '""']) expect(read(nothing)).toEqual({ type: 'all', parts: [] });
  });

  test('I14 has no regular expressions: what looks like one is a text', () => {
    for (const one of ['(a+)+$', '/(a|a)*b/', '^.*$', '[a-z]{1,99}']) expect(read(`"${one}"`)).toEqual(text(one));
  });

  test('joins its parts: not before and, and before or', () => {
    expect(read('a b or not c (d or e)')).toEqual({
      type: 'any',
      parts: [
        { type: 'all', parts: [text('a'), text('b')] },
        {
          type: 'all',
          parts: [
            { type: 'not', part: text('c') },
            { type: 'any', parts: [text('d'), text('e')] },
          ],
        },
      ],
    });
    expect(read('a and b')).toEqual(read('a b'));
    expect(read('-state:complete')).toEqual({ type: 'not', part: field('state', 'complete') });
    expect(read('-(a b)')).toEqual({ type: 'not', part: { type: 'all', parts: [text('a'), text('b')] } });
  });

  test('takes what is quoted as it is', () => {
    expect(read('"or"')).toEqual(text('or'));
    expect(read('title:"weather in (Paris)"')).toEqual(field('title', 'weather in (Paris)'));
    expect(read(String.raw`"say \"hi\" \\ there"`)).toEqual(text(String.raw`say "hi" \ there`));
    expect(read('"not closed')).toEqual(text('not closed'));
  });

  test('takes words with hyphens, addresses and dashes as text', () => {
    for (const word of ['gpt-4o', 'http://127.0.0.1:4141/v1', '10:30', '-', 'ümläut:x', '4.1:latest'])
      expect(read(word)).toEqual(text(word));
  });

  test('reads numbers in the units of their fields', () => {
    const number = (term: string) => read(term) as Extract<Filter, { readonly type: 'number' }>;
    expect(number('ttft>800ms')).toEqual({ type: 'number', field: 'ttft', comparison: '>', value: 800e6 });
    expect(number('gap>=1m30s').value).toBe(90e9);
    expect(number('duration<1.5s').value).toBe(1.5e9);
    expect(number('tokens>4k').value).toBe(4000);
    expect(number('bytes<2mb').value).toBe(2e6);
    expect(number('cost>0.01').value).toBe(0.01);
    expect(number('events:7')).toEqual({ type: 'number', field: 'events', comparison: '=', value: 7 });
    expect(number('events:>7')).toEqual(number('events>7'));
    for (const spaced of ['ttft > 800ms', 'ttft >800ms', 'ttft> 800ms'])
      expect(number(spaced)).toEqual(number('ttft>800ms'));
    expect(number('events : 7')).toEqual(number('events:7'));
    expect(read('a > 1')).toEqual({ type: 'all', parts: [text('a'), text('>'), text('1')] });
    expect(problemsOf('ttft > 800')[0]).toEqual(['ttft > 800', '“800” is not a duration, such as 800ms, 2s or 1m30s.']);
  });

  test('takes a class of statuses as a whole', () => {
    expect(read('status:5xx')).toEqual({ type: 'range', field: 'status', low: 500, high: 600 });
    const value = (term: string) => (({ comparison, value }) => [comparison, value])(read(term) as never);
    expect(value('status>4xx')).toEqual(['>=', 500]);
    expect(value('status>=4xx')).toEqual(['>=', 400]);
    expect(value('status<4xx')).toEqual(['<', 400]);
    expect(value('status<=4xx')).toEqual(['<', 500]);
  });

  test('reads moments in the time zone of its reader', () => {
    const moment = (term: string) => (read(term) as { readonly value: number }).value;
    expect(moment('after:today')).toBe(new Date(2026, 5, 15).getTime());
    expect(moment('after:yesterday')).toBe(new Date(2026, 5, 14).getTime());
    expect(moment('before:2026-01-31')).toBe(new Date(2026, 0, 31).getTime());
    expect(moment('before:2026-01-31T14:30')).toBe(new Date(2026, 0, 31, 14, 30).getTime());
    expect(moment('after:2h')).toBe(NOW - 2 * 3600e3);
    expect(read('after:2h')).toMatchObject({ comparison: '>=' });
  });

  test('means what its brackets say, whatever it is', () => {
    fc.assert(
      fc.property(filters(['a', 'or', 'x "y" \\', '(z)', 'model:m', ' '], [0, 1.5, 2e6, 3e9]), (filter) => {
        expect(read(textOf(filter))).toEqual(flat(filter));
      }),
    );
  });
});

/** A bracket around one part, or around all, says nothing. */
function flat(filter: Filter): Filter {
  if (filter.type === 'not') return { type: 'not', part: flat(filter.part) };
  if (filter.type === 'all' || filter.type === 'any') return { ...filter, parts: filter.parts.map(flat) };
  return filter;
}

describe('the parts of a filter', () => {
  const parts = (filter: string) => partsOf(filter).map(({ start, end }) => filter.slice(start, end));

  test('are its terms, words and brackets, each with its not, and a text with the part that it is looked for in', () => {
    expect(parts('-state:complete (a or "b c") and in:args "Paris" or not x')).toEqual([
      '-state:complete',
      '(a or "b c")',
      'in:args "Paris"',
      'not x',
    ]);
    expect(parts('a (b or')).toEqual(['a', '(b or']);
    expect(parts('  ')).toEqual([]);
  });

  test('leave a filter without what joined them', () => {
    const without = (filter: string, at: number) => withoutPart(filter, partsOf(filter)[at]!);
    expect(without('a or b', 0)).toBe('b');
    expect(without('a or b c', 1)).toBe('a c');
    expect(without('a b', 1)).toBe('a');
    expect(without('a', 0)).toBe('');
  });
});

test('a text in a part of a trace needs both', () => {
  expect(read('in:args "Paris"')).toEqual({ type: 'in', part: 'args', text: 'Paris' });
  expect(read('in:answer paris b')).toEqual({
    type: 'all',
    parts: [{ type: 'in', part: 'answer', text: 'paris' }, text('b')],
  });
  expect(problemsOf('in:args')[0]![1]).toBe('in:args needs a text behind it: in:args "Paris".');
  expect(problemsOf('in:args state:complete')).toHaveLength(1);
  expect(problemsOf('in:nowhere x')[0]![1]).toContain('in is one of request, answer,');
});

describe('what cannot be read', () => {
  test('is said with its place and what could stand there', () => {
    expect(problemsOf('weather modle:gpt')).toEqual([['modle:gpt', expect.stringContaining('Did you mean “model”?')]]);
    expect(problemsOf('zzzzzzzzz:1')).toEqual([['zzzzzzzzz:1', expect.stringContaining('Fields are model, api,')]]);
    expect(problemsOf('state:broken')).toEqual([
      [
        'state:broken',
        'state is one of complete, provider-error, http-error, truncated, reset, stalled, cancelled, not-a-stream, limit, live.',
      ],
    ]);
    expect(problemsOf('ttft>800')).toEqual([['ttft>800', '“800” is not a duration, such as 800ms, 2s or 1m30s.']]);
    expect(problemsOf('model>gpt')).toEqual([['model>gpt', 'model has no order. Write model:gpt-4o.']]);
    expect(problemsOf('before:2026-02-30')).toHaveLength(1);
    expect(problemsOf('before:2026-01-01T24:00')).toHaveLength(1);
    expect(problemsOf('model:')).toEqual([['model:', 'model needs a value: model:gpt-4o.']]);
    expect(problemsOf('a) b')).toEqual([[')', expect.stringContaining('closes nothing')]]);
    expect(problemsOf('a (b or c')).toEqual([['(b or c', expect.stringContaining('not closed')]]);
    for (const alone of ['or', 'a or', 'or a', 'a or or b'])
      expect(problemsOf(alone)[0]).toEqual(['or', expect.stringContaining('stands between')]);
    for (const alone of ['not', 'a not', '(not)']) expect(problemsOf(alone)[0]![1]).toContain('stands before');
    expect(problemsOf('('.repeat(60) + ')'.repeat(60))[0]![1]).toContain('50 levels');
  });

  test('leaves the rest as it is', () => {
    expect(readFilter('a modle:b c', NOW).filter).toEqual({ type: 'all', parts: [text('a'), text('c')] });
  });

  test('is never an exception, and has places within the text', () => {
    const pieces = fc.constantFrom(
      'a',
      ' ',
      '(',
      ')',
      '"',
      '\\',
      '-',
      ':',
      '>',
      '=',
      'not',
      'or',
      'and',
      'model',
      'ttft',
      '2s',
      '5xx',
      '\n',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces).map((all) => all.join('')),
          anyText(),
        ),
        (typed) => {
          const isWithin = ({ start, end }: Place): boolean => 0 <= start && start < end && end <= typed.length;
          return readFilter(typed, NOW).problems.every(isWithin);
        },
      ),
    );
  });
});

test('each field’s example is read without a problem', () => {
  for (const { example } of Object.values(FIELDS)) expect(problemsOf(example)).toEqual([]);
});

test('each field stands in docs/filters.md with its sentence and example', () => {
  const page = readFileSync(new URL('../../../docs/filters.md', import.meta.url), 'utf8');
  const rows = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  for (const [name, { help, example }] of Object.entries(FIELDS))
    expect(rows).toContainEqual(['', `\`${name}\``, expect.stringContaining(help), `\`${example}\``, '']);
});
