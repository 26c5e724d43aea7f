/** What the built host and the command line say and do where SQLite is missing, or its binding is, or is one that this Node cannot load. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
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
  for (const name of ['out', 'src', 'resources', 'package.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  mkdirSync(join(folder, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name === 'better-sqlite3') cpSync(join(root, 'node_modules', name), binding, { recursive: true });
    else symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
});
afterAll(() => rmSync(folder, { recursive: true }));

const natives = (): readonly string[] =>
  readdirSync(binding, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.node'))
    .map((name) => join(binding, name));

/** Each spoils it more than the one before. */
const WAYS: Readonly<Record<string, () => void>> = {
  'is for another system': () => natives().forEach((file) => writeFileSync(file, 'no module')),
  'is missing': () => natives().forEach((file) => rmSync(file)),
  'is missing with its package': () => rmSync(binding, { recursive: true }),
};
const STREAM = join(root, 'test/fixtures/wire/chat-text.sse');
const ID = '00000000-0000-4000-8000-000000000000';
/** Every command that works on stored traces. */
const COMMANDS = [
  ['import', STREAM],
  ['export', ID],
  ['replay', ID],
  ['pair', ID, ID],
  ['mcp'],
  ['repair'],
  ['capture', '--', 'true'],
] as const;

test('the binding is there to be spoilt', () => {
  expect(natives()).not.toEqual([]);
  expect(existsSync(dataDir)).toBe(false);
});

test.each(Object.keys(WAYS))('G18 a native module that %s: one sentence with the next step, and the end', (way) => {
  WAYS[way]!();
  mkdirSync(dataDir, { recursive: true });
  const said =
    /^tracelane: [^\n]*(?:\.node\b|better-sqlite3)[^\n]* Install Tracelane again; in a clone of it, run npm ci\.$/m;
  for (const [code, ...args] of [
    [1, join(folder, 'out/main/headless.js'), '--no-open'],
    ...COMMANDS.map((command) => [70, join(folder, 'src/main/cli.mjs'), ...command] as const),
  ] as const) {
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      // Where one would never end by itself.
      timeout: 100_000,
      env: { ...process.env, TRACELANE_DATA_DIR: dataDir, TRACELANE_CAPTURE_PORT: '0' },
    });
    expect([args[1], status, stdout]).toEqual([args[1], code, '']);
    expect(stderr).toMatch(said);
    expect(stderr).not.toMatch(/^\s+at |internal error|Require stack|fault of Tracelane/m);
  }
});

test('G18 without it, commands that are given files alone work', () => {
  expect(existsSync(binding)).toBe(false);
  for (const args of [
    ['check', STREAM, '--fail-on', 'none'],
    ['export', STREAM, '--format', 'body'],
    ['pair', STREAM, STREAM],
  ]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'src/main/cli.mjs'), ...args], {
      encoding: 'utf8',
    });
    expect([args[0], status, stderr]).toEqual([args[0], 0, '']);
    expect(stdout).not.toBe('');
  }
});
