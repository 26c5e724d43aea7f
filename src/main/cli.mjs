#!/usr/bin/env node
/** The command line's entry: the program is loaded only once this Node is known to read it. */
import { builtFiles } from './built-files.mjs';
import { checkNode, withParts } from './node-version.mjs';

checkNode();
/** Of a fault, by which no command of a script is mistaken for one that found something. */
const FAULT = 70;
await withParts(async () => {
  const { runCommandLine } = await import('./hosts/cli/main.ts');
  await runCommandLine(builtFiles(import.meta.url));
}, FAULT);
