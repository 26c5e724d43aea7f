#!/usr/bin/env node
/** The command line's entry: the program is loaded only once this Node is known to read it. */
import { builtFiles } from './built-files.mjs';
import { checkNode } from './node-version.mjs';

checkNode();
const { runCommandLine } = await import('./hosts/cli/main.ts');
await runCommandLine(builtFiles(import.meta.url));
