/** The browser that the tests and the benchmarks drive: Debian's, installed when it is missing. */
import { existsSync } from 'node:fs';
import { fail, run } from '../src/main/preflight.mjs';

/** Ends the process with a sentence where there is none and none can be installed. */
export async function ensureChromium() {
  const path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  if (existsSync(path)) return;
  const how = 'Install Chromium (on Debian: `apt-get install chromium`) or name one in CHROMIUM_PATH.';
  if (!existsSync('/usr/bin/apt-get')) fail(`This needs ${path}, which is missing. ${how}`);
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
  if (!(await apt('update')) || !(await apt('install', 'chromium')) || !existsSync(path))
    fail(`Chromium could not be installed. ${how}`);
}
