/** What the built host and the command line say where SQLite's binding is missing, or is one that this Node cannot load. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tracelane-native-'));
const binding = join(folder, 'node_modules', 'better-sqlite3');
const dataDir = join(folder, 'data');

/** The program as it is, but for the one package, of which it has a copy. */
beforeAll(() => {
  for (const name of ['out', 'src', 'package.json']) cpSync(join(root, name), join(folder, name), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name === 'better-sqlite3') cpSync(join(root, 'node_modules', name), binding, { recursive: true });
    else symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
});
afterAll(() => rmSync(folder, { recursive: true }));

const WAYS: Readonly<Record<string, (file: string) => void>> = {
  'cannot be loaded': (file) => writeFileSync(file, 'no module'),
  'is missing': (file) => rmSync(file),
};

test.each(Object.keys(WAYS))('G18 a native module that %s: one sentence with the next step, and the end', (way) => {
  const natives = readdirSync(binding, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.node'));
  expect(natives).not.toEqual([]);
  for (const name of natives) WAYS[way]!(join(binding, name));
  const said =
    /^tracelane: The store could not be started \([^\n]*\.node[^\n]*\)\. Install Tracelane again; in a clone of it, run npm ci\.$/m;
  for (const [code, ...args] of [
    [1, join(folder, 'out/main/headless.js'), '--no-open'],
    [70, join(folder, 'src/main/cli.mjs'), 'import', join(root, 'test/fixtures/wire/chat-text.sse')],
  ] as const) {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { ...process.env, TRACELANE_DATA_DIR: dataDir, TRACELANE_CAPTURE_PORT: '0' },
    });
    expect([status, stdout]).toEqual([code, '']);
    expect(stderr).toMatch(said);
    expect(stderr).not.toMatch(/^\s+at |internal error|Require stack/m);
  }
});
