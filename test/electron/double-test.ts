/** `test` with apps on the double, which end with the test that started them. */
import { expect, test as base } from 'playwright/test';
import { DoubleApp } from './double/driver.ts';
import type { LaunchOptions } from './shell-app.ts';

export interface DoubleFixtures {
  /** The program's module: the built app, or one of the double's own tests. */
  readonly main: string;
  /** The folder of the test's data, which outlives its apps. */
  readonly dataDir: string;
  readonly launch: (options?: Partial<LaunchOptions>) => Promise<DoubleApp>;
  /** A started app. */
  readonly shell: DoubleApp;
}

export const test = base.extend<DoubleFixtures>({
  main: ['out/main/index.js', { option: true }],
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads off this pattern which fixtures one needs
  dataDir: async ({}, use, info) => use(info.outputPath('data')),
  launch: async ({ browser, dataDir, main }, use, info) => {
    const apps: DoubleApp[] = [];
    await use(async (options = {}) => {
      const app = await DoubleApp.launch({ browser, dataDir, main, ...options });
      apps.push(app);
      return app;
    });
    await info.attach('output of the program', { body: apps.map(({ output }) => output).join('\n') });
    for (const app of apps) {
      // Whatever a test was about: no page got a second window or reached a network.
      expect(app.escaped).toEqual([]);
      await app.dispose();
    }
  },
  shell: async ({ launch }, use) => use(await launch()),
});
