#!/usr/bin/env node
/** The command line's entry: the program is loaded only once this Node is known to read it. */
import { checkNode } from './node-version.mjs';

checkNode();
const { runCommandLine } = await import('./hosts/cli/main.ts');
// Built files lie beside the built entry; from sources Node reads TypeScript.
const built = import.meta.url.endsWith('.js');
await runCommandLine({ storeWorker: new URL(built ? './store-worker.js' : './store-worker.ts', import.meta.url) });
