/**
 * Breaks each layer on purpose, in a copy that has the project's own rules, and sees that something fails: the linter for
 * what a layer may import, the compiler for what its environment has, the build for what the window may contain.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, describe, expect, it } from 'vitest';
import { refuseNode } from '../../electron.vite.config.ts';
import { importsOf, sourcesIn, src } from '../support/source-imports.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const copies: string[] = [];
afterAll(() => copies.forEach((copy) => rmSync(copy, { recursive: true })));

/** A project of these files with the rules of this one. */
function copyWith(files: Readonly<Record<string, string>>): string {
  const copy = mkdtempSync(join(tmpdir(), 'tracelane-layers-'));
  copies.push(copy);
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const rules of [
    '.oxlintrc.json',
    'tsconfig.base.json',
    ...['shared', 'main', 'preload', 'renderer'].map((layer) => `src/${layer}/tsconfig.json`),
  ]) {
    mkdirSync(dirname(join(copy, rules)), { recursive: true });
    cpSync(join(root, rules), join(copy, rules));
  }
  for (const [path, code] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), code);
  }
  return copy;
}

function run(
  bin: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'node_modules', bin), ...args], { cwd }, (error, stdout) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout }),
    );
  });
}

/** Where each layer may not reach. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  'src/shared/model/broken.ts': [
    'node:fs',
    'electron',
    'react',
    '../../main/core/core.ts',
    '../../renderer/main.tsx',
    '../../preload/index.ts',
  ],
  'src/main/core/broken.ts': [
    'electron',
    'electron/main',
    'react',
    '../hosts/electron/shell.ts',
    '../hosts/headless/host.ts',
    '../../renderer/main.tsx',
    '../../preload/index.ts',
  ],
  'src/main/core/store/broken.ts': ['electron', '../../hosts/cli/lanes.ts'],
  'src/main/hosts/broken.ts': ['electron', './electron/shell.ts', '../../renderer/main.tsx'],
  'src/main/hosts/headless/broken.ts': ['electron', '../electron/shell.ts', '../../../renderer/main.tsx'],
  'src/main/hosts/cli/broken.ts': ['electron', '../electron/shell.ts', '../../../renderer/main.tsx'],
  'src/main/headless.mjs': ['electron', './hosts/electron/shell.ts'],
  'src/main/cli.mjs': ['electron', './hosts/electron/shell.ts'],
  'src/main/store-worker.ts': ['electron', './hosts/electron/shell.ts'],
  'src/main/decode-worker.ts': ['electron', './hosts/electron/shell.ts'],
  'src/main/exchange-worker.ts': ['electron', './hosts/electron/shell.ts'],
  'src/main/proxy-worker.ts': ['electron', './hosts/electron/shell.ts'],
  'src/preload/broken.ts': ['node:fs', '../main/core/core.ts', '../renderer/main.tsx', 'zod'],
  'src/renderer/app/broken.ts': [
    'node:fs',
    'electron',
    '../../main/core/core.ts',
    'better-sqlite3',
    'openai',
    '@anthropic-ai/sdk',
    'ws',
  ],
};

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'src/shared/model/fine.ts': ['zod', '../rpc/contract.ts'],
  'src/main/core/fine.ts': ['node:fs', 'better-sqlite3', 'openai', '../../shared/model/ids.ts'],
  'src/main/hosts/electron/fine.ts': ['electron', 'node:fs', '../../core/core.ts', '../environment.ts'],
  'src/main/hosts/headless/fine.ts': ['ws', 'node:http', '../../core/core.ts', '../environment.ts'],
  'src/preload/fine.ts': ['electron', '../shared/rpc/handshake.ts'],
  'src/renderer/app/fine.ts': ['react', '../../shared/rpc/contract.ts'],
};

interface LintReport {
  readonly diagnostics: readonly {
    readonly code?: string;
    readonly filename: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
}

describe('the linter', () => {
  it('refuses every import across a layer, and no other', async () => {
    const importing = (specifiers: readonly string[]) =>
      specifiers.map((specifier) => `import '${specifier}';\n`).join('');
    const copy = copyWith(
      Object.fromEntries(
        [...Object.entries(FORBIDDEN), ...Object.entries(ALLOWED)].map(([path, specifiers]) => [
          path,
          importing(specifiers),
        ]),
      ),
    );
    const { code, output } = await run('oxlint/bin/oxlint', ['--format', 'json', 'src'], copy);
    expect(code).toBe(1);
    const refused = (JSON.parse(output) as LintReport).diagnostics
      .filter((diagnostic) => diagnostic.code?.includes('no-restricted-imports'))
      .map(
        ({ filename, labels }) =>
          `${filename.startsWith('/') ? relative(copy, filename) : filename}: ${FORBIDDEN[filename]?.[labels[0]!.span.line - 1]}`,
      );
    const broken = Object.entries(FORBIDDEN).flatMap(([path, specifiers]) =>
      specifiers.map((specifier) => `${path}: ${specifier}`),
    );
    expect(refused.toSorted()).toEqual(broken.toSorted());
  });
});

describe('the compiler', () => {
  const errorsOf = async (layer: string, code: string): Promise<{ readonly code: number; readonly output: string }> => {
    const copy = copyWith({
      [`src/${layer}/broken.ts`]: code,
      'src/shared/fine.ts': 'export const fine = 1;\n',
      'src/main/fine.ts': 'export const fine = 1;\n',
    });
    return run('typescript/bin/tsc', ['-b', `src/${layer}`], copy);
  };

  it.each([
    ['shared', 'the DOM', 'export const title = document.title;'],
    ['shared', 'Node', 'export const pid = process.pid;'],
    ['shared', "Node's modules", "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('x');"],
    ['main', 'the DOM', 'export const title = document.title;'],
    ['renderer', 'Node', 'export const pid = process.pid;'],
    ['renderer', "Node's modules", "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('x');"],
    ['renderer', 'the main process', "export { fine } from '../main/fine.ts';"],
    ['shared', 'the main process', "export { fine } from '../main/fine.ts';"],
  ])('does not let src/%s reach %s', async (layer, _what, code) => {
    const { code: exit, output } = await errorsOf(layer, `${code}\n`);
    expect(exit, output).not.toBe(0);
    expect(output).toContain(`src/${layer}/broken.ts`);
  });

  it.each(['shared', 'main', 'renderer'])('takes what src/%s may have', async (layer) => {
    const { code, output } = await errorsOf(
      layer,
      layer === 'shared' ? 'export const one = 1;\n' : "export { fine } from '../shared/fine.ts';\n",
    );
    expect(output).toBe('');
    expect(code).toBe(0);
  });
});

describe('the build of the window', () => {
  const buildOf = (code: string) => {
    const copy = copyWith({ 'window/main.ts': code });
    return build({
      root: join(copy, 'window'),
      configFile: false,
      logLevel: 'silent',
      plugins: [refuseNode()],
      build: { write: false, rollupOptions: { input: join(copy, 'window', 'main.ts') } },
    });
  };

  it('fails on a module of Node or on electron, instead of putting an empty one in its place', async () => {
    await expect(buildOf("import { readFileSync } from 'node:fs';\nconsole.log(readFileSync('x'));\n")).rejects.toThrow(
      /window.*node:fs/s,
    );
    await expect(buildOf("import { join } from 'path';\nconsole.log(join('x'));\n")).rejects.toThrow(/window.*path/s);
    await expect(buildOf("import { ipcRenderer } from 'electron';\nconsole.log(ipcRenderer);\n")).rejects.toThrow(
      /window.*electron/s,
    );
    await expect(buildOf("console.log('fine');\n")).resolves.toBeDefined();
  });
});

describe('the folders of the window', () => {
  /** What lies below knows nothing of what lies above. */
  const ORDER = ['client', 'stores', 'commands', 'components', 'parts', 'views', 'app'];
  const window = join(src, 'renderer');
  const floor = (path: string) => ORDER.indexOf(relative(window, path).split('/')[0]!);
  /** The folder of one view, tab or dialog; what lies in views/ itself is common to all. */
  const viewOf = (path: string) => /^views\/([^/]+)\//.exec(relative(window, path))?.[1];

  const refused = (file: string, imported: string): boolean => {
    if (relative(window, imported).startsWith('..') || !relative(window, file).includes('/')) return false;
    const other = viewOf(imported);
    return (
      floor(imported) > floor(file) || (other !== undefined && viewOf(file) !== undefined && viewOf(file) !== other)
    );
  };

  it('import only what lies below them, and no view imports another', () => {
    const sources = sourcesIn('renderer').map((path) => join(src, path));
    expect(sources.length).toBeGreaterThan(100);
    expect(
      sources.filter((file) => relative(window, file).includes('/') && floor(file) === -1),
      'a folder that has no place in the order',
    ).toEqual([]);
    const found = sources.flatMap((file) =>
      importsOf(file)
        .filter((imported) => refused(file, imported))
        .map((imported) => `${relative(window, file)} imports ${relative(window, imported)}`),
    );
    expect(found).toEqual([]);
  });

  it('the check itself refuses an import upwards, and one of another view', () => {
    const at = (path: string) => join(window, path);
    expect(refused(at('views/live/a.ts'), at('views/run/b.ts'))).toBe(true);
    expect(refused(at('components/a.ts'), at('parts/b.ts'))).toBe(true);
    expect(refused(at('commands/a.ts'), at('app/b.ts'))).toBe(true);
    expect(refused(at('views/live/a.ts'), at('views/view.ts'))).toBe(false);
    expect(refused(at('app/a.ts'), at('views/run/b.ts'))).toBe(false);
    expect(refused(at('views/live/a.ts'), at('views/live/b.ts'))).toBe(false);
  });
});
