/** Where the files of the program lie beside an entry, built or as sources, and which version they are. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @param {string} entry the address of a file in the folder `main` of the build or of the sources */
export function builtFiles(entry) {
  /** @type {{ readonly version: string }} */
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', entry), 'utf8'));
  /** @param {string} name */
  const module = (name) => {
    const built = new URL(`${name}.js`, entry);
    return existsSync(built) ? built : new URL(`${name}.ts`, entry);
  };
  return {
    rendererDir: fileURLToPath(new URL('../renderer/', entry)),
    storeWorker: module('store-worker'),
    decodeWorker: module('decode-worker'),
    exchangeWorker: module('exchange-worker'),
    proxyWorker: module('proxy-worker'),
    version,
  };
}
