/**
 * The desktop app in real Electron: the same scenarios as on the double, and what only the binary can show. It runs where a
 * binary is installed (`npx install-electron`) and says loudly that it did not where there is none.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, expect, test as base, type ElectronApplication, type Page } from 'playwright/test';
import { appScenarios, type AppFixtures } from './app-scenarios.ts';
import { guardScenarios, type ShellFixtures } from './guard-scenarios.ts';
import type { LaunchOptions, ShellApp } from './shell-app.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** As the electron package finds it; undefined where it was never downloaded. */
function electronBinary(): string | undefined {
  const folder = join(root, 'node_modules', 'electron');
  const name = join(folder, 'path.txt');
  const binary = join(
    process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist'),
    existsSync(name) ? readFileSync(name, 'utf8') : 'electron',
  );
  return existsSync(binary) ? binary : undefined;
}

/** What keeps the suite from running; undefined when nothing does. */
function whyNot(): string | undefined {
  if (electronBinary() === undefined) return 'there is no Electron binary here (`npx install-electron` fetches it)';
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    return 'there is no display (`xvfb-run` gives one)';
  return undefined;
}

const reason = whyNot();
const SKIPPED = `SKIPPED: nothing is proved in real Electron, because ${reason}.`;
if (reason !== undefined) console.warn(SKIPPED);

class RealApp implements ShellApp {
  readonly electron: ElectronApplication;
  readonly #exited: Promise<number | null>;

  static async launch({ dataDir, env, args: files = [] }: LaunchOptions): Promise<RealApp> {
    // Chromium starts no sandbox of its own for root, as whom containers run tests.
    const args = [...(process.getuid?.() === 0 ? ['--no-sandbox', '.'] : ['.']), ...files];
    const app = await _electron.launch({
      executablePath: electronBinary()!,
      args,
      cwd: root,
      env: { ...process.env, TRACELANE_DATA_DIR: dataDir, ...env } as Record<string, string>,
    });
    await app.evaluate(({ shell }) => {
      const opened: string[] = [];
      Object.assign(globalThis, { opened });
      shell.openExternal = async (url) => void opened.push(url);
    });
    return new RealApp(app);
  }

  private constructor(app: ElectronApplication) {
    this.electron = app;
    this.#exited = new Promise((resolve) => {
      app.process().once('exit', resolve);
    });
  }

  async page(): Promise<Page> {
    const page = await this.electron.firstWindow();
    await page.waitForLoadState();
    return page;
  }

  webPreferences(): Promise<Readonly<Record<string, unknown>>> {
    return this.electron.evaluate(({ BrowserWindow }) => {
      // Not in the types, and the only place that says what a window got in the end.
      const contents = BrowserWindow.getAllWindows()[0]!.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const { sandbox, contextIsolation, nodeIntegration, webviewTag } = contents.getLastWebPreferences();
      return { sandbox, contextIsolation, nodeIntegration, webviewTag };
    });
  }

  opened(): Promise<readonly string[]> {
    return this.electron.evaluate(() => (globalThis as unknown as { readonly opened: readonly string[] }).opened);
  }

  windowCount(): Promise<number> {
    return this.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);
  }

  async clickMenu(id: string): Promise<void> {
    await this.electron.evaluate(({ Menu }, wanted) => Menu.getApplicationMenu()!.getMenuItemById(wanted)!.click(), id);
  }

  async quit(): Promise<number | null> {
    // The answer may be lost with the process.
    await this.electron.evaluate(({ app }) => app.quit()).catch(() => undefined);
    return this.#exited;
  }

  async dispose(): Promise<void> {
    const child = this.electron.process();
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await this.#exited;
  }
}

const test = base.extend<AppFixtures<RealApp> & ShellFixtures>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads off this pattern which fixtures one needs
  dataDir: async ({}, use, info) => use(info.outputPath('data')),
  launch: async ({ dataDir }, use) => {
    const apps: RealApp[] = [];
    await use(async (options = {}) => {
      const app = await RealApp.launch({ dataDir, ...options });
      apps.push(app);
      return app;
    });
    for (const app of apps) await app.dispose();
  },
  shell: async ({ launch }, use) => use(await launch()),
});

test.skip(reason !== undefined, SKIPPED);

appScenarios(test);
guardScenarios(test);

test('the page stands under its own scheme, as a secure context', async ({ launch }) => {
  const page = await (await launch()).page();
  expect(await page.evaluate(() => [location.origin, isSecureContext])).toEqual(['app://tracelane', true]);
});

test('a quit closes the store', async ({ launch, dataDir }) => {
  const app = await launch();
  await app.page();
  expect(await app.quit()).toBe(0);
  expect(existsSync(join(dataDir, 'tracelane.db'))).toBe(true);
  expect(existsSync(join(dataDir, 'tracelane.db-wal'))).toBe(false);
});

test('a page that is killed is loaded again', async ({ launch }) => {
  const app = await launch();
  await app.page();
  await app.electron.evaluate(
    ({ BrowserWindow }) =>
      new Promise<void>((resolve) => {
        const { webContents } = BrowserWindow.getAllWindows()[0]!;
        webContents.once('did-finish-load', () => resolve());
        webContents.forcefullyCrashRenderer();
      }),
  );
});
