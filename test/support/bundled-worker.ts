/**
 * A worker of the program as one file, as it ships. From its sources a thread needs a fifth of a second of a core to start, which
 * counts where a test file starts a hundred.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'vite';
import { afterAll } from 'vitest';

/** Where what it imports from packages is found. */
const NEAR = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

/** Of the module of this name in `src/main`. It is taken away after the tests of the file. */
export async function bundledWorker(name: string): Promise<URL> {
  mkdirSync(NEAR, { recursive: true });
  const outDir = mkdtempSync(join(NEAR, 'worker-'));
  afterAll(() => rmSync(outDir, { recursive: true, force: true }));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: fileURLToPath(new URL(`../../src/main/${name}.ts`, import.meta.url)),
      outDir,
      rolldownOptions: { output: { entryFileNames: `${name}.mjs` } },
    },
  });
  return pathToFileURL(join(outDir, `${name}.mjs`));
}
