/** `npm run faults`: the long forms of the tests of kills and of failing disks, in a Node that reads TypeScript. */
import { checkRuntime } from '../../src/main/preflight.mjs';

checkRuntime();
await import('./main.ts');
