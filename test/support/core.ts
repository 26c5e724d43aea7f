/** The whole core over a folder of its own for a test file, with the real workers, the real file and the real HTTP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { createCore, type Core } from '../../src/main/core/core.ts';
import { FileVault } from '../../src/main/core/keys/file-vault.ts';

const entry = (name: string): URL => new URL(`../../src/main/${name}.ts`, import.meta.url);

/**
 * Opens cores over a new folder, one at a time; closes them after each test, and takes the folder away after the last. With
 * `shared`, tests that need a core and not its start have one for each folder, closed after the last test: a start costs more
 * than most of what they do.
 */
export function cores({
  decodeWorker = entry('decode-worker'),
  storeWorker = entry('store-worker'),
  proxyWorker = entry('proxy-worker'),
  indexAfterMs,
  samplePace = 0,
  shared = false,
}: {
  readonly decodeWorker?: URL;
  readonly storeWorker?: URL;
  readonly proxyWorker?: URL;
  readonly indexAfterMs?: number;
  readonly samplePace?: number;
  readonly shared?: boolean;
} = {}): {
  readonly dataDir: string;
  open(folder?: string): Promise<Core>;
} {
  const dataDir = mkdtempSync(join(tmpdir(), 'tracelane-core-'));
  const opened = new Map<string, Core>();
  const closeAll = async (): Promise<void> => {
    for (const [folder, core] of opened) {
      opened.delete(folder);
      await core.close();
    }
  };
  afterAll(async () => {
    await closeAll();
    rmSync(dataDir, { recursive: true, force: true });
  });
  if (!shared) afterEach(closeAll);
  return {
    dataDir,
    async open(folder = dataDir) {
      const open = shared ? opened.get(folder) : undefined;
      if (open) return open;
      const core = await createCore({
        dataDir: folder,
        host: 'memory',
        version: '0.0.0',
        vault: new FileVault(join(dataDir, 'keys.json')),
        storeWorker,
        decodeWorker,
        exchangeWorker: entry('exchange-worker'),
        proxyWorker,
        proxyPort: 0,
        samplePace,
        ...(indexAfterMs !== undefined && { indexAfterMs }),
      });
      opened.set(folder, core);
      return core;
    },
  };
}
