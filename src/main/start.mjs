/** `npm start`: builds when needed, then opens the window where an Electron binary is present, else the headless host. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { pathToFileURL } from 'node:url';
import { build, checkRuntime, fail, root } from './preflight.mjs';

/** The binary that the electron package would start; undefined when it was never downloaded. */
function electronBinary() {
  const folder = join(root, 'node_modules', 'electron');
  const name = join(folder, 'path.txt');
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist');
  const binary = join(
    dist,
    existsSync(name) ? readFileSync(name, 'utf8') : process.platform === 'win32' ? 'electron.exe' : 'electron',
  );
  return existsSync(binary) ? binary : undefined;
}

/** A window needs a screen; only Linux can be without one and still run this. */
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);

/** Milliseconds between two looks for the shell that npm puts in between. */
const ORPHAN_MS = 500;

/** A signal to npm ends its shell, which passes nothing on: without this, the program would stay behind unseen. */
function endWithNpm() {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, ORPHAN_MS).unref();
}

checkRuntime();
if (process.env.npm_lifecycle_event !== undefined && process.platform !== 'win32') endWithNpm();
await build();

const args = process.argv.slice(2);
const headlessAsked = args.includes('--headless');
const rest = args.filter((arg) => arg !== '--headless');
const binary = electronBinary();

if (!headlessAsked && binary !== undefined && hasDisplay) {
  const child = spawn(binary, ['.', ...rest], { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => fail(`${binary} could not be started: ${error.message}`));
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal];
  });
} else {
  if (!headlessAsked) {
    const why =
      binary === undefined
        ? 'the Electron binary is not installed (`npx install-electron` fetches it)'
        : 'there is no display';
    console.error(`No desktop window, because ${why}; the same app runs in the browser instead.`);
  }
  // In this process: a signal then reaches what it is meant for, and nothing is left behind when this one is killed.
  const host = join(root, 'out', 'main', 'headless.js');
  process.argv = [process.execPath, host, ...rest];
  await import(pathToFileURL(host).href);
}
