/**
 * Nothing is written and then forgotten: every source leads from an entry, and what belongs in a registry leads from that
 * registry. An adapter, a view, a kind of finding, a lint rule, a dialog, a command whose line is missing fails here.
 */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
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
  'preload/index.ts',
  'renderer/main.tsx',
  'renderer/reload.ts',
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
      'shared/providers/detect.ts',
      'shared/providers/request-of.ts',
      'shared/providers/title.ts',
      'shared/providers/tool-names.ts',
    ],
    folder: 'shared/providers',
  },
  { registry: ['shared/compare/findings/registry.ts'], folder: 'shared/compare/findings' },
  { registry: ['shared/compare/lint.ts'], folder: 'shared/lint' },
  { registry: ['main/core/providers/registry.ts', 'main/core/providers/info.ts'], folder: 'main/core/providers' },
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

describe('the check itself', () => {
  it('misses a file that no line leads to', () => {
    const used = reached(['shared/compare/findings/finding-kind.ts']);
    expect(used.has('shared/compare/findings/finding-kind.ts')).toBe(true);
    expect(used.has('shared/compare/findings/usage.ts')).toBe(false);
  });
});
