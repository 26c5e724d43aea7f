/** `npm start`: builds when needed, then opens the window where an Electron binary is present, else the headless host. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { build, checkRuntime, root } from './preflight.mjs';

/** The binary that the electron package would start; undefined when it was never downloaded. */
function electronBinary() {
  const folder = join(root, 'node_modules', 'electron');
  const name = join(folder, 'path.txt');
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist');
  const binary = join(dist, existsSync(name) ? readFileSync(name, 'utf8') : process.platform === 'win32' ? 'electron.exe' : 'electron');
  return existsSync(binary) ? binary : undefined;
}

/** A window needs a screen; only Linux can be without one and still run this. */
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);

checkRuntime();
await build();

const args = process.argv.slice(2);
const headlessAsked = args.includes('--headless');
const rest = args.filter((arg) => arg !== '--headless');
const binary = electronBinary();

let command;
if (!headlessAsked && binary !== undefined && hasDisplay) {
  command = [binary, '.', ...rest];
} else {
  if (!headlessAsked) {
    const why = binary === undefined ? 'the Electron binary is not installed (`npx install-electron` fetches it)' : 'there is no display';
    console.error(`No desktop window, because ${why}; the same app runs in the browser instead.`);
  }
  command = [process.execPath, join('out', 'main', 'headless.js'), ...rest];
}

const child = spawn(command[0], command.slice(1), { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('error', (error) => {
  console.error(`tracelane: ${command[0]} could not be started: ${error.message}`);
  process.exitCode = 1;
});
child.once('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});
