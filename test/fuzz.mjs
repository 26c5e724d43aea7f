/** `npm run fuzz`: random streams through the lanes, in a Node that reads TypeScript. */
import { checkRuntime } from '../src/main/preflight.mjs';

checkRuntime();
await import('./fuzz.ts');
