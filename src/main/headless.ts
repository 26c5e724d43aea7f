/** The headless host's entry: it knows where the built files lie, and nothing else. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startHeadless } from './hosts/headless/host.ts';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

await startHeadless({
  rendererDir: fileURLToPath(new URL('../renderer/', import.meta.url)),
  storeWorker: new URL('store-worker.js', import.meta.url),
  decodeWorker: new URL('decode-worker.js', import.meta.url),
  version: manifest.version,
});
