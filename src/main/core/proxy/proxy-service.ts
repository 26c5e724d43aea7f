/**
 * The capture proxy as the program has it: a thread that forwards, the routes that it knows, and a recording for each exchange
 * that it tells of. The thread owes nothing to this side: whatever is slow, full or broken here, streams pass.
 */
import { randomBytes } from 'node:crypto';
import { endpointId, type EndpointId } from '../../../shared/model/ids.ts';
import { endpointKindOf, endpointKinds } from '../../../shared/providers/registry.ts';
import type {
  CapturedSession,
  CaptureInfo,
  EndpointInfo,
  HttpsProxy,
  ParamsOf,
  Settings,
} from '../../../shared/rpc/contract.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { credentialHeader } from '../capture/secrets.ts';
import type { EndpointsService } from '../endpoints/endpoints-service.ts';
import type { Vault } from '../keys/vault.ts';
import type { RecordingStore } from '../recording/live-recording.ts';
import type { Recordings } from '../recording/recordings.ts';
import { unpacked, type Batch } from '../worker/batch.ts';
import { WorkerThread } from '../worker/worker-thread.ts';
import { routeName, type Route } from './forward/routes.ts';
import type { Begun, TapEvent } from './forward/tap.ts';
import { isHostOf, type ReadHost } from './forward/tunnels.ts';
import { CapturedExchange, type KeptExchange } from './record/captured-exchange.ts';
import { SentAgain } from './record/sent-again.ts';
import { ToldExchange } from './record/told-exchange.ts';
import type { ProxyThreadHandlers, RecordingHandlers } from './thread/serve-proxy.ts';

export interface ProxySetup {
  /** The thread's module; absent: nothing listens. */
  readonly module?: URL;
  /** The port that is tried first; 0: any that is free. */
  readonly port: number;
  readonly dataDir: string;
  readonly store: RecordingStore;
  readonly recordings: Recordings;
  readonly vault: Vault;
  readonly endpoints: Pick<EndpointsService, 'list' | 'forRun' | 'onChange'>;
  readonly settings: () => Promise<Pick<Settings, 'options' | 'lanes'>>;
}

/** A route with what the program knows of its server. */
interface KnownRoute extends Route {
  readonly kind: string;
  readonly providerName: string;
}

/** A host whose connections are read, with what the program knows of its server. */
interface KnownHost extends ReadHost {
  readonly kind: string;
  readonly providerName: string;
}

/** Where the capture proxy listens; `remark` says why not where it should, `problem` why nowhere. */
export type ProxyState =
  | { readonly listening: true; readonly port: number; readonly remark?: string }
  | { readonly listening: false; readonly problem: string };

/** One program's exchanges. */
interface Session {
  readonly routes: readonly KnownRoute[];
  /** Of its tunnels. */
  readonly hosts: readonly KnownHost[];
  /** Those that are not stored yet; of the others only what is said at the end, as a program may have any number. */
  readonly unfinished: Set<CapturedExchange>;
  kept: Pick<CapturedSession, 'exchanges' | 'bytes' | 'incomplete'>;
}

/** Bytes that wait to be recorded, above which the thread is told that no more can be taken for now. */
const HIGH_WATER_BYTES = 16 * 1024 ** 2;
const CLOSE_MS = 2_000;
/** How long a change of an endpoint waits for the thread to know of it. */
const TELL_MS = 5_000;
/** Among the keys of the endpoints, none of which has this name. */
const CLIENT_KEY = endpointId('capture-proxy');
const CLIENT_KEY_BYTES = 24;
const SESSION_BYTES = 8;
/** Threads that died before it is left at that. */
const MOST_DEATHS = 3;

export class ProxyService {
  readonly #setup: ProxySetup;
  readonly #thread: WorkerThread<ProxyThreadHandlers> | undefined;
  readonly #sentAgain = new SentAgain();
  /** By the thread's numbers, until they are closed. */
  readonly #exchanges = new Map<number, ToldExchange>();
  /** Not stored yet. */
  readonly #unfinished = new Set<CapturedExchange>();
  readonly #sessions = new Map<string, Session>();
  #routes: readonly KnownRoute[] = [];
  #state: ProxyState = { listening: false, problem: 'The capture proxy has not been started.' };
  /** Batches of the thread that are held until less waits here. */
  #whenLighter: (() => void)[] = [];
  /** So many of its recordings are watched. */
  #watched = 0;
  #deaths = 0;
  #closed = false;

  constructor(setup: ProxySetup) {
    this.#setup = setup;
    const { module } = setup;
    this.#thread =
      module &&
      new WorkerThread({
        name: 'capture-proxy',
        module,
        data: null,
        handlers: { take: (batch) => this.#take(batch) } satisfies RecordingHandlers,
        onExit: (cause) => void this.#died(cause),
      });
    setup.endpoints.onChange(() => this.#tellRoutes());
  }

  get state(): ProxyState {
    return this.#state;
  }

  /** Resolves once it listens, or cannot. Never rejects. */
  async open(port = this.#setup.port): Promise<void> {
    if (!this.#thread) return;
    this.#routes = await this.#knownRoutes();
    try {
      const given = await this.#thread.request('open', [port, this.#plainRoutes()]);
      this.#state = { listening: true, port: given, ...remarkOn(this.#setup.port || port, given) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#state = { listening: false, problem: `The capture proxy could not be started: ${reason}` };
    }
  }

  async info(): Promise<CaptureInfo> {
    const { state } = this;
    const lends = this.#routes.some(({ lent }) => lent);
    const clientKey = lends ? await this.clientKey() : undefined;
    return {
      ...(state.listening
        ? { url: urlOf(state.port), ...(state.remark !== undefined && { remark: state.remark }) }
        : { url: null, problem: state.problem }),
      routes: this.#routes.map(({ name, baseUrl, kind, endpoint, lent }) => ({
        name,
        baseUrl,
        kind,
        ...(endpoint !== undefined && { endpoint }),
        lendsKey: lent !== undefined,
      })),
      ...(clientKey !== undefined && { clientKey }),
    };
  }

  /** What clients use as their key to be lent that of an endpoint; made when it is first asked for. Undefined without a key store. */
  async clientKey(): Promise<string | undefined> {
    const { vault } = this.#setup;
    try {
      const before = await vault.get(CLIENT_KEY);
      if (before !== undefined) return before;
      const made = `tracelane-${randomBytes(CLIENT_KEY_BYTES).toString('hex')}`;
      await vault.set(CLIENT_KEY, made);
      return made;
    } catch {
      return undefined;
    }
  }

  /** Rejects with code `no-proxy` where nothing listens. */
  async openSession({ routes, https }: ParamsOf<'capture.openSession'>): Promise<{
    readonly session: string;
    readonly url: string;
    readonly https?: HttpsProxy;
  }> {
    const { state } = this;
    if (!state.listening) throw new ServiceError('no-proxy', state.problem);
    const session = randomBytes(SESSION_BYTES).toString('hex');
    const own = routes.map(({ name, baseUrl, kind = '' }) => ({
      name: routeName(name),
      baseUrl,
      session,
      kind,
      providerName: kind,
      ...versionOf(kind),
    }));
    const hosts = https ? this.#readHosts(https) : [];
    const kept = { exchanges: 0, bytes: 0, incomplete: 0 };
    this.#sessions.set(session, { routes: own, hosts, unfinished: new Set(), kept });
    await this.#tellThread();
    const url = `${urlOf(state.port)}~${session}`;
    if (!https) return { session, url };
    const plain = hosts.map(({ kind: _kind, providerName: _providerName, ...host }) => host);
    const { secret, certificate } = await this.#thread!.request('openTunnels', [session, plain]);
    return { session, url, https: { url: `http://${session}:${secret}@127.0.0.1:${state.port}`, certificate } };
  }

  /** Resolves once what belongs to it is stored. Rejects with code `not-found`. */
  async closeSession(session: string): Promise<CapturedSession> {
    const found = this.#sessions.get(session);
    if (!found)
      throw new ServiceError('not-found', 'There is no such capture session. It may have been closed already.');
    const distrusted = await this.#thread?.request('endSession', [session]).catch(() => undefined);
    await Promise.all([...found.unfinished].map((exchange) => exchange.finished));
    this.#sessions.delete(session);
    await this.#tellThread();
    return { ...found.kept, distrusted: distrusted ?? [], dataDir: this.#setup.dataDir };
  }

  /** Ends what it forwards. Resolves once what was recorded is stored. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.close(CLOSE_MS);
    this.#abandon();
    await Promise.all([...this.#unfinished].map(({ finished }) => finished));
  }

  // Recording

  async #take(batch: Batch<TapEvent>): Promise<void> {
    for (const event of unpacked(batch)) this.#takeOne(event);
    while (this.#waiting > HIGH_WATER_BYTES)
      await new Promise<void>((resolve) => {
        this.#whenLighter.push(resolve);
      });
  }

  /** Never throws: the other events of the batch are of other exchanges. */
  #takeOne(event: TapEvent): void {
    try {
      if (event.type === 'begun')
        this.#exchanges.set(event.id, new ToldExchange(event.begun, (begun) => this.#exchangeOf(begun)));
      this.#exchanges.get(event.id)?.take(event);
      if (event.type === 'closed') this.#exchanges.delete(event.id);
    } catch (error) {
      const exchange = this.#exchanges.get(event.id) ?? this.#unreadable(event);
      this.#exchanges.delete(event.id);
      exchange?.fail(error instanceof Error ? error.message : String(error));
    }
  }

  /** What begins with what cannot be read leaves a trace of that, without its address and headers: they may have a key. */
  #unreadable(event: TapEvent): CapturedExchange | undefined {
    if (event.type !== 'begun') return undefined;
    const { route, session, connection, startedAt, method } = event.begun;
    return this.#exchangeOf({ route, session, connection, startedAt, method, url: '', fields: [], changes: [] });
  }

  get #waiting(): number {
    return [...this.#exchanges.values()].reduce((sum, { waiting }) => sum + waiting, 0);
  }

  #lighter(): void {
    for (const resolve of this.#whenLighter.splice(0)) resolve();
  }

  #exchangeOf(begun: Begun): CapturedExchange {
    const { store, recordings, settings } = this.#setup;
    const session = begun.session === null ? undefined : this.#sessions.get(begun.session);
    const route = begun.tls
      ? session?.hosts.find(({ host }) => isHostOf(host, begun.route))
      : [...(session?.routes ?? []), ...this.#routes].find(({ name }) => name === begun.route);
    const exchange = new CapturedExchange({
      begun,
      store,
      recordings,
      settings,
      endpoint: route && route.kind !== '' ? { type: route.kind, provider_name: route.providerName } : undefined,
      sentAgain: this.#sentAgain,
      lighter: () => this.#lighter(),
      onWatched: (watched) => this.#tellWatched(watched),
    });
    session?.unfinished.add(exchange);
    this.#unfinished.add(exchange);
    void this.#settle(exchange, session);
    return exchange;
  }

  /** All exchanges share a batch, so that one that is watched hurries all. */
  #tellWatched(watched: boolean): void {
    this.#watched += watched ? 1 : -1;
    this.#thread?.notify('watch', [this.#watched > 0]);
  }

  async #settle(exchange: CapturedExchange, session: Session | undefined): Promise<void> {
    const kept = await exchange.finished;
    this.#unfinished.delete(exchange);
    if (session) finish(session, exchange, kept);
  }

  #abandon(): void {
    for (const exchange of this.#exchanges.values()) exchange.abandon();
    this.#exchanges.clear();
    this.#lighter();
  }

  async #died(cause: string): Promise<void> {
    if (this.#closed) return;
    const { state } = this;
    this.#abandon();
    this.#state = {
      listening: false,
      problem: `The capture proxy stopped${cause === '' ? '' : ` (${cause})`}. Restart Tracelane.`,
    };
    if (state.listening && ++this.#deaths <= MOST_DEATHS) await this.open(state.port);
  }

  // Routes

  async #tellRoutes(): Promise<void> {
    this.#routes = await this.#knownRoutes();
    await this.#tellThread();
  }

  async #tellThread(): Promise<void> {
    if (this.#closed || !this.#state.listening) return;
    await this.#thread?.request('setRoutes', [this.#plainRoutes()], { timeLimitMs: TELL_MS }).catch(() => undefined);
  }

  #plainRoutes(): readonly Route[] {
    const all = [...[...this.#sessions.values()].flatMap(({ routes }) => routes), ...this.#routes];
    return all.map(({ kind: _kind, providerName: _providerName, ...route }) => route);
  }

  /** Those that were asked for, and before them the user's endpoints. */
  #readHosts({ hosts, to }: NonNullable<ParamsOf<'capture.openSession'>['https']>): readonly KnownHost[] {
    const place = to === undefined ? {} : { to };
    const endpoints = this.#routes.flatMap(({ baseUrl, endpoint, kind, providerName }): readonly KnownHost[] => {
      const { protocol, host } = new URL(baseUrl);
      return endpoint === undefined || protocol !== 'https:' ? [] : [{ host, endpoint, kind, providerName, ...place }];
    });
    return [...endpoints, ...hosts.map(({ host, kind = '' }) => ({ host, kind, providerName: kind, ...place }))];
  }

  /** The user's endpoints by their names, then the kinds of server that have an address of their own, then the samples. */
  async #knownRoutes(): Promise<readonly KnownRoute[]> {
    const endpoints = await this.#setup.endpoints.list().catch((): readonly EndpointInfo[] => []);
    const own = endpoints.filter(({ builtIn }) => !builtIn);
    const samples = endpoints.filter(({ builtIn }) => builtIn);
    const kinds = endpointKinds().flatMap(({ id, baseUrl }) =>
      baseUrl === null ? [] : [{ name: id, baseUrl, kind: id, providerName: id, ...versionOf(id) }],
    );
    const all = [
      ...(await Promise.all(own.map((endpoint) => this.#routeOf(endpoint, routeName(endpoint.name))))),
      ...kinds,
      ...(await Promise.all(samples.map((endpoint) => this.#routeOf(endpoint, routeName(endpoint.id))))),
    ];
    // Of two with one name the first is reached; one without a letter in its name by its id.
    return [...new Map(all.toReversed().map((route) => [route.name, route])).values()].toReversed();
  }

  async #routeOf(endpoint: EndpointInfo, name: string): Promise<KnownRoute> {
    const { id, baseUrl, type, provider_name, lendsKey } = endpoint;
    const lent = lendsKey === true ? await this.#lent(id, type) : undefined;
    return {
      name: name === '' ? routeName(id) : name,
      baseUrl,
      endpoint: id,
      kind: type,
      providerName: provider_name,
      ...(lent && { lent }),
    };
  }

  /** Undefined where there is no key to lend. */
  async #lent(id: EndpointId, type: string): Promise<Route['lent']> {
    const key = (await this.#setup.endpoints.forRun(id).catch(() => undefined))?.key;
    const credential = key === undefined ? null : credentialHeader(type, key);
    const clientKey = await this.clientKey();
    return credential && clientKey !== undefined ? { credential, clientKey } : undefined;
  }
}

function finish(session: Session, exchange: CapturedExchange, { bytes, complete }: KeptExchange): void {
  const { kept } = session;
  session.unfinished.delete(exchange);
  session.kept = {
    exchanges: kept.exchanges + 1,
    bytes: kept.bytes + bytes,
    incomplete: kept.incomplete + (complete ? 0 : 1),
  };
}

const versionOf = (kind: string): Pick<Route, 'version'> => {
  const version = endpointKindOf(kind)?.version;
  return version === undefined ? {} : { version };
};

/** `wanted` 0: any is as good. */
const remarkOn = (wanted: number, given: number): { readonly remark?: string } =>
  wanted === 0 || wanted === given
    ? {}
    : {
        remark: `Port ${wanted} was not free, so the capture proxy listens on port ${given}. Programs that send their requests to port ${wanted} are not captured.`,
      };

const urlOf = (port: number): string => `http://127.0.0.1:${port}/`;
