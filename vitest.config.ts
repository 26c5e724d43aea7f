import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/{unit,contract,store,core}/**/*.test.{ts,tsx}'],
    // Real files, sockets and processes on a slow shared machine: the limit catches hangs, it judges no speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
