import { isBuiltin } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Vite would put an empty module in the place of one of Node's, and the window would fail only once it ran. */
export function refuseNode(): Plugin {
  return {
    name: 'tracelane:refuse-node',
    enforce: 'pre',
    resolveId(id, importer) {
      if (isBuiltin(id) || id === 'electron') this.error(`The window has no ${id}, which ${importer} imports.`);
    },
  };
}

/** Half a second of a core at each start would say the same of the samples again. A build that watches goes on as the sources do. */
export function listSamplesOnce(): Plugin {
  const place = here('src/main/core/samples/built-list.ts');
  return {
    name: 'tracelane:list-samples-once',
    async load(id) {
      if (id !== place || this.meta.watchMode) return null;
      const { href } = pathToFileURL(here('src/main/core/samples/list.ts'));
      const { listSamples } = (await import(href)) as { listSamples(): unknown };
      return `export const BUILT_LIST = ${JSON.stringify(listSamples())};`;
    },
  };
}

export default defineConfig({
  main: {
    plugins: [listSamplesOnce()],
    build: {
      // Hosts share chunks; only `index` may reach `electron` (test/built/bundles.test.ts holds this).
      rollupOptions: {
        input: {
          index: here('src/main/index.ts'),
          headless: here('src/main/headless.mjs'),
          cli: here('src/main/cli.mjs'),
          'store-worker': here('src/main/store-worker.ts'),
          'decode-worker': here('src/main/decode-worker.ts'),
          'exchange-worker': here('src/main/exchange-worker.ts'),
          'proxy-worker': here('src/main/proxy-worker.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload can load neither ES modules nor further files: one CommonJS file, dependencies inside.
      externalizeDeps: false,
      rollupOptions: {
        input: { index: here('src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: here('src/renderer'),
    build: {
      rollupOptions: { input: here('src/renderer/index.html') },
      // The content policy allows no data: scripts or fonts, so nothing is inlined.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      minify: 'oxc',
      // Class names are global: rules in one sheet keep their order, whatever is loaded first.
      cssCodeSplit: false,
      // A report has places in the minified code; the maps that name them are not served to the page.
      sourcemap: 'hidden',
    },
    plugins: [react(), refuseNode()],
  },
});
