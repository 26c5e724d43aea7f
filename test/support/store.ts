/** One store for a test file, over a real file in a folder of its own. Starting its thread is too slow to do it for each test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { openStore } from '../../src/main/core/store/open-store.ts';
import type { Store } from '../../src/main/core/store/store.ts';
import { STORE_WORKER } from '../store/traces.ts';

export interface StoreFixture {
  readonly store: Store;
  readonly dataDir: string;
}

export function storeForFile(): StoreFixture {
  let dataDir = '';
  let store: Store | undefined;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'tracelane-'));
    store = await openStore({ dataDir, worker: STORE_WORKER });
  });
  afterAll(async () => {
    await store?.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  return {
    get store() {
      return store!;
    },
    get dataDir() {
      return dataDir;
    },
  };
}
