/** Runs against the sample provider, or a server of the test's own, for a test file. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach } from 'vitest';
import type { CaptureLimits } from '../../src/main/core/capture/capture.ts';
import { EndpointsService } from '../../src/main/core/endpoints/endpoints-service.ts';
import { RunsService } from '../../src/main/core/runs/runs-service.ts';
import { startSampleProvider, type SampleProvider } from '../../src/main/core/samples/provider.ts';
import type { Vault } from '../../src/main/core/vault.ts';
import { endpointId, type EndpointId, type TraceId } from '../../src/shared/model/ids.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import type { Api } from '../../src/shared/model/stream.ts';
import { DEFAULT_OPTIONS, type Ending } from '../../src/shared/model/trace.ts';
import { MemoryStore } from './memory-store.ts';
import { asking } from './samples.ts';

export class MemoryVault implements Vault {
  readonly keys = new Map<EndpointId, string>();

  async get(id: EndpointId): Promise<string | undefined> {
    return this.keys.get(id);
  }

  async set(id: EndpointId, key: string): Promise<void> {
    this.keys.set(id, key);
  }

  async remove(id: EndpointId): Promise<void> {
    this.keys.delete(id);
  }
}

export interface Asked {
  readonly api?: Api;
  readonly endpoint?: EndpointId;
  readonly request?: Record<string, unknown>;
}

export interface Ran {
  readonly id: TraceId;
  readonly items: readonly TraceItem[];
  readonly ending: Ending;
}

export interface RunsFixture {
  readonly store: MemoryStore;
  readonly vault: MemoryVault;
  readonly endpoints: EndpointsService;
  readonly runs: RunsService;
  readonly sampleUrl: string;
  /** Starts a run and watches it to its end. */
  run(asked: Asked): Promise<Ran>;
  /** The same, of the sample provider's model of this name. */
  sample(model: string, api?: Api): Promise<Ran>;
  /** An endpoint of the user's at this address. */
  endpoint(baseUrl: string, more?: { readonly type?: 'openai' | 'anthropic'; readonly answer?: number; readonly silence?: number | null; readonly key?: string }): Promise<EndpointId>;
}

export const sampleEndpoint = (api: Api): EndpointId => endpointId(api === 'messages' ? 'sample-anthropic' : 'sample-openai');
export const requestFor = (model: string, api: Api): Record<string, unknown> => ({ ...asking('plain-text', api).request, ...(model.startsWith('fault-') ? { model } : asking(model, api).request) });

/** All items of a run, to its end. */
export async function watch(runs: RunsService, id: TraceId): Promise<readonly TraceItem[]> {
  const items: TraceItem[] = [];
  for await (const batch of runs.live(id)!.watch(0, new AbortController().signal)) items.push(...batch);
  return items;
}

export function useRuns({ pace = 0, limits }: { readonly pace?: number; readonly limits?: CaptureLimits } = {}): RunsFixture {
  let provider: SampleProvider | undefined;
  let now: Pick<RunsFixture, 'store' | 'vault' | 'endpoints' | 'runs'> | undefined;
  beforeEach(async () => {
    provider = await startSampleProvider({ pace });
    const store = new MemoryStore();
    const vault = new MemoryVault();
    const endpoints = new EndpointsService({ store, vault, sampleUrl: provider.url, environment: {} });
    now = { store, vault, endpoints, runs: new RunsService({ store, endpoints, ...(limits && { limits }) }) };
  });
  afterEach(async () => {
    await now?.runs.close();
    await provider?.close();
  });
  const run = async ({ api = 'chat_completions', endpoint = sampleEndpoint(api), request = requestFor('plain-text', api) }: Asked): Promise<Ran> => {
    const { runs } = now!;
    const { id } = await runs.start({ endpoint, api, request, options: DEFAULT_OPTIONS, source: 'run' });
    const items = await watch(runs, id);
    const last = items.at(-1);
    if (last?.k !== 'ending') throw new Error('The items do not end with an ending.');
    return { id, items, ending: last.ending };
  };
  return {
    get store() { return now!.store; },
    get vault() { return now!.vault; },
    get endpoints() { return now!.endpoints; },
    get runs() { return now!.runs; },
    get sampleUrl() { return provider!.url; },
    run,
    sample: (model, api = 'chat_completions') => run({ api, request: requestFor(model, api) }),
    async endpoint(baseUrl, { type = 'openai', answer = 600, silence = null, key } = {}) {
      const { id } = await now!.endpoints.save({ name: 'Mine', baseUrl, type, provider_name: '', limits: { answer, silence } });
      if (key !== undefined) await now!.endpoints.setKey(id, key);
      return id;
    },
  };
}

export interface TestServer {
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseUrl: string;
  /** What the last request was made of. */
  readonly seen: { readonly headers: readonly string[]; readonly url: string; readonly body: string }[];
}

/** Serves one handler for the length of the work. */
export async function withServer<T>(handler: (incoming: IncomingMessage, response: ServerResponse) => void, work: (server: TestServer) => Promise<T>): Promise<T> {
  const seen: TestServer['seen'] = [];
  const server: Server = createServer(async (incoming, response) => {
    let body = '';
    for await (const part of incoming.setEncoding('utf8')) body += part;
    seen.push({ headers: incoming.rawHeaders, url: incoming.url ?? '', body });
    handler(incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
