/** The proxy's server: the loopback interface only, one ClientConnection for each client. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { TakenOver } from './blind-tunnel.ts';
import { ClientConnection, type ConnectionSetup, type Passing, type WaitLimits } from './connection.ts';
import { routedPassing } from './passing.ts';
import { answerAndEnd, tooMany } from './refusals.ts';
import { Routes, type Route } from './routes.ts';
import type { Tap } from './tap.ts';
import { Tunnels, type OpenedTunnels, type ReadHost, type ServedTls } from './tunnels.ts';

export interface ListenerSetup {
  readonly tap: Tap;
  /** The port that is tried first, then those above it; 0: any that is free. */
  readonly port: number;
  readonly limits?: ListenerLimits;
}

export interface ListenerLimits extends WaitLimits {
  /** Connections at once. Two proxies that lead to each other would open them without an end. */
  readonly connections: number;
}

/** Ports that are tried before any that is free is taken. */
const TRIED = 20;
const LIMITS: ListenerLimits = { connections: 2_000, headMs: 60_000, bodyMs: 300_000 };
const PROBE_AFTER_MS = 60_000;

export class ProxyListener {
  readonly port: number;
  readonly #servers: readonly Server[];
  readonly #connections = new Set<ClientConnection>();
  readonly #takenOver = new Set<TakenOver>();
  readonly #tunnels: Tunnels;
  readonly #tap: Tap;
  readonly #limits: ListenerLimits;
  #routes = new Routes([]);
  #count = 0;

  private constructor(servers: readonly Server[], { tap, limits = LIMITS }: ListenerSetup) {
    this.#servers = servers;
    this.#tap = tap;
    this.#limits = limits;
    this.port = (servers[0]!.address() as AddressInfo).port;
    this.#tunnels = new Tunnels({
      port: this.port,
      serve: (socket, raw, how) => this.#serve(socket, raw, how),
      tookOver: (taken) => this.#tookOver(taken),
    });
    for (const server of servers) server.on('connection', (socket: Socket) => this.#connected(socket));
  }

  /** Rejects with the system's error where no port can be had. */
  static async open(setup: ListenerSetup): Promise<ProxyListener> {
    const server = await firstFree(setup.port);
    return new ProxyListener([server, ...(await alsoOnIPv6((server.address() as AddressInfo).port))], setup);
  }

  /** From the next request on. */
  setRoutes(routes: readonly Route[]): void {
    this.#routes = new Routes(routes);
  }

  /** From now on a program of this session may use the proxy as its HTTPS_PROXY. */
  openTunnels(session: string, hosts: readonly ReadHost[]): Promise<OpenedTunnels> {
    return this.#tunnels.open(session, hosts);
  }

  /**
   * Ends the connections that a session has used. Resolves when they are closed, with the hosts whose connections its program
   * ended before they were encrypted, and how many those were.
   */
  async endSession(session: string): Promise<readonly (readonly [host: string, connections: number])[]> {
    const own = [
      ...[...this.#connections].filter((connection) => connection.serves(session)),
      ...[...this.#takenOver].filter((taken) => taken.session === session),
    ];
    for (const one of own) one.destroy();
    await Promise.all(own.map(({ closed }) => closed));
    return this.#tunnels.close(session);
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    const closed = this.#servers.map((server) => once(server.close(), 'close'));
    for (const one of [...this.#connections, ...this.#takenOver]) one.destroy();
    await Promise.all(closed);
  }

  #connected(socket: Socket): void {
    if (this.#connections.size + this.#takenOver.size >= this.#limits.connections)
      return void answerAndEnd(socket, tooMany(this.#limits.connections));
    socket.setNoDelay(true);
    socket.setKeepAlive(true, PROBE_AFTER_MS);
    const routed = routedPassing(this.port, () => this.#routes);
    const passing: Passing = (head) => (head.line.method === 'CONNECT' ? this.#tunnels.passing(head) : routed(head));
    return this.#speak({ socket, passing, reset: () => socket.resetAndDestroy() });
  }

  #serve(socket: TLSSocket, raw: Socket, { passing, offered }: ServedTls): void {
    this.#speak({ socket, passing, tls: offered, reset: () => raw.resetAndDestroy() });
  }

  #speak(how: Pick<ConnectionSetup, 'socket' | 'passing' | 'tls' | 'reset'>): void {
    const connection: ClientConnection = new ClientConnection({
      ...how,
      number: ++this.#count,
      port: this.port,
      tap: this.#tap,
      limits: this.#limits,
      onClose: () => void this.#connections.delete(connection),
    });
    this.#connections.add(connection);
  }

  #tookOver(taken: TakenOver): void {
    this.#takenOver.add(taken);
    void taken.closed.then(() => this.#takenOver.delete(taken));
  }
}

async function firstFree(port: number): Promise<Server> {
  const tried = port === 0 ? [] : Array.from({ length: TRIED }, (_, i) => port + i);
  for (const at of tried) {
    const server = await listen(at, '127.0.0.1').catch(ifTaken);
    if (server) return server;
  }
  return listen(0, '127.0.0.1');
}

function ifTaken(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
}

/** `localhost` is ::1 to many clients. A machine without IPv6 has no such clients. */
async function alsoOnIPv6(port: number): Promise<readonly Server[]> {
  const server = await listen(port, '::1').catch(() => undefined);
  return server ? [server] : [];
}

async function listen(port: number, host: string): Promise<Server> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}
