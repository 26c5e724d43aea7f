/** `npm run bench`: what the benchmarks need is put in place, then they run. */
import { build, checkRuntime } from '../../src/main/preflight.mjs';
import { ensureChromium } from '../chromium.mjs';

checkRuntime();
await ensureChromium();
await build();
await import('./main.ts');
