/** docs/lint.md says of each rule what its data says. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { exampleLines } from '../../../src/shared/lint/example-lines.ts';
import { lintPage, ruleIds } from '../../support/lint-page.ts';

const PAGE = fileURLToPath(new URL('../../../docs/lint.md', import.meta.url));

test('is what the rules are; with -u it is written anew', async () => {
  await expect(lintPage()).toMatchFileSnapshot(PAGE);
});

test('has a heading for each rule, and each link leads to one', () => {
  const page = readFileSync(PAGE, 'utf8');
  const headings = [...page.matchAll(/^### (\S+)$/gm)].map(([, id]) => id!);
  expect(headings.toSorted()).toEqual(ruleIds().toSorted());
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, id]) => id!);
  expect(links.filter((id) => !headings.includes(id))).toEqual([]);
});

test('the lines of an example and of its counterexample are told apart, with two of both around them', () => {
  const body = (...lines: readonly string[]) => ({ body: `${lines.join('\n')}\n` });
  expect(
    exampleLines({
      example: body('a', 'b', 'c', 'd', 'bad', 'e', 'f', 'g', 'h'),
      counterexample: body('a', 'b', 'c', 'd', 'good', 'better', 'e', 'f', 'g', 'h'),
    }),
  ).toEqual([
    { kind: 'fold', text: '2 more lines' },
    { kind: 'both', text: 'c' },
    { kind: 'both', text: 'd' },
    { kind: 'breaks', text: 'bad' },
    { kind: 'keeps', text: 'good' },
    { kind: 'keeps', text: 'better' },
    { kind: 'both', text: 'e' },
    { kind: 'both', text: 'f' },
    { kind: 'fold', text: '2 more lines' },
  ]);
});
