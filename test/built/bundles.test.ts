/**
 * Holds what the built bundles may load: only the desktop entry reaches `electron`, the window reaches nothing outside
 * itself, the preload is one file that asks for `electron` once, and the page fits the content policy.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listSamples } from '../../src/main/core/samples/list.ts';
import { bundleImports, COMPUTED, outsideImports } from '../support/bundle-imports.ts';

const out = fileURLToPath(new URL('../../out/', import.meta.url));
const main = (entry: string): string => join(out, 'main', `${entry}.js`);
const assets = join(out, 'renderer', 'assets');

const isElectron = (specifier: string): boolean => specifier === 'electron' || specifier.startsWith('electron/');
const reachesElectron = (entry: string) => outsideImports(entry).filter(({ specifier }) => isElectron(specifier));

beforeAll(() => {
  if (!existsSync(join(out, 'renderer', 'index.html')))
    throw new Error('These tests read the built bundles: run `npm run build` first.');
});

describe('the bundles of the main process', () => {
  it.each(['headless', 'cli', 'store-worker', 'decode-worker', 'exchange-worker', 'proxy-worker'])(
    '%s reaches no electron',
    (entry) => {
      expect(outsideImports(main(entry)).length).toBeGreaterThan(0);
      expect(reachesElectron(main(entry))).toEqual([]);
    },
  );

  it('index is the one that does', () => {
    expect(reachesElectron(main('index')).length).toBeGreaterThan(0);
  });

  it.each(['index', 'headless', 'cli', 'store-worker', 'decode-worker', 'exchange-worker', 'proxy-worker'])(
    '%s loads nothing that only running it would tell',
    (entry) => {
      expect(bundleImports(main(entry)).filter(({ specifier }) => specifier === COMPUTED)).toEqual([]);
    },
  );

  it.each(['index', 'headless', 'cli', 'store-worker', 'decode-worker', 'exchange-worker', 'proxy-worker'])(
    '%s takes its packages from what is installed, none from the development tools but electron',
    (entry) => {
      const { dependencies } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
        readonly dependencies: Readonly<Record<string, string>>;
      };
      const packages = outsideImports(main(entry))
        .map(({ specifier }) => specifier)
        .filter((specifier) => !specifier.startsWith('node:') && !isElectron(specifier));
      for (const specifier of packages) expect(Object.keys(dependencies)).toContain(packageOf(specifier));
    },
  );
});

it('what the build says of the samples is what their bytes say', async () => {
  const chunks = join(out, 'main', 'chunks');
  const [list] = readdirSync(chunks).filter((name) => name.startsWith('built-list-'));
  const built = (await import(join(chunks, list!))) as Readonly<Record<string, unknown>>;
  expect(Object.values(built)).toEqual([JSON.parse(JSON.stringify(listSamples()))]);
});

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

describe('the bundle of the window', () => {
  const scripts = () => readdirSync(assets).filter((name) => extname(name) === '.js');

  it('takes nothing from outside itself: no node:, no electron, no package', () => {
    expect(scripts().length).toBeGreaterThan(0);
    expect(outsideImports(...scripts().map((name) => join(assets, name)))).toEqual([]);
  });

  it('has a page that the content policy lets work: no script or style in its text, no handler, nothing from elsewhere', () => {
    const page = readFileSync(join(out, 'renderer', 'index.html'), 'utf8');
    const tags = [...page.matchAll(/<(\w+)([^>]*)>/g)].map(([, name, attributes]) => ({
      name,
      attributes: attributes ?? '',
    }));
    expect(tags.filter(({ name, attributes }) => name === 'script' && !/\bsrc="\.\/assets\//.test(attributes))).toEqual(
      [],
    );
    expect(tags.filter(({ name }) => name === 'style' || name === 'base' || name === 'iframe')).toEqual([]);
    expect(tags.filter(({ attributes }) => /\s(?:on\w+|style)=/.test(attributes))).toEqual([]);
    expect(
      tags
        .flatMap(({ attributes }) => [...attributes.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url))
        .filter((url) => !url?.startsWith('./')),
    ).toEqual([]);
  });

  it('has styles that take fonts and images from its own files', () => {
    const styles = readdirSync(assets)
      .filter((name) => extname(name) === '.css')
      .map((name) => readFileSync(join(assets, name), 'utf8'))
      .join('\n');
    const urls = [...styles.matchAll(/url\(\s*["']?([^"')]+)/g)].map(([, url]) => url!);
    expect(urls.length).toBeGreaterThan(0);
    expect(urls.filter((url) => /^(?:[a-z]+:|\/\/)/i.test(url) && !url.startsWith('data:image/'))).toEqual([]);
    expect(styles).not.toMatch(/@import/);
  });
});

describe('the preload', () => {
  it('is one CommonJS file that asks for electron once, and for nothing else', () => {
    expect(readdirSync(join(out, 'preload'))).toEqual(['index.cjs']);
    expect(bundleImports(join(out, 'preload', 'index.cjs')).map(({ specifier }) => specifier)).toEqual(['electron']);
  });
});

describe('the check itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracelane-bundles-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const write = (name: string, code: string): string => {
    writeFileSync(join(folder, name), code);
    return join(folder, name);
  };

  it('finds electron in a file that an entry leads to, however it is loaded', () => {
    const ways = [
      'import { app } from "electron"; app.quit();',
      'export * from "electron";',
      'export { app } from "electron/main";',
      'await import("electron");',
      'import { createRequire } from "node:module"; const nodeRequire = createRequire(import.meta.url); nodeRequire("electron");',
    ];
    for (const code of ways) {
      const chunk = write('chunk.js', code);
      const entry = write('headless.js', 'import { join } from "node:path"; import "./between.js"; join("a");');
      write('between.js', 'export const later = () => import("./chunk.js");');
      expect(
        reachesElectron(entry).map(({ file }) => file),
        code,
      ).toEqual([chunk]);
    }
  });

  it('takes no text or comment for an import, and no name for what is computed', () => {
    expect(outsideImports(write('text.js', '// import "electron"\nconsole.log(\'require("electron")\');'))).toEqual([]);
    expect(
      outsideImports(write('computed.js', 'const name = "elec" + "tron"; await import(name);')).map(
        ({ specifier }) => specifier,
      ),
    ).toEqual([COMPUTED]);
  });
});
