#!/usr/bin/env node
/** The command line's entry: the program is loaded only once this Node is known to read it. */
import { builtFiles } from './built-files.mjs';
import { checkNode, withParts } from './node-version.mjs';

checkNode();
// npm starts a script in its package's folder; files are named as where it was typed, and programs run there.
if (process.env.npm_lifecycle_event === 'tracelane' && process.env.INIT_CWD) process.chdir(process.env.INIT_CWD);
/** Of a fault, by which no command of a script is mistaken for one that found something. */
const FAULT = 70;
await withParts(async () => {
  const { runCommandLine } = await import('./hosts/cli/main.ts');
  await runCommandLine(builtFiles(import.meta.url));
}, FAULT);
