import './test/compile-cache.mjs';
import { chromiumPath } from './test/chromium.mjs';
import { defineConfig } from 'playwright/test';

const chromium = {
  launchOptions: {
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  },
};

export default defineConfig({
  testDir: 'test',
  // Emptied at the start of a run; the reports of the other tests lie beside it.
  outputDir: 'test-results/browser',
  timeout: 120_000,
  // As for the other tests: it catches what never comes, on a slow shared machine too, and judges no speed.
  expect: { timeout: 30_000 },
  workers: 2,
  // Processes are started and killed by the dozen on two busy cores; a test that passes only again is listed as flaky.
  retries: process.env['CI'] === undefined ? 0 : 1,
  forbidOnly: process.env['CI'] !== undefined,
  reporter: [['line'], ['json', { outputFile: 'test-results/playwright.json' }]],
  projects: [
    {
      name: 'headless',
      testMatch: 'e2e/**/*.spec.ts',
      // Emptied between tests: a new one each time would cost as much as all that a short test does.
      use: { ...chromium, reuseContext: true },
    },
    { name: 'electron-double', testMatch: 'electron/**/*.spec.ts', testIgnore: 'electron/real.spec.ts', use: chromium },
    { name: 'electron', testMatch: 'electron/real.spec.ts' },
  ],
});
