/** The program without a host: services over a data folder. It knows no transport and no window. */
import type { AppInfo } from '../../shared/rpc/contract.ts';
import type { StreamName } from '../../shared/rpc/contract.ts';
import type { Services, StreamService } from '../../shared/rpc/services.ts';
import { appServices } from './app-info.ts';
import { COMMAND_LINE } from './command-line/typed.ts';
import { taskServices } from './decoding/task-services.ts';
import { ExchangeThread } from './capture/exchange-thread.ts';
import { EndpointsService } from './endpoints/endpoints-service.ts';
import { openControl, type ControlSetup } from './control/control.ts';
import { DecodeWorker } from './decoding/decode-worker.ts';
import { LaneThread } from './decoding/lane-thread.ts';
import { recordIn } from './decoding/record.ts';
import { providersInfo } from './providers/info.ts';
import { Keeping } from './keeping/keeping.ts';
import { searchServices } from './indexing/search-services.ts';
import { Indexer } from './indexing/indexer.ts';
import { recoverTraces } from './recording/recover.ts';
import { ProxyService } from './proxy/proxy-service.ts';
import { Recordings } from './recording/recordings.ts';
import { RunsService } from './runs/runs-service.ts';
import { listedSamples } from './sample-services.ts';
import { startSampleProvider } from './samples/provider.ts';
import { DEFAULT_SETTINGS, SettingsService } from './settings.ts';
import { openStore } from './store/open-store.ts';
import { HeldFiles } from './imports/held-files.ts';
import { importFile, recognizeFile } from './imports/import-service.ts';
import { Recognition } from './imports/recognition.ts';
import { RunningImports } from './imports/running-imports.ts';
import { traceServices } from './traces/trace-services.ts';
import { helpersGiveWay } from './worker/priority.ts';
import { UnsavedVault } from './keys/unsaved-vault.ts';
import type { Vault } from './keys/vault.ts';

const PROXY_PORT = 4141;
/** How long the program waits for what is left to decode of live streams when it closes. */
const LAST_DECODING_MS = 3_000;
const VIEWS_MEMORY_MB = 2_048;
/** How long a trace is left alone after it ended, before its facts are worked out. */
const INDEX_AFTER_MS = 1_000;

export interface CoreSetup {
  /** Created when missing, for the user only. */
  readonly dataDir: string;
  readonly host: AppInfo['host'];
  readonly version: string;
  readonly vault: Vault;
  /** The store worker's module: an entry of its own, which only the host's entry knows the place of. */
  readonly storeWorker: URL;
  /** The workers that decode, live streams and stored traces, likewise. */
  readonly decodeWorker: URL;
  /** The thread of exchanges, likewise. */
  readonly exchangeWorker: URL;
  /** The capture proxy's thread, likewise; absent: there is no proxy. */
  readonly proxyWorker?: URL;
  /** The port that the capture proxy tries first, then those above it; 4141 unless said, 0 any that is free. */
  readonly proxyPort?: number;
  /** How many times faster than a real model the sample provider answers; 1 unless said, 0 as fast as possible. */
  readonly samplePace?: number;
  /** Told when the traces are of an older format, before they are upgraded: the bytes of their file. The core is there after that. */
  readonly onUpgrade?: (bytes: number) => void;
  /** How long a trace is left alone before its facts are worked out, in milliseconds; a test may want it short. */
  readonly indexAfterMs?: number;
}

export interface Core {
  readonly services: Services;
  /** Where the sample provider listens. */
  readonly sampleUrl: string;
  readonly proxy: ProxyService;
  /** What the person should know of the data folder, though it works: a sentence. */
  readonly remark: string | undefined;
  /** Ends the live runs as cancelled, closes the store. Gives what is lost, in a sentence, where the disk did not take all. */
  close(): Promise<string | undefined>;
}

/** Rejects only where the machine gives no port for the sample provider: a store that cannot be opened works in memory. */
export async function createCore({
  dataDir,
  host,
  version,
  vault: saved,
  storeWorker,
  decodeWorker,
  exchangeWorker,
  proxyWorker,
  proxyPort = PROXY_PORT,
  samplePace,
  onUpgrade,
  indexAfterMs = INDEX_AFTER_MS,
}: CoreSetup): Promise<Core> {
  helpersGiveWay();
  // First: where there is none, nothing is left running that would keep the process from its end.
  const store = await openStore({ dataDir, worker: storeWorker, onUpgrade });
  const provider = await startSampleProvider({ ...(samplePace !== undefined && { pace: samplePace }) });
  const sampleUrl = provider.url;
  // Whoever has the file has the folder, and alone writes to it.
  const vault = store.file === undefined ? new UnsavedVault(saved) : saved;
  await vault.tidy();
  const live = new LaneThread({ module: decodeWorker });
  // What somebody watches must not delay what is recorded, and gets as far as that did.
  const views = new LaneThread({ module: decodeWorker, known: live.known, memoryLimitMb: VIEWS_MEMORY_MB });
  const record = recordIn(views);
  await recoverTraces(store, record);
  const readable = store.file === undefined ? undefined : dataDir;
  // An event is looked up while somebody waits for it; a comparison before it may take seconds.
  const [lookups, comparisons] = [0, 1].map(
    () => new DecodeWorker({ module: decodeWorker, source: store, dataDir: readable, version }),
  ) as [DecodeWorker, DecodeWorker];
  const indexer = new Indexer({ store, worker: comparisons, lastWorker: lookups, afterMs: indexAfterMs });
  const settings = new SettingsService(store);
  const keeping = new Keeping({ store, dataDir, settings: () => settings.get() });
  const endpoints = new EndpointsService({ store, vault, sampleUrl });
  const recordings = new Recordings(live);
  const exchanges = new ExchangeThread(exchangeWorker);
  const runs = new RunsService({ store, recordings, exchanges, endpoints });
  const proxy = new ProxyService({
    ...(proxyWorker && { module: proxyWorker }),
    port: proxyPort,
    dataDir,
    store,
    recordings,
    vault,
    endpoints,
    settings: () => settings.get().catch(() => DEFAULT_SETTINGS),
  });
  await proxy.open();
  const closing = new AbortController();
  const untilClosed =
    <Name extends StreamName>(service: StreamService<Name>): StreamService<Name> =>
    (params, signal) =>
      service(params, AbortSignal.any([signal, closing.signal]));

  const app = appServices({ version, host, dataDir, sampleUrl, commandLine: COMMAND_LINE }, store, (listener) =>
    keeping.onCleared(listener),
  );
  const traces = traceServices({ store, recordings, views, lookups });
  const searches = searchServices({ store, worker: lookups, indexer });
  const files = new HeldFiles();
  const recognition = new Recognition(decodeWorker);
  const imports = new RunningImports();
  const services: Services = {
    ...app,
    'app.changes': untilClosed(app['app.changes']),
    'settings.get': () => settings.get(),
    'settings.set': async (change) => {
      const changed = await settings.set(change);
      if (change.retention) keeping.look();
      return changed;
    },
    ...keeping.services,
    'providers.list': providersInfo,
    'endpoints.list': () => endpoints.list(),
    'endpoints.save': (endpoint) => endpoints.save(endpoint),
    'endpoints.remove': ({ id }) => endpoints.remove(id),
    'endpoints.setKey': ({ id, key }) => endpoints.setKey(id, key),
    'samples.list': listedSamples(comparisons),
    'capture.info': () => proxy.info(),
    'capture.openSession': (asked) => proxy.openSession(asked),
    'capture.closeSession': ({ session }) => proxy.closeSession(session),
    'runs.start': async (params) =>
      runs.start({ ...params, lanes: params.lanes ?? (await settings.get()).lanes ?? undefined }),
    'runs.preview': (params) => runs.preview(params),
    'runs.cancel': ({ id }) => runs.cancel(id),
    ...traces,
    ...searches,
    'traces.search': untilClosed(searches['traces.search']),
    'traces.changes': untilClosed(traces['traces.changes']),
    'traces.items': untilClosed(traces['traces.items']),
    'imports.recognize': recognizeFile(files, recognition),
    'imports.cancel': ({ ticket }) => {
      recognition.cancel(ticket);
      imports.cancel(ticket);
      return null;
    },
    'traces.import': importFile({
      store,
      defaults: () => settings.get(),
      record,
      files,
      recognition,
      running: imports,
    }),
    'imports.progress': untilClosed(({ ticket }, signal) => imports.watch(ticket, signal)),
    ...taskServices({ worker: comparisons, flush: () => store.flush() }),
  };

  // Who runs beside another program over the same folder must not be found in its place.
  const endControl = store.problem === undefined ? await control({ dataDir, services }) : undefined;

  let closed: Promise<string | undefined> | undefined;
  const close = async (): Promise<string | undefined> => {
    // A stream that is still being decoded by then is read again at the next start.
    const giveUp = setTimeout(() => void live.close(), LAST_DECODING_MS);
    await Promise.all([runs.close(), proxy.close()]);
    clearTimeout(giveUp);
    await endControl?.();
    closing.abort();
    const [indexed, kept] = [indexer.close(), keeping.close()];
    await Promise.all([
      exchanges.close(),
      live.close(),
      views.close(),
      indexed.then(() => lookups.close()),
      comparisons.close(),
      recognition.close(),
      provider.close(),
    ]);
    await kept;
    return store.close();
  };
  return { services, sampleUrl, proxy, remark: store.remark, close: () => (closed ??= close()) };
}

/** Without it the command line starts a program of its own, which then says that the folder is taken. */
async function control(setup: Pick<ControlSetup, 'dataDir' | 'services'>): Promise<(() => Promise<void>) | undefined> {
  try {
    return await openControl({ ...setup, log: (sentence, error) => console.error(sentence, error) });
  } catch (error) {
    console.error('The command line cannot reach this program.', error);
    return undefined;
  }
}
