/** Which folder of src imports which, taken from the imports. */
import { dirname, join, relative } from 'node:path';
import { importsOf, sourcesIn, src } from './source-imports.ts';

/** How many names deep a folder stands in each part of the program; what is below belongs to it. */
const DEPTH: Readonly<Record<string, number>> = { shared: 2, main: 3, preload: 1, renderer: 2 };

function folderOf(path: string): string {
  return dirname(path)
    .split('/')
    .slice(0, DEPTH[path.split('/')[0]!] ?? 1)
    .join('/');
}

export type FolderGraph = ReadonlyMap<string, ReadonlySet<string>>;

/** Each folder with those that it imports, itself left out. */
export function folderGraph(): FolderGraph {
  const graph = new Map<string, Set<string>>();
  for (const file of sourcesIn('.')) {
    const from = folderOf(file);
    const to = graph.get(from) ?? new Set<string>();
    graph.set(from, to);
    for (const imported of importsOf(join(src, file)).map((path) => folderOf(relative(src, path))))
      if (imported !== from) to.add(imported);
  }
  return graph;
}

/** Folders that can be reached from themselves, each with the way round. */
export function circles(graph: FolderGraph): readonly string[] {
  const found = new Map<string, string>();
  for (const start of graph.keys()) {
    const ways: string[][] = [[start]];
    const seen = new Set<string>();
    for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
      const folder = way.at(-1)!;
      for (const next of graph.get(folder) ?? []) {
        // A circle is found from each of its folders; the first that found it names it.
        const key = way.toSorted().join();
        if (next === start && !found.has(key)) found.set(key, [...way, start].join(' -> '));
        if (seen.has(next)) continue;
        seen.add(next);
        ways.push([...way, next]);
      }
    }
  }
  return [...found.values()];
}
