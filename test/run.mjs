/**
 * `npm test` and its parts: `check` (lint, types, format, dead code), `unit` (what needs no build and no browser) and `e2e`
 * (what runs the built program). All of them with what they need installed and built first; at the end each test that
 * failed with its reason, and one closing line that counts the tests and names the flaky ones. What follows the name of a
 * part goes to its runner: `npm run test:unit -- --watch test/unit/lint`.
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { build, checkRuntime, fail, root, runBin } from '../src/main/preflight.mjs';
import { ensureChromium } from './chromium.mjs';

const results = join(root, 'test-results');
const FAILURE_LINES = 12;
/** Folders of tests that need no build; the one that reads the build is `test/built`. */
const UNIT = ['test/unit', 'test/contract', 'test/store', 'test/core'];

const title = (text) => console.error(`\n== ${text}`);

/** All at once: most of them work in one thread. What each says stands under its name. */
async function check() {
  const steps = [
    ['Lint', 'oxlint', 'bin/oxlint', ['--deny-warnings']],
    ['Types', 'typescript', 'bin/tsc', ['-b']],
    ['Format', 'prettier', 'bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']],
    ['Dead code', 'knip', 'bin/knip.js', ['--no-progress']],
  ];
  const failed = [];
  const ended = steps.map(([name, ...command]) => runAside(join(results, `${name}.txt`), command));
  for (const [at, [name]] of steps.entries()) {
    const { code, said } = await ended[at];
    title(name);
    process.stderr.write(said);
    if (code !== 0) failed.push(name);
  }
  if (failed.length > 0) fail(`${failed.join(', ')} failed; the lines above say why.`);
}

/** Runs a command whose output goes to a file meanwhile. */
async function runAside(file, command) {
  const output = openSync(file, 'w');
  const code = await runBin(...command, { stdio: ['ignore', output, output] });
  closeSync(output);
  const said = readFileSync(file, 'utf8');
  rmSync(file);
  return { code, said };
}

/** Runs the tests of these folders; what came of them. */
async function vitest(name, folders) {
  title(name);
  const file = join(results, 'vitest.json');
  rmSync(file, { force: true });
  const options = ['--reporter=default', '--reporter=json', `--outputFile=${file}`];
  return resultOf('vitest', await runBin('vitest', 'vitest.mjs', ['run', ...folders, ...options]), file, readVitest);
}

async function playwright(args) {
  title('Browser tests');
  const file = join(results, 'playwright.json');
  rmSync(file, { force: true });
  return resultOf('playwright', await runBin('playwright', 'cli.js', ['test', ...args]), file, readPlaywright);
}

/** What a runner's report says: how many tests there were of each kind, a text for each that failed, the flaky ones. */
function resultOf(runner, code, file, read) {
  if (!existsSync(file)) fail(`${runner} ended with ${code} and without a report; the lines above say why.`);
  const result = read(JSON.parse(readFileSync(file, 'utf8')));
  // A process of the tests that dies takes tests along that then count as nothing.
  if (code !== 0 && result.failures.length === 0)
    result.failures.push(`FAILED ${runner} ended with ${code} though no test failed; its last lines above say why.`);
  return result;
}

function readVitest({ numPassedTests, numFailedTests, numPendingTests, numTodoTests = 0, testResults }) {
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    // A file that cannot be loaded has no tests to count.
    if (failed.length === 0 && status === 'failed') return [failureText(name, 'the file itself', message)];
    return failed.map(({ fullName, failureMessages }) => failureText(name, fullName, failureMessages.join('\n')));
  });
  return {
    passed: numPassedTests,
    failed: numFailedTests,
    skipped: numPendingTests + numTodoTests,
    failures,
    flaky: [],
  };
}

function readPlaywright({ config, stats, suites }) {
  const specs = specsOf(suites).map((spec) => ({ ...spec, path: resolve(config.rootDir, spec.file) }));
  const failures = specs
    .filter(({ ok }) => !ok)
    .map(({ path, title: name, tests }) => {
      const errors = tests.flatMap(({ results: runs }) =>
        runs.flatMap(({ error }) => (error === undefined ? [] : [error.message ?? String(error.value)])),
      );
      return failureText(path, name, errors.join('\n'));
    });
  const flaky = specs
    .filter(({ tests }) => tests.some(({ status }) => status === 'flaky'))
    .map(({ path, title: name }) => `${relative(root, path)}: ${name}`);
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped, failures, flaky };
}

const specsOf = (suites) => suites.flatMap(({ specs = [], suites: inner = [] }) => [...specs, ...specsOf(inner)]);

/** The first lines say what was wrong; the whole is further up. */
function failureText(file, name, message = '') {
  const reason = stripVTControlCharacters(message)
    .split('\n')
    .slice(0, FAILURE_LINES)
    .map((line) => `    ${line}`);
  return [`FAILED ${relative(root, file)}: ${name}`, ...reason].join('\n');
}

/** Ends the process: what failed, and the closing line. */
function report(parts) {
  const failures = parts.flatMap((part) => part.failures);
  const flaky = parts.flatMap((part) => part.flaky);
  const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
  for (const failure of failures) console.log(failure);
  const counts = `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`;
  console.log(
    flaky.length === 0 ? counts : `${counts}, ${flaky.length} flaky (passed only on a retry): ${flaky.join('; ')}`,
  );
  process.exit(failures.length > 0 ? 1 : 0);
}

const unit = () => vitest('Unit, contract, store and core tests', UNIT);

async function endToEnd(args) {
  title('Build');
  await build();
  // Who names files or options means the browser tests.
  if (args.length > 0) return [await playwright(args)];
  return [await vitest('Tests of the built files', ['test/built']), await playwright([])];
}

async function everything() {
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results);
  await check();
  return [await unit(), ...(await endToEnd([]))];
}

const [part, ...args] = process.argv.slice(2);
checkRuntime();
mkdirSync(results, { recursive: true });
switch (part) {
  case 'check':
    await check();
    break;
  case 'unit':
    if (args.length === 0) report([await unit()]);
    process.exitCode = await runBin('vitest', 'vitest.mjs', args.includes('--watch') ? args : ['run', ...args]);
    break;
  case 'e2e':
    await ensureChromium();
    report(await endToEnd(args));
    break;
  case undefined:
    await ensureChromium();
    report(await everything());
    break;
  default:
    fail(`There is no part ${JSON.stringify(part)} of the tests: it is check, unit, e2e, or none for all of them.`);
}
