/** The desktop app's entry: it knows where the built files lie, and nothing else. */
import { fileURLToPath } from 'node:url';
import { createCore } from './core/core.ts';
import { startShell } from './hosts/electron/shell.ts';

startShell(
  {
    rendererDir: fileURLToPath(new URL('../renderer/', import.meta.url)),
    preload: fileURLToPath(new URL('../preload/index.cjs', import.meta.url)),
    storeWorker: new URL('store-worker.js', import.meta.url),
    decodeWorker: new URL('decode-worker.js', import.meta.url),
    exchangeWorker: new URL('exchange-worker.js', import.meta.url),
    proxyWorker: new URL('proxy-worker.js', import.meta.url),
  },
  createCore,
);
