/** What a built module loads, read off its syntax: a name in a text or a comment is no import. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAst, Visitor } from 'vite';

export interface BundleImport {
  /** The file that asks for it. */
  readonly file: string;
  /** As it is written there; `computed` for one that only running it would tell. */
  readonly specifier: string;
}

export const COMPUTED = 'computed';

/** Everything that an entry and the files it leads to take from outside, or from each other. */
export function bundleImports(entry: string): readonly BundleImport[] {
  const seen = new Set<string>();
  const found: BundleImport[] = [];
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const specifier of specifiers(readFileSync(file, 'utf8'))) {
      found.push({ file, specifier });
      if (specifier.startsWith('.')) open.push(join(dirname(file), specifier));
    }
  }
  return found;
}

/** Those that leave the bundle. */
export function outsideImports(entry: string): readonly BundleImport[] {
  return bundleImports(entry).filter(({ specifier }) => !specifier.startsWith('.'));
}

function specifiers(code: string): readonly string[] {
  const found: string[] = [];
  const add = (node: { readonly type: string } | null | undefined) => {
    if (!node) return;
    found.push(node.type === 'Literal' && 'value' in node && typeof node.value === 'string' ? node.value : COMPUTED);
  };
  new Visitor({
    ImportDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => add(source),
    ImportExpression: ({ source }) => add(source),
    CallExpression({ callee, arguments: args }) {
      // `require` itself, and what a bundler or `createRequire` calls one.
      if (callee.type === 'Identifier' && /require$/i.test(callee.name)) add(args[0]);
    },
  }).visit(parseAst(code));
  return found;
}
