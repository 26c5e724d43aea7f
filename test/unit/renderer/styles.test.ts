/** All style sheets of the window are one: a class that two of them define looks in each place as the other says. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = new URL('../../../src/renderer/', import.meta.url).pathname;
const sheets = globSync('**/*.css', { cwd: folder });

/** Classes that a rule of the sheet is about by themselves, as in `.check {` and `.check, .other {`. */
function defined(sheet: string): ReadonlySet<string> {
  const text = readFileSync(join(folder, sheet), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, '');
  // What stands in `:is()` and its like is no rule of its own.
  const selectors = [...text.matchAll(/(?:^|[{}])([^{}]+)\{/g)].flatMap(([, list]) =>
    list!.replaceAll(/\([^()]*\)/g, '()').split(','),
  );
  return new Set(selectors.flatMap((selector) => /^\s*\.([\w-]+)\s*$/.exec(selector)?.[1] ?? []));
}

it('defines each class in one style sheet', () => {
  expect(sheets.length).toBeGreaterThan(20);
  const places = new Map<string, string[]>();
  for (const sheet of sheets) for (const name of defined(sheet)) places.set(name, [...(places.get(name) ?? []), sheet]);
  expect(places.size).toBeGreaterThan(200);
  expect([...places].filter(([, where]) => where.length > 1)).toEqual([]);
});
