/** The browser that the tests and the benchmarks drive: Debian's, installed when it is missing. */
import { existsSync } from 'node:fs';
import { fail, run } from '../src/main/preflight.mjs';

/** Chromium without a user interface: the browser tests take a fifth less CPU time with it, and it is installed sooner. */
const PACKAGE = 'chromium-headless-shell';
const INSTALLED = `/usr/bin/${PACKAGE}`;

/** Where there is no such package, the whole browser does as well. */
export const chromiumPath =
  process.env.CHROMIUM_PATH ?? [INSTALLED, '/usr/bin/chromium'].find((path) => existsSync(path)) ?? INSTALLED;

/** Ends the process with a sentence where there is none and none can be installed. */
export async function ensureChromium() {
  if (existsSync(chromiumPath)) return;
  const how = `Install Chromium (on Debian: \`apt-get install ${PACKAGE}\`) or name one in CHROMIUM_PATH.`;
  if (!existsSync('/usr/bin/apt-get')) fail(`This needs ${chromiumPath}, which is missing. ${how}`);
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  console.error(
    `Installing Chromium, which the browser tests drive, with \`${[...sudo, 'apt-get'].join(' ')}\`` +
      `${sudo.length > 0 ? '; it may ask for your password' : ''} …`,
  );
  const apt = async (...args) => {
    const [command, ...rest] = [...sudo, 'apt-get', '-y', '-qq', ...args];
    return (
      (await run(command, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).catch(() => 1)) === 0
    );
  };
  if (!(await apt('update')) || !(await apt('install', PACKAGE)) || !existsSync(chromiumPath))
    fail(`Chromium could not be installed. ${how}`);
}
