/** What a source imports from the others, as the parser sees it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'vite';

export const src = fileURLToPath(new URL('../../src/', import.meta.url));

/** Absolute paths of the sources that `file` imports, types included: a file of types only is used by that alone. */
export function importsOf(file: string): readonly string[] {
  const found: string[] = [];
  const add = (source: { readonly value: unknown } | null | undefined) => {
    if (typeof source?.value === 'string' && source.value.startsWith('.'))
      found.push(resolve(dirname(file), source.value));
  };
  new Visitor({
    ImportDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => add(source),
    ImportExpression: ({ source }) => add(source as { readonly value: unknown } | undefined),
  }).visit(parseSync(file, readFileSync(file, 'utf8')).program);
  return found.filter((path) => /\.(?:tsx?|mjs)$/.test(path) && existsSync(path));
}

/** The sources below a folder of src, by their place under src. */
export const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(join(src, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name));
