/**
 * What must be true before anything of ours runs, checked in plain JavaScript that any Node from 20 on can read, so that
 * what is missing is said in a sentence and not in a stack trace or a crash.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** better-sqlite3 13 needs Node-API 10 and takes the whole process down on an older one. */
const NODE_API = 10;

/** Ends the process with a sentence. */
export function fail(sentence) {
  console.error(`tracelane: ${sentence}`);
  process.exit(1);
}

export function checkRuntime() {
  if (!existsSync(join(root, 'node_modules', 'electron-vite')))
    fail('The packages are not installed. Run `npm ci` first.');
  if (Number(process.versions.napi) < NODE_API) {
    fail(
      `This is Node ${process.versions.node}; 22.14 or newer is needed. The project brings its own: start through npm ` +
        '(`npm start`, `npm test`), and if it still says this, run `npm ci` again with install scripts allowed.',
    );
  }
}

/** Runs a command in the project's folder with its output shown on our stderr; resolves with the exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}

/** Runs the command line of an installed package with this Node. */
export function runBin(name, bin, args, options) {
  const manifest = createRequire(join(root, 'package.json')).resolve(`${name}/package.json`);
  return run(process.execPath, [join(dirname(manifest), bin), ...args], options);
}

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}

/** The last thing that a build writes: renderer last, its page among the files. */
const BUILT = ['out/main/index.js', 'out/main/headless.js', 'out/preload/index.cjs', 'out/renderer/index.html'];
const SOURCES = ['src', 'package-lock.json', 'electron.vite.config.ts'];

/** Builds unless the build is newer than every source. */
export async function build() {
  const built = Math.min(...BUILT.map((path) => newest(join(root, path))));
  if (built > Math.max(...SOURCES.map((path) => newest(join(root, path))))) return;
  console.error('Building the app (about ten seconds) …');
  const code = await runBin('electron-vite', 'bin/electron-vite.js', ['build', '--logLevel', 'warn']);
  if (code !== 0) fail('The build failed; the lines above say where.');
}
