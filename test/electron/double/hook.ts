/** Loaded before the program with `--import`: `electron` is the double, in the main thread only, as it is with Electron. */
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const double = new URL('electron.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'electron') return next(specifier, context);
    if (!isMainThread) throw new Error('electron was imported in a worker.');
    return { url: double, shortCircuit: true };
  },
});
