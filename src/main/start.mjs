/** `npm start`: builds when needed, then opens the window where an Electron binary is present, else the headless host. */
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { pathToFileURL } from 'node:url';
import { chooseHost, endWithNpm } from './launch.mjs';
import { build, checkRuntime, fail, root } from './preflight.mjs';

checkRuntime();
endWithNpm();
await build();

const { binary, args } = chooseHost(process.argv.slice(2));
if (binary !== undefined) {
  const child = spawn(binary, ['.', ...args], { cwd: root, stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  child.once('error', (error) => fail(`${binary} could not be started: ${error.message}`));
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  });
} else {
  // In this process: a signal then reaches what it is meant for, and nothing is left behind when this one is killed.
  const host = join(root, 'out', 'main', 'headless.js');
  process.argv = [process.execPath, host, ...args];
  await import(pathToFileURL(host).href);
}
