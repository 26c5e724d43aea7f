/**
 * Nothing is written and then forgotten: every source leads from an entry, and what belongs in a registry leads from that
 * registry. An adapter, a view, a kind of finding, a lint rule, a dialog, a command whose line is missing fails here.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseSync, Visitor } from 'vite';
import { describe, expect, it } from 'vitest';
import { PROVIDERS } from '../../src/shared/providers/registry.ts';
import { importsOf, sourcesIn, src } from '../support/source-imports.ts';

const edges = new Map<string, readonly string[]>();

/** All sources that these lead to, by their place under src. */
function reached(entries: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = entries.map((entry) => join(src, entry));
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const path = relative(src, file);
    if (seen.has(path)) continue;
    seen.add(path);
    if (!edges.has(file)) edges.set(file, importsOf(file));
    open.push(...edges.get(file)!);
  }
  return seen;
}

const ENTRIES = [
  'main/index.ts',
  'main/headless.mjs',
  'main/cli.mjs',
  'main/dev/main.mjs',
  'main/dev/headless.ts',
  'main/store-worker.ts',
  'main/decode-worker.ts',
  'main/exchange-worker.ts',
  'main/proxy-worker.ts',
  'preload/index.ts',
  'renderer/main.tsx',
  'renderer/reload.ts',
  'renderer/parts/lanes/markdown-worker.ts',
];

/** What only tests have a use for: the contract's third transport, and the list of quirks that each have a vector. */
const FOR_TESTS: readonly string[] = ['shared/adapters/agent-server/quirks.ts', 'shared/rpc/memory-port.ts'];

/** Folders whose files are there for a registry's sake. */
const REGISTRIES: readonly { readonly registry: readonly string[]; readonly folder: string }[] = [
  { registry: ['shared/lanes/registry.ts'], folder: 'shared/adapters/legacy' },
  { registry: ['shared/lanes/registry.ts'], folder: 'shared/adapters/simple' },
  { registry: ['shared/lanes/registry.ts'], folder: 'shared/wire' },
  {
    registry: [
      'shared/providers/registry.ts',
      'shared/providers/base-url.ts',
      'shared/providers/detect.ts',
      'shared/providers/faults-of.ts',
      'shared/providers/frame-places.ts',
      'shared/providers/framer-of.ts',
      'shared/providers/request-of.ts',
      'shared/providers/sent-body.ts',
      'shared/providers/title.ts',
      'shared/providers/tool-names.ts',
    ],
    folder: 'shared/providers',
  },
  { registry: ['shared/compare/findings/registry.ts'], folder: 'shared/compare/findings' },
  { registry: ['shared/compare/lint.ts', 'shared/lint/example-lines.ts'], folder: 'shared/lint' },
  { registry: ['main/core/providers/registry.ts', 'main/core/providers/info.ts'], folder: 'main/core/providers' },
  { registry: ['main/core/imports/formats/registry.ts'], folder: 'main/core/imports/formats' },
  { registry: ['main/core/exports/formats/registry.ts'], folder: 'main/core/exports/formats' },
  { registry: ['main/hosts/cli/main.ts'], folder: 'main/hosts/cli' },
];

describe('every source', () => {
  it('leads from an entry, but for two that are named', () => {
    const used = reached(ENTRIES);
    expect(
      sourcesIn('.')
        .filter((path) => !used.has(path))
        .toSorted(),
    ).toEqual(FOR_TESTS);
  });
});

describe('what stands in the folder of a registry', () => {
  it.each(REGISTRIES)('$folder leads from its registry', ({ registry, folder }) => {
    const used = reached(registry);
    const there = sourcesIn(folder);
    expect(there.length).toBeGreaterThan(1);
    expect(there.filter((path) => !used.has(path))).toEqual([]);
  });

  it('a folder of views leads from the frame of the window, which holds the tabs, the panes and the dialogs', () => {
    const used = reached(['renderer/app/App.tsx']);
    const folders = readdirSync(join(src, 'renderer/views'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    expect(folders.length).toBeGreaterThan(5);
    expect(
      folders.flatMap(({ name }) => sourcesIn(`renderer/views/${name}`)).filter((path) => !used.has(path)),
    ).toEqual([]);
  });
});

/** Names of APIs in a source, where they mean one: `chat_completions` anywhere, others compared with an `api` or listed together. */
function apisNamedIn(code: string): readonly string[] {
  const apis = new Set<unknown>(PROVIDERS.keys());
  const found: string[] = [];
  const isApi = (node: AstNode): boolean =>
    (node.type === 'Identifier' && node.name === 'api') || (node.type === 'MemberExpression' && isApi(node.property!));
  const named = (node: AstNode | null | undefined): string[] =>
    node?.type === 'Literal' && apis.has(node.value)
      ? [String(node.value)]
      : node?.type === 'Identifier' && apis.has(node.name)
        ? [node.name!]
        : [];
  const together = (nodes: readonly (AstNode | null | undefined)[]): void => {
    const names = nodes.flatMap(named);
    if (names.length > 1) found.push(...names);
  };
  const ast = (node: unknown): AstNode => node as AstNode;
  new Visitor({
    Literal: (node) => void (node.value === 'chat_completions' && found.push(node.value)),
    BinaryExpression: (node) => {
      const [left, right] = [ast(node.left), ast(node.right)];
      if (isApi(left)) found.push(...named(right));
      if (isApi(right)) found.push(...named(left));
    },
    SwitchStatement: (node) => {
      if (isApi(ast(node.discriminant))) found.push(...node.cases.flatMap(({ test }) => named(ast(test))));
    },
    ArrayExpression: (node) => together(node.elements.map(ast)),
    ObjectExpression: (node) => together(node.properties.map((property) => ast(ast(property).key))),
  }).visit(parseSync('source.tsx', code).program);
  return found;
}

interface AstNode {
  readonly type: string;
  readonly name?: string;
  readonly value?: unknown;
  readonly property?: AstNode;
  readonly key?: AstNode;
}

describe('an API', () => {
  it('is named by its provider alone', () => {
    const others = sourcesIn('.').filter((path) => !/^(?:shared|main\/core)\/providers\//.test(path));
    expect(others.length).toBeGreaterThan(300);
    expect(
      others.flatMap((path) => apisNamedIn(readFileSync(join(src, path), 'utf8')).map((api) => `${path}: ${api}`)),
    ).toEqual([]);
  });

  it.each([
    "if (trace.api === 'messages') go();",
    "const type = 'responses' !== api ? 1 : 2;",
    "switch (setup.api) { case 'messages': go(); }",
    "const ALL = ['responses', 'messages'];",
    'const NAMES = { responses: 1, messages: 2 };',
    "pick('chat_completions');",
  ])('is found in %s', (code) => expect(apisNamedIn(code)).not.toEqual([]));

  it.each(["request.has('messages');", "const row = { section: 'messages' };", 'const { messages } = model;'])(
    'is not found in %s',
    (code) => expect(apisNamedIn(code)).toEqual([]),
  );
});

describe('the check itself', () => {
  it('misses a file that no line leads to', () => {
    const used = reached(['shared/compare/findings/finding-kind.ts']);
    expect(used.has('shared/compare/findings/finding-kind.ts')).toBe(true);
    expect(used.has('shared/compare/findings/usage.ts')).toBe(false);
  });
});
