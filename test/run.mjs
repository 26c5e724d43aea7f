/**
 * `npm test`: lint, types, build, and all tests, with what they need installed first. Prints what each step does, at the
 * end each test that failed with the reason, and one closing line that counts the tests.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { build, checkRuntime, fail, root, runBin } from '../src/main/preflight.mjs';
import { ensureChromium } from './chromium.mjs';

const results = join(root, 'test-results');
const unitReport = join(results, 'vitest.json');
const browserReport = join(results, 'playwright.json');
const FAILURE_LINES = 12;

async function step(title, action) {
  console.error(`\n== ${title}`);
  if ((await action()) !== 0) fail(`${title} failed; the lines above say why.`);
}

/** What a runner's report says: how many tests there were of each kind, and a text for each that failed. */
function unitResults() {
  const {
    numPassedTests,
    numFailedTests,
    numPendingTests,
    numTodoTests = 0,
    testResults,
  } = JSON.parse(readFileSync(unitReport, 'utf8'));
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    // A file that cannot be loaded has no tests to count.
    if (failed.length === 0 && status === 'failed') return [failureText(name, 'the file itself', message)];
    return failed.map(({ fullName, failureMessages }) => failureText(name, fullName, failureMessages.join('\n')));
  });
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests, failures };
}

function browserResults() {
  const { config, stats, suites } = JSON.parse(readFileSync(browserReport, 'utf8'));
  const failures = specsOf(suites)
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => {
      const errors = tests.flatMap(({ results }) =>
        results.flatMap(({ error }) => (error === undefined ? [] : [error.message ?? String(error.value)])),
      );
      return failureText(resolve(config.rootDir, file), title, errors.join('\n'));
    });
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped, failures };
}

const specsOf = (suites) => suites.flatMap(({ specs = [], suites: inner = [] }) => [...specs, ...specsOf(inner)]);

/** The first lines say what was wrong; the whole is further up. */
function failureText(file, title, message = '') {
  const reason = stripVTControlCharacters(message)
    .split('\n')
    .slice(0, FAILURE_LINES)
    .map((line) => `    ${line}`);
  return [`FAILED ${relative(root, file)}: ${title}`, ...reason].join('\n');
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
const unit = await runBin('vitest', 'vitest.mjs', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile=${unitReport}`,
]);
console.error('\n== Browser tests');
const browser = await runBin('playwright', 'cli.js', ['test']);

if (!existsSync(unitReport) || !existsSync(browserReport))
  fail('A test runner ended without a report; the lines above say why.');
const parts = [unitResults(), browserResults()];
for (const failure of parts.flatMap(({ failures }) => failures)) console.log(failure);
// A process of the tests that dies takes tests along that then count as nothing.
for (const [name, code, { failures }] of [
  ['vitest', unit, parts[0]],
  ['playwright', browser, parts[1]],
]) {
  if (code !== 0 && failures.length === 0)
    console.log(`FAILED ${name} ended with ${code} though no test failed; its last lines above say why.`);
}
const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
if (unit !== 0 || browser !== 0 || sum('failed') > 0) process.exit(1);
