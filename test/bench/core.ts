/** The core by itself over a new folder, with one endpoint, for what is measured on runs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCore } from '../../src/main/core/core.ts';
import { FileVault } from '../../src/main/core/keys/file-vault.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import type { Services } from '../../src/shared/rpc/services.ts';

const here = (path: string): URL => new URL(path, import.meta.url);

type Start = (model?: string) => Promise<TraceId>;

export interface BenchCore {
  readonly services: Services;
  /** Starts a run against the endpoint; `model`: what the request asks for. */
  readonly start: Start;
  /** The same against another endpoint; `url`: as of the first. */
  readonly startAt: (url: string) => Promise<Start>;
  /** Closes the core and removes its folder. */
  close(): Promise<void>;
}

/** `url`: where a chat server listens, without a path. */
export async function openCore(url: string): Promise<BenchCore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tracelane-bench-'));
  const core = await createCore({
    dataDir,
    host: 'memory',
    version: 'bench',
    vault: new FileVault(join(dataDir, 'keys.json')),
    storeWorker: here('../../src/main/store-worker.ts'),
    decodeWorker: here('../../src/main/decode-worker.ts'),
    exchangeWorker: here('../../src/main/exchange-worker.ts'),
  });
  const { services } = core;
  const startAt = async (at: string): Promise<Start> => {
    const endpoint = await services['endpoints.save']({
      name: 'bench',
      baseUrl: `${at}/v1`,
      type: 'openai',
      provider_name: 'openai',
      limits: { answer: 60, silence: null },
    });
    return async (model = 'm') => {
      const request = { model, messages: [{ role: 'user', content: 'Go on.' }], stream: true };
      const { id } = await services['runs.start']({
        endpoint: endpoint.id,
        api: 'chat_completions',
        request,
        options: DEFAULT_OPTIONS,
        source: 'run',
      });
      return id;
    };
  };
  return {
    services,
    start: await startAt(url),
    startAt,
    async close() {
      await core.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
