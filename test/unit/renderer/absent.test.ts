/** What an empty list says of names that no run has. */
import { expect, test } from 'vitest';
import { readFilter } from '../../../src/shared/filter/read-filter.ts';
import { absentSentence, wantedNames } from '../../../src/renderer/views/runs/absent.ts';

const sentences = (filter: string, values: readonly string[]) =>
  wantedNames(readFilter(filter, 0).filter).map((name) => absentSentence(name, values));

test('a name that no run has is said, with the nearest that there is, or those that there are', () => {
  const values = ['legacy', 'simple', 'Lost-Text'];
  expect(sentences('diff:legcy', values)).toEqual(['No run has diff:legcy. Did you mean diff:legacy?']);
  expect(sentences('diff:xyzzy or (lint:xyzzy has:tool)', values)).toEqual([
    'No run has diff:xyzzy. Runs have diff:legacy, diff:simple, diff:lost-text.',
    'No run has lint:xyzzy. Runs have lint:legacy, lint:simple, lint:lost-text.',
  ]);
  expect(sentences('tag:x', ['two words', 'w'.repeat(50), 'a'])).toEqual([
    `No run has tag:x. Runs have tag:"two words", tag:${'w'.repeat(36)}…, tag:a.`,
  ]);
  expect(sentences('tag:"two wrds"', ['two words'])).toEqual([
    'No run has tag:"two wrds". Did you mean tag:"two words"?',
  ]);
  expect(sentences('tag:x', [])).toEqual(['No run has tag:x. No run has any tag yet.']);
});

test('nothing is said of names that runs have, of what is left out, and of texts', () => {
  expect(sentences('diff:LEGACY diff:lost-text', ['legacy', 'Lost-Text'])).toEqual([null, null]);
  expect(sentences('not diff:xyzzy model:xyzzy xyzzy state:live', [])).toEqual([]);
});
