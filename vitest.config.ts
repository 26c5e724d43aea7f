import './test/compile-cache.mjs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,contract,store,core,built}/**/*.test.{ts,tsx}'],
    // Each thread that a test starts from TypeScript has its types stripped by a WebAssembly program that threads share, and V8
    // crashes now and then when it tiers up a wrapper of it in one thread while another one ends.
    execArgv: ['--no-wasm-generic-wrapper'],
    // All cores: many tests wait for processes and files of their own. By default one core is left free, half of a small machine.
    maxWorkers: '100%',
    // Real files, sockets and processes on a slow shared machine: the limit catches hangs, it judges no speed.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // A wait for another thread or a file is of the same kind; by default it would end after one second, which a busy machine uses up.
    expect: { poll: { timeout: 30_000 } },
  },
});
