/** The whole core over a folder of its own for a test file, with the real workers, the real file and the real HTTP. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach } from 'vitest';
import { createCore, type Core } from '../../src/main/core/core.ts';
import { FileVault } from '../../src/main/core/keys/file-vault.ts';

const entry = (name: string): URL => new URL(`../../src/main/${name}.ts`, import.meta.url);

/** Opens cores over a new folder, one at a time; closes them after each test, and takes the folder away after the last. */
export function cores({
  decodeWorker = entry('decode-worker'),
  storeWorker = entry('store-worker'),
  indexAfterMs,
  samplePace = 0,
}: {
  readonly decodeWorker?: URL;
  readonly storeWorker?: URL;
  readonly indexAfterMs?: number;
  readonly samplePace?: number;
} = {}): {
  readonly dataDir: string;
  open(folder?: string): Promise<Core>;
} {
  const dataDir = mkdtempSync(join(tmpdir(), 'tracelane-core-'));
  const opened: Core[] = [];
  afterEach(async () => {
    for (const core of opened.splice(0)) await core.close();
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
  return {
    dataDir,
    async open(folder = dataDir) {
      const core = await createCore({
        dataDir: folder,
        host: 'memory',
        version: '0.0.0',
        vault: new FileVault(join(dataDir, 'keys.json')),
        storeWorker,
        decodeWorker,
        exchangeWorker: entry('exchange-worker'),
        proxyWorker: entry('proxy-worker'),
        proxyPort: 0,
        samplePace,
        ...(indexAfterMs !== undefined && { indexAfterMs }),
      });
      opened.push(core);
      return core;
    },
  };
}
