/** The proxy's server: the loopback interface only, one ClientConnection for each client. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { ClientConnection } from './connection.ts';
import { routedPassing } from './passing.ts';
import { Routes, type Route } from './routes.ts';
import type { Tap } from './tap.ts';

export interface ListenerSetup {
  readonly tap: Tap;
  /** The port that is tried first, then those above it; 0: any that is free. */
  readonly port: number;
}

/** Ports that are tried before any that is free is taken. */
const TRIED = 20;
/** More are closed at once: two proxies that lead to each other would open them without an end. */
const MOST_CONNECTIONS = 2_000;
const PROBE_AFTER_MS = 60_000;

export class ProxyListener {
  readonly port: number;
  readonly #servers: readonly Server[];
  readonly #connections = new Set<ClientConnection>();
  readonly #tap: Tap;
  #routes = new Routes([]);
  #count = 0;

  private constructor(servers: readonly Server[], tap: Tap) {
    this.#servers = servers;
    this.#tap = tap;
    this.port = (servers[0]!.address() as AddressInfo).port;
    for (const server of servers) server.on('connection', (socket: Socket) => this.#connected(socket));
  }

  /** Rejects with the system's error where no port can be had. */
  static async open({ tap, port }: ListenerSetup): Promise<ProxyListener> {
    const server = await firstFree(port);
    const listener = new ProxyListener([server, ...(await alsoOnIPv6((server.address() as AddressInfo).port))], tap);
    return listener;
  }

  /** From the next request on. */
  setRoutes(routes: readonly Route[]): void {
    this.#routes = new Routes(routes);
  }

  /** Ends the connections that a session has used. Resolves when they are closed. */
  async endSession(session: string): Promise<void> {
    const own = [...this.#connections].filter((connection) => connection.serves(session));
    for (const connection of own) connection.destroy();
    await Promise.all(own.map(({ closed }) => closed));
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    const closed = this.#servers.map((server) => once(server.close(), 'close'));
    for (const connection of this.#connections) connection.destroy();
    await Promise.all(closed);
  }

  #connected(socket: Socket): void {
    socket.setNoDelay(true);
    socket.setKeepAlive(true, PROBE_AFTER_MS);
    const connection: ClientConnection = new ClientConnection({
      socket,
      number: ++this.#count,
      port: this.port,
      passing: routedPassing(this.port, () => this.#routes),
      tap: this.#tap,
      reset: () => socket.resetAndDestroy(),
      onClose: () => void this.#connections.delete(connection),
    });
    this.#connections.add(connection);
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
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}
