/** Runs against the sample provider, or a server of the test's own, over one store for a test file. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { ExchangeThread } from '../../src/main/core/capture/exchange-thread.ts';
import type { CaptureLimits } from '../../src/main/core/capture/received-body.ts';
import type { LaneThread } from '../../src/main/core/decoding/lane-thread.ts';
import { EndpointsService } from '../../src/main/core/endpoints/endpoints-service.ts';
import { Recordings } from '../../src/main/core/recording/recordings.ts';
import { RunsService, type RunsSetup } from '../../src/main/core/runs/runs-service.ts';
import { startSampleProvider, type SampleProvider } from '../../src/main/core/samples/provider.ts';
import type { Store } from '../../src/main/core/store/store.ts';
import { endpointId, type EndpointId, type TraceId } from '../../src/shared/model/ids.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import type { Api, Read } from '../../src/shared/model/stream.ts';
import { usualEndpoint } from '../../src/shared/providers/registry.ts';
import { DEFAULT_OPTIONS, type Ending } from '../../src/shared/model/trace.ts';
import { exchangesForFile } from './exchanges.ts';
import { MemoryVault } from './memory-vault.ts';
import { asking } from './samples.ts';
import { threadForFile } from './lane-thread.ts';
import { storeForFile, type StoreFixture } from './store.ts';

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

/** Runs with recordings of their own. */
export class TestRuns extends RunsService {
  readonly recordings: Recordings;

  constructor(setup: Omit<RunsSetup, 'recordings'>, thread: LaneThread) {
    const recordings = new Recordings(thread);
    super({ ...setup, recordings });
    this.recordings = recordings;
  }
}

export interface RunsFixture extends StoreFixture {
  /** Where the streams of its runs are decoded. */
  readonly thread: LaneThread;
  readonly exchanges: ExchangeThread;
  readonly vault: MemoryVault;
  readonly endpoints: EndpointsService;
  readonly runs: TestRuns;
  readonly sampleUrl: string;
  /** The stored reads of a trace, and their bytes. */
  reads(id: TraceId): Promise<readonly Read[]>;
  body(id: TraceId): Promise<Buffer>;
  /** Starts a run and watches it to its end; `came` is called with the bytes of the body that have come, as they come. */
  run(asked: Asked, came?: (bytes: number) => void): Promise<Ran>;
  /** The same, of the sample provider's model of this name; `runs`: other than the fixture's own. */
  sample(model: string, api?: Api, runs?: TestRuns): Promise<Ran>;
  /** Runs over the fixture's store, but for one method of it. */
  runsWith<Name extends keyof Store>(name: Name, method: Store[Name]): TestRuns;
  /** An endpoint of the user's at this address. */
  endpoint(
    baseUrl: string,
    more?: {
      readonly type?: string;
      readonly answer?: number;
      readonly silence?: number | null;
      readonly key?: string;
    },
  ): Promise<EndpointId>;
}

export const sampleEndpoint = (api: Api): EndpointId => endpointId(`sample-${usualEndpoint(api).type}`);
export const requestFor = (model: string, api: Api): Record<string, unknown> => ({
  ...asking('plain-text', api).request,
  ...(model.startsWith('fault-') ? { model } : asking(model, api).request),
});

/** All items of a run, to its end. */
export async function watch(
  { recordings }: TestRuns,
  id: TraceId,
  came: (bytes: number) => void = () => {},
): Promise<readonly TraceItem[]> {
  const items: TraceItem[] = [];
  for await (const batch of recordings.get(id)!.items.watch(0, new AbortController().signal)) {
    const more = [...batch];
    items.push(...more);
    const last = more.findLast((item) => item.k === 'read');
    if (last) came(last.offset + last.length);
  }
  return items;
}

export function useRuns({
  pace = 0,
  limits,
  exchangeWorker,
}: { readonly pace?: number; readonly limits?: CaptureLimits; readonly exchangeWorker?: URL } = {}): RunsFixture {
  const stored = storeForFile();
  const thread = threadForFile();
  const exchanges = exchangesForFile(exchangeWorker);
  let provider: SampleProvider | undefined;
  let now: Pick<RunsFixture, 'vault' | 'endpoints' | 'runs'> | undefined;
  beforeAll(async () => {
    provider = await startSampleProvider({ pace });
  });
  beforeEach(() => {
    const { store } = stored;
    const vault = new MemoryVault();
    const endpoints = new EndpointsService({ store, vault, sampleUrl: provider!.url, environment: {} });
    now = { vault, endpoints, runs: new TestRuns({ store, exchanges, endpoints, ...(limits && { limits }) }, thread) };
  });
  afterEach(async () => {
    await now?.runs.close();
  });
  afterAll(() => provider?.close());
  const reads = async (id: TraceId): Promise<readonly Read[]> => {
    const all: Read[] = [];
    for (;;) {
      const more = await stored.store.reads(id, all.length);
      if (more.length === 0) return all;
      all.push(...more);
    }
  };
  const run = async (
    { api = 'chat_completions', endpoint = sampleEndpoint(api), request = requestFor('plain-text', api) }: Asked,
    came?: (bytes: number) => void,
    runs = now!.runs,
  ): Promise<Ran> => {
    const { id } = await runs.start({ endpoint, api, request, options: DEFAULT_OPTIONS, source: 'run' });
    const items = await watch(runs, id, came);
    const last = items.at(-1);
    if (last?.k !== 'ending') throw new Error('The items do not end with an ending.');
    return { id, items, ending: last.ending };
  };
  return {
    get store() {
      return stored.store;
    },
    get dataDir() {
      return stored.dataDir;
    },
    get vault() {
      return now!.vault;
    },
    get endpoints() {
      return now!.endpoints;
    },
    get runs() {
      return now!.runs;
    },
    get sampleUrl() {
      return provider!.url;
    },
    thread,
    exchanges,
    reads,
    body: async (id) => Buffer.concat((await reads(id)).map(({ bytes }) => bytes)),
    run,
    sample: (model, api = 'chat_completions', runs = now!.runs) =>
      run({ api, request: requestFor(model, api) }, undefined, runs),
    runsWith(name, method) {
      const { store } = stored;
      const whole = (key: string | symbol): unknown => (key === name ? method : Reflect.get(store, key));
      const changed = new Proxy(store, {
        get: (_target, key) => {
          const value = whole(key);
          return typeof value === 'function' ? value.bind(store) : value;
        },
      });
      return new TestRuns({ store: changed, exchanges, endpoints: now!.endpoints }, thread);
    },
    async endpoint(baseUrl, { type = 'openai', answer = 600, silence = null, key } = {}) {
      const { id } = await now!.endpoints.save({
        name: 'Mine',
        baseUrl,
        type,
        provider_name: '',
        limits: { answer, silence },
      });
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
export async function withServer<T>(
  handler: (incoming: IncomingMessage, response: ServerResponse) => void,
  work: (server: TestServer) => Promise<T>,
): Promise<T> {
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
