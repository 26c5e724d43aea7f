/** What is suggested where somebody types a filter, and what the filter is once it is taken. */
import { expect, test } from 'vitest';
import { fieldAt, suggestionsAt } from '../../../src/renderer/views/runs/suggestions.ts';
import { FIELD_NAMES } from '../../../src/shared/filter/fields.ts';

const VALUES = [
  { value: 'gpt-4o', traces: 2 },
  { value: 'my model (local)', traces: 1 },
];
const filtersAt = (typed: string, values = VALUES): readonly string[] => {
  const caret = typed.indexOf('|');
  return suggestionsAt(typed.replace('|', ''), caret, values).map(({ filter }) => filter);
};

test('in an empty box all fields, else those that begin as the word at the caret does', () => {
  expect(filtersAt('|')).toHaveLength(FIELD_NAMES.length);
  expect(filtersAt('tok|')).toEqual(['tokens>']);
  expect(filtersAt('a tok| b')).toEqual(['a tokens> b']);
  expect(filtersAt('not MOD|')).toEqual(['not model:']);
  expect(filtersAt('a |')).toEqual([]);
  expect(filtersAt('"to|"')).toEqual([]);
  expect(filtersAt('zzz|')).toEqual([]);
});

test('behind a colon the values, quoted where they need it', () => {
  expect(fieldAt('model:g', 7)).toBe('model');
  expect(fieldAt('tokens>', 7)).toBeNull();
  expect(filtersAt('model:|')).toEqual(['model=gpt-4o', 'model="my model (local)"']);
  expect(filtersAt('model=gpt|')).toEqual(['model=gpt-4o']);
  expect(filtersAt('tag:|')).toEqual(['tag:gpt-4o', 'tag:"my model (local)"']);
  expect(filtersAt('x model:LOC| y')).toEqual(['x model="my model (local)" y']);
  expect(filtersAt('model:|', [])).toEqual([]);
  expect(filtersAt('has:t|')).toEqual(['has:text', 'has:tool', 'has:times']);
  expect(filtersAt('ttft>|')).toEqual(['ttft>800ms']);
  expect(filtersAt('ttft>8|')).toEqual([]);
  expect(filtersAt('nofield:|')).toEqual([]);
});

test('saved filters where nothing is typed, and by their names while those are', () => {
  const saved = { filters: ['model:local', 'constructor'], names: new Map([['model:local', 'Answers of mine']]) };
  const offered = (typed: string) =>
    suggestionsAt(typed, typed.length, [], saved)
      .filter(({ note }) => note?.startsWith('Saved filter'))
      .map(({ filter, label }) => [filter, label]);
  expect(offered('')).toEqual([
    ['model:local', 'Answers of mine'],
    ['constructor', 'constructor'],
  ]);
  expect(offered('OF MI')).toEqual([['model:local', 'Answers of mine']]);
  expect(offered('constr')).toEqual([]);
});
