/** Where the built files lie beside an entry of the headless host, and which version they are. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param {string} entry the address of a file in the folder `main` of the build */
export function builtFiles(entry) {
  /** @type {{ readonly version: string }} */
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', entry), 'utf8'));
  return {
    rendererDir: fileURLToPath(new URL('../renderer/', entry)),
    storeWorker: new URL('store-worker.js', entry),
    decodeWorker: new URL('decode-worker.js', entry),
    proxyWorker: new URL('proxy-worker.js', entry),
    version,
  };
}
