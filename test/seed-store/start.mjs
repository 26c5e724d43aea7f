/** `npm run seed-store`: fills a data folder with many traces, in a Node that reads TypeScript. */
import { checkRuntime } from '../../src/main/preflight.mjs';

checkRuntime();
await import('./main.ts');
