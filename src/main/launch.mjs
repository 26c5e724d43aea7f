/** What `npm start` and `npm run dev` share: whether a desktop window can be opened here, and ending together with npm. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './preflight.mjs';

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

/**
 * The Electron binary to open the window with, and the program's own arguments. Without a binary the headless host is to
 * run; unless that was asked for by `--headless`, the reason is said.
 * @param {readonly string[]} given
 */
export function chooseHost(given) {
  const args = given.filter((arg) => arg !== '--headless');
  if (given.includes('--headless')) return { binary: undefined, args };
  const binary = electronBinary();
  if (binary !== undefined && hasDisplay) return { binary, args };
  const why =
    binary === undefined
      ? 'the Electron binary is not installed (`npx install-electron` fetches it)'
      : 'there is no display';
  console.error(`No desktop window, because ${why}; the same app runs in the browser instead.`);
  return { binary: undefined, args };
}

/** Milliseconds between two looks for the shell that npm puts in between. */
const ORPHAN_MS = 500;

/** A signal to npm ends its shell, which passes nothing on: without this, the program would stay behind unseen. */
export function endWithNpm() {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM');
  }, ORPHAN_MS).unref();
}
