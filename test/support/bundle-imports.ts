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

/** Everything that the entries and the files they lead to take from outside, or from each other. */
export function bundleImports(...entries: readonly string[]): readonly BundleImport[] {
  const seen = new Set<string>();
  const found: BundleImport[] = [];
  const open = [...entries];
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
export function outsideImports(...entries: readonly string[]): readonly BundleImport[] {
  return bundleImports(...entries).filter(({ specifier }) => !specifier.startsWith('.'));
}

function specifiers(code: string): readonly string[] {
  const found: string[] = [];
  const add = (node: { readonly type: string } | null | undefined) => {
    if (node) found.push(textOf(node) ?? COMPUTED);
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

/** A text that is written out, as a literal or, by minifiers, as a template without a hole. */
function textOf(node: object): string | undefined {
  if ('value' in node && typeof node.value === 'string') return node.value;
  if (!('quasis' in node) || !Array.isArray(node.quasis) || node.quasis.length !== 1) return undefined;
  const [{ value }] = node.quasis as [{ readonly value: { readonly cooked: string } }];
  return value.cooked;
}
