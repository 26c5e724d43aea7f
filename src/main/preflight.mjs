/**
 * What the scripts of package.json share: checks that say in a sentence what is missing, a build when one is due, and the
 * command lines of installed packages.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkNode, fail } from './node-version.mjs';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export { fail };

/** What every script of package.json checks first: this Node, and the installed packages. */
export function checkRuntime() {
  checkNode();
  if (!existsSync(join(root, 'node_modules', 'electron-vite')))
    fail('The packages are not installed. Run `npm ci` first.');
}

/**
 * Runs a command in the project's folder with its output shown on our stderr; resolves with the exit code.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/**
 * Runs the command line of an installed package with this Node.
 * @param {string} name of the package
 * @param {string} bin its file in the package
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function runBin(name, bin, args, options) {
  return run(process.execPath, [join(root, 'node_modules', name, bin), ...args], options);
}

/**
 * When the newest file of a folder, or the one file, was written, in milliseconds; 0 where there is none.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}

/** The last thing that a build writes: renderer last, its page among the files. */
const BUILT = ['out/main/index.js', 'out/main/headless.js', 'out/preload/index.cjs', 'out/renderer/index.html'];
const SOURCES = ['src', 'resources', 'package-lock.json', 'electron.vite.config.ts'];

/** Builds unless the build is newer than every source. */
export async function build() {
  const built = Math.min(...BUILT.map((path) => newest(join(root, path))));
  if (built > Math.max(...SOURCES.map((path) => newest(join(root, path))))) return;
  console.error('Building the app (about ten seconds) …');
  const code = await runBin('electron-vite', 'bin/electron-vite.js', ['build', '--logLevel', 'warn']);
  if (code !== 0) fail('The build failed; the lines above say where.');
}
