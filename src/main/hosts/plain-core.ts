/** The program as the hosts without a window of their own have it: keys in a file beside the traces. */
import { join } from 'node:path';
import { createCore, type Core, type CoreSetup } from '../core/core.ts';
import { FileVault } from '../core/keys/file-vault.ts';

/** Where the program's own files lie and which version it is, which only the entry knows. */
export type ProgramFiles = Pick<
  CoreSetup,
  'storeWorker' | 'decodeWorker' | 'exchangeWorker' | 'proxyWorker' | 'version'
>;

/** In the data folder. */
const KEYS = 'keys.json';

export const openPlainCore = (
  { storeWorker, decodeWorker, exchangeWorker, proxyWorker, version }: ProgramFiles,
  more: Pick<CoreSetup, 'dataDir' | 'samplePace' | 'proxyPort' | 'onUpgrade'>,
): Promise<Core> =>
  createCore({
    storeWorker,
    decodeWorker,
    exchangeWorker,
    ...(proxyWorker && { proxyWorker }),
    version,
    ...more,
    host: 'headless',
    vault: new FileVault(join(more.dataDir, KEYS)),
  });
