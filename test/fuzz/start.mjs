/** `npm run fuzz`: all fuzzers, in a Node that reads TypeScript. */
import { checkRuntime } from '../../src/main/preflight.mjs';

checkRuntime();
await import('./main.ts');
