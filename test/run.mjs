/**
 * `npm test`: lint, types, build, and all tests, with what they need installed first. Prints what each step does and one
 * closing line that counts the tests.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, checkRuntime, fail, root, run, runBin } from '../src/main/preflight.mjs';

const results = join(root, 'test-results');
const unitReport = join(results, 'vitest.json');
const browserReport = join(results, 'playwright.json');

async function ensureChromium() {
  const path = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  if (existsSync(path)) return;
  const how = 'Install Chromium (on Debian: `apt-get install chromium`) or name one in CHROMIUM_PATH.';
  if (!existsSync('/usr/bin/apt-get')) fail(`The browser tests need ${path}, which is missing. ${how}`);
  console.error('Installing Chromium for the browser tests …');
  const sudo = process.getuid?.() === 0 ? [] : ['sudo'];
  const apt = async (...args) => {
    const [command, ...rest] = [...sudo, 'apt-get', '-y', '-qq', ...args];
    return (await run(command, rest, { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).catch(() => 1)) === 0;
  };
  if (!(await apt('update')) || !(await apt('install', 'chromium')) || !existsSync(path)) fail(`Chromium could not be installed. ${how}`);
}

async function step(title, action) {
  console.error(`\n== ${title}`);
  if ((await action()) !== 0) fail(`${title} failed; the lines above say why.`);
}

function unitCounts() {
  const report = JSON.parse(readFileSync(unitReport, 'utf8'));
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests + (report.numTodoTests ?? 0) };
}

function browserCounts() {
  const { expected, unexpected, flaky, skipped } = JSON.parse(readFileSync(browserReport, 'utf8')).stats;
  return { passed: expected + flaky, failed: unexpected, skipped };
}

checkRuntime();
await ensureChromium();
rmSync(results, { recursive: true, force: true });
mkdirSync(results);

await step('Lint', () => runBin('oxlint', 'bin/oxlint', ['--deny-warnings']));
await step('Types', () => runBin('typescript', 'bin/tsc', ['-b']));
console.error('\n== Build');
await build();

console.error('\n== Unit, contract and store tests');
const unit = await runBin('vitest', 'vitest.mjs', ['run', '--reporter=default', '--reporter=json', `--outputFile=${unitReport}`]);
console.error('\n== Browser tests');
const browser = await runBin('playwright', 'cli.js', ['test']);

if (!existsSync(unitReport) || !existsSync(browserReport)) fail('A test runner ended without a report; the lines above say why.');
const parts = [unitCounts(), browserCounts()];
const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
if (unit !== 0 || browser !== 0 || sum('failed') > 0) process.exit(1);
