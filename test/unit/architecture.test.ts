/** docs/architecture.md draws the folders of src as their imports do, and no folder imports itself by way of others. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { circles, folderGraph, type FolderGraph } from '../support/folder-graph.ts';

const text = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
const listed = /```folders\n(.*?)```/s.exec(text)?.[1]?.trimEnd().split('\n') ?? [];

/** The lines of the list as they should be: what is imported stands above who imports it. */
function lines(graph: FolderGraph): readonly string[] {
  const done = new Set<string>();
  const out: string[] = [];
  const visit = (folder: string): void => {
    if (done.has(folder)) return;
    done.add(folder);
    const imports = [...(graph.get(folder) ?? [])].toSorted();
    imports.forEach(visit);
    out.push(imports.length === 0 ? folder : `${folder} -> ${imports.join(', ')}`);
  };
  [...graph.keys()].toSorted().forEach(visit);
  return out;
}

it('the list of folders is what the imports are; if not, what is expected here replaces it', () => {
  expect(listed).toEqual(lines(folderGraph()));
});

it('no folder imports itself by way of others', () => {
  expect(circles(folderGraph())).toEqual([]);
});

it('a circle is found, with the way round', () => {
  const graph = new Map([
    ['a', new Set(['b'])],
    ['b', new Set(['c'])],
    ['c', new Set(['b'])],
  ]);
  expect(circles(graph)).toEqual(['b -> c -> b']);
});
