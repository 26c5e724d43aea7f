/**
 * The window over real runs of the sample provider, kept in memory: `node test/support/preview.ts` builds the window,
 * prints its address and stays. For looking at views while the store is not there yet; the headless host replaces it.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { EndpointsService } from '../../src/main/core/endpoints/endpoints-service.ts';
import { RunsService } from '../../src/main/core/runs/runs-service.ts';
import { listSamples } from '../../src/main/core/samples/list.ts';
import { startSampleProvider } from '../../src/main/core/samples/provider.ts';
import { SettingsService } from '../../src/main/core/settings.ts';
import { Access } from '../../src/main/hosts/headless/access.ts';
import { logFault } from '../../src/main/hosts/log.ts';
import { startServer } from '../../src/main/hosts/headless/server.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import type { TraceRow } from '../../src/shared/model/trace.ts';
import type { ListChange, Settings } from '../../src/shared/rpc/contract.ts';
import { ServiceError, type Services } from '../../src/shared/rpc/services.ts';
import { MemoryStore } from './memory-store.ts';
import { MemoryVault } from './runs.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const rendererDir = join(tmpdir(), `tracelane-preview-${process.pid}`);
if (!process.argv.includes('--no-build')) {
  await build({
    root: here('../../src/renderer'),
    logLevel: 'warn',
    base: './',
    build: { outDir: rendererDir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
    plugins: [react()],
  });
}

const provider = await startSampleProvider({ pace: Number(process.env['TRACELANE_SAMPLE_PACE'] ?? 1) });
let kept: Partial<Settings> = {};
class PreviewStore extends MemoryStore {
  settings(): Promise<Partial<Settings>> {
    return Promise.resolve(kept);
  }
  saveSettings(change: Partial<Settings>): Promise<void> {
    kept = { ...kept, ...change };
    return Promise.resolve();
  }
}
const store = new PreviewStore();
const settings = new SettingsService(store);
const endpoints = new EndpointsService({ store, vault: new MemoryVault(), sampleUrl: provider.url });
const runs = new RunsService({ store, endpoints });
const items = new Map<TraceId, NonNullable<ReturnType<typeof runs.live>>>();
const changed = new Set<(change: ListChange) => void>();

const row = async (id: TraceId): Promise<TraceRow> => runs.trace(id) ?? (await store.get(id));
async function upsert(id: TraceId): Promise<void> {
  const now = await row(id);
  for (const tell of changed) tell({ type: 'upsert', row: now });
}
const absent = (): never => {
  throw new ServiceError('preview', 'The preview has no store. Use the headless host for this.');
};
const idle = async function* (_: unknown, signal: AbortSignal): AsyncGenerator<readonly never[]> {
  yield* [];
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
};

const services: Partial<Services> = {
  'app.info': () => ({ version: 'preview', host: 'headless', platform: process.platform, dataDir: '(memory)', sampleUrl: provider.url }),
  'app.changes': idle,
  'settings.get': () => settings.get(),
  'settings.set': (change) => settings.set(change),
  'endpoints.list': () => endpoints.list(),
  'endpoints.save': (input) => endpoints.save(input),
  'endpoints.remove': ({ id }) => endpoints.remove(id),
  'endpoints.setKey': ({ id, key }) => endpoints.setKey(id, key),
  'samples.list': listSamples,
  async 'runs.start'(params) {
    const { id } = await runs.start(params);
    items.set(id, runs.live(id)!);
    await upsert(id);
    void (async () => {
      for await (const batch of items.get(id)!.watch(0, new AbortController().signal)) if (batch.length > 0) await upsert(id);
      setTimeout(() => void upsert(id), 300);
    })();
    return { id };
  },
  'runs.cancel': ({ id }) => runs.cancel(id),
  async 'traces.list'() {
    const rows = await Promise.all([...items.keys()].toReversed().map(row));
    return { rows, next: null, total: rows.length };
  },
  async *'traces.changes'(_, signal) {
    let waiting: ListChange[] = [];
    let wake: () => void = () => undefined;
    const tell = (change: ListChange): void => {
      waiting.push(change);
      wake();
    };
    changed.add(tell);
    signal.addEventListener('abort', () => wake());
    while (!signal.aborted) {
      if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const batch = waiting;
      waiting = [];
      if (batch.length > 0) yield batch;
    }
    changed.delete(tell);
  },
  'traces.get': async ({ id }) => runs.trace(id) ?? (await store.get(id)),
  'traces.items': ({ id, from }, signal) => items.get(id)?.watch(from, signal) ?? absent(),
  'traces.bytes': async ({ id, start, end }) => {
    const all = Buffer.concat((store.readsOf.get(id) ?? []).map((read) => read.bytes));
    return { start, bytes: all.subarray(start, end).toString('base64'), total: all.length };
  },
};
const served = new Proxy(services, { get: (target, name) => Reflect.get(target, name) ?? absent }) as Services;

const access = new Access();
const server = await startServer({ services: served, rendererDir, port: 0, access, log: logFault });
console.log(`http://127.0.0.1:${server.port}/?token=${access.token}`);
