/** The desktop app on the double: the scenarios that the real binary runs, too, and what only a double can stage. */
import { test as base } from 'playwright/test';
import { appScenarios } from './app-scenarios.ts';
import { DoubleApp } from './double/driver.ts';
import type { LaunchOptions } from './shell-app.ts';

const test = base.extend<{ dataDir: string; launch: (options?: Partial<LaunchOptions>) => Promise<DoubleApp> }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads the fixtures that one needs off this pattern
  dataDir: async ({}, use, info) => use(info.outputPath('data')),
  launch: async ({ browser, dataDir }, use, info) => {
    const apps: DoubleApp[] = [];
    await use(async (options = {}) => {
      const app = await DoubleApp.launch({ browser, dataDir, ...options });
      apps.push(app);
      return app;
    });
    await info.attach('output of the program', { body: apps.map(({ output }) => output).join('\n') });
    for (const app of apps) await app.dispose();
  },
});

appScenarios(test);
