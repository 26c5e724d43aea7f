/** A Node that is too old gets one sentence from every entry that Node runs, and not an error of its parser or loader. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'vite';
import { describe, expect, it } from 'vitest';
import { NODE_MAJOR } from '../../src/main/node-version.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Manifest {
  readonly engines: { readonly node: string };
  readonly scripts: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

/** What the scripts give to Node, and the sources of the two built entries that one may start directly. */
const ENTRIES = [
  ...new Set([
    ...Object.values(manifest.scripts).flatMap((script) => /^node (?:--\S+ )*(\S+)/.exec(script)?.[1] ?? []),
    'src/main/headless.mjs',
    'src/main/cli.mjs',
  ]),
];

/** Node resolves all of these before it runs the first line. */
function staticImports(file: string, seen = new Set<string>()): ReadonlySet<string> {
  new Visitor({
    ImportDeclaration: ({ source }) => {
      const { value } = source;
      const path = value.startsWith('.') ? relative(root, resolve(dirname(join(root, file)), value)) : value;
      if (seen.has(path)) return;
      seen.add(path);
      if (value.startsWith('.')) staticImports(path, seen);
    },
  }).visit(parseSync(file, readFileSync(join(root, file), 'utf8')).program);
  return seen;
}

/** Runs an entry in this Node, which says that it is an older one. */
function runAs(version: string, entry: string): Promise<{ readonly code: unknown; readonly output: string }> {
  const disguise = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  const args = ['--import', `data:text/javascript,${encodeURIComponent(disguise)}`, entry];
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: root }, (error, stdout, stderr) =>
      done({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

describe('an entry that Node runs', () => {
  it('is among those that these tests find', () => {
    expect(ENTRIES).toEqual(expect.arrayContaining(['src/main/start.mjs', 'src/main/dev/main.mjs', 'test/run.mjs']));
    expect(ENTRIES.length).toBeGreaterThanOrEqual(6);
  });

  it.each(ENTRIES)('%s says in one sentence what an old Node is to be replaced by', async (entry) => {
    const { code, output } = await runAs('20.20.2', entry);
    expect(output).toMatch(/^tracelane: This is Node 20\.20\.2, and Node \d+ or newer is needed: [^\n.]*\.\n$/);
    expect(code).toBe(1);
  });

  it.each(ENTRIES)('%s loads first only what an old Node can read', (entry) => {
    const sources = [...staticImports(entry)];
    expect(sources.filter((path) => !path.startsWith('node:') && !path.endsWith('.mjs'))).toEqual([]);
  });
});

it('package.json names the same version', () => {
  expect(manifest.engines.node).toBe(`>=${NODE_MAJOR}`);
});
