/**
 * The loopback server of the headless host: the window's files over HTTP, the contract over a WebSocket at `/rpc`. It
 * binds the loopback interface only, and every request passes the guard first; who is kept out is written there. The only
 * things it does are to give files from one folder, to exchange codes at `/session` and to serve the contract: no request has
 * a body.
 */
import { once } from 'node:events';
import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { MAX_FRAME } from '../../../shared/rpc/frames.ts';
import { serve, type Log } from '../../../shared/rpc/server.ts';
import type { Services } from '../../../shared/rpc/services.ts';
import { webSocketPort } from '../../../shared/rpc/web-socket-port.ts';
import { readRendererFile, securityHeaders, type RendererFile } from '../renderer-files.ts';
import type { Access } from './access.ts';
import { CODE_HEADER, cookieName, Guard, type Verdict } from './guard.ts';

export interface ServerSetup {
  /** Of a program that is still opening: once they are there. No window can connect before. */
  readonly services: Services | Promise<Services>;
  /** What stands in the place of the window's page until the services are there. */
  readonly openingPage?: Promise<RendererFile>;
  /** The built window. */
  readonly rendererDir: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly access: Access;
  readonly log: Log;
  readonly limits?: ConnectionLimits;
  /** Told when a browser was let in: the address that it came by is worth nothing any more. */
  readonly onSession?: () => void;
}

/** What connections may do that were not let in, or ask for nothing. */
export interface ConnectionLimits {
  /** For a whole request to come. */
  readonly requestMs: number;
  /** Without a byte either way. A window is no longer such a connection. */
  readonly idleMs: number;
  /** At once, on each address. */
  readonly connections: number;
}

export interface RunningServer {
  readonly port: number;
  /** Ends all connections. */
  close(): Promise<void>;
}

const RPC = '/rpc';
/** A code becomes the token; who has the token gets another code, for another browser. */
const SESSION = '/session';
/** The WebSocket protocol that is agreed on; the one that carries the token is never said back. */
const PROTOCOL = 'tracelane';
/** Of UTF-8: at most three bytes for each unit of a frame. */
const MAX_MESSAGE = 3 * MAX_FRAME;
/** One for each window; far more than anyone opens. */
const MAX_WINDOWS = 50;
/** Close code of the WebSocket protocol for an end that goes away. */
const GOING_AWAY = 1001;
/** A browser opens six for each of its windows. */
const LIMITS: ConnectionLimits = { requestMs: 10_000, idleMs: 60_000, connections: 200 };
/** For a client to take what it was told last, before the connection is ended whatever it does. */
const LINGER_MS = 1_000;
/** What is shown is private, and the next start has another build. */
const COMMON_HEADERS = { 'cache-control': 'no-store' };

/** Rejects when the port is taken. */
export async function startServer(setup: ServerSetup): Promise<RunningServer> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    handleProtocols: (offered) => offered.has(PROTOCOL) && PROTOCOL,
  });
  const { limits = LIMITS } = setup;
  const servers = [await listen(setup.port, '127.0.0.1', limits)];
  const { port } = servers[0]!.address() as AddressInfo;
  // Without IPv6, or with the same port taken there, `localhost` leads to the other address.
  const second = await listen(port, '::1', limits).catch(() => undefined);
  if (second) servers.push(second);

  const host = new HostServer(setup, port, sockets);
  for (const server of servers) host.answer(server);
  return {
    port,
    async close() {
      for (const socket of sockets.clients) socket.close(GOING_AWAY);
      const closed = servers.map((server) => once(server, 'close'));
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
      for (const socket of sockets.clients) socket.terminate();
      await Promise.all(closed);
    },
  };
}

async function listen(
  port: number,
  address: string,
  { requestMs, idleMs, connections }: ConnectionLimits,
): Promise<Server> {
  // A missing `Host` is refused by the guard like any other.
  const server = createServer({
    requireHostHeader: false,
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: requestMs / 2,
  });
  server.maxConnections = connections;
  server.setTimeout(idleMs);
  server.listen({ port, host: address, ipv6Only: address === '::1' });
  await once(server, 'listening');
  return server;
}

class HostServer {
  readonly #setup: ServerSetup;
  readonly #port: number;
  readonly #sockets: WebSocketServer;
  readonly #guard: Guard;
  #services: Services | undefined;

  constructor(setup: ServerSetup, port: number, sockets: WebSocketServer) {
    this.#setup = setup;
    this.#port = port;
    this.#sockets = sockets;
    this.#guard = new Guard(port, setup.access);
    if (!(setup.services instanceof Promise)) this.#services = setup.services;
    else
      setup.services.then(
        (services) => (this.#services = services),
        // Whoever opens the program says why.
        () => undefined,
      );
  }

  answer(server: Server): void {
    const respond = (request: IncomingMessage, response: ServerResponse): void => {
      this.#respond(request, response).catch((error: unknown) => {
        this.#setup.log(`${request.method} failed`, error);
        response.destroy();
      });
    };
    server.on('request', respond);
    // Left alone, Node would answer these two itself, before the guard.
    server.on('checkContinue', respond);
    server.on('checkExpectation', respond);
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
    server.on('clientError', (_, socket) => refuseSocket(socket, 400, 'This is not an HTTP request.'));
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const verdict = this.#guard.check(request);
    for (const [name, value] of Object.entries(headersFor(verdict))) response.setHeader(name, value);
    if (!verdict.admitted) return refuse(response, verdict.status, verdict.sentence);
    if (verdict.path === SESSION) return this.#session(request, response, verdict.by);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      return refuse(response, 405, 'Only GET and HEAD are supported.');
    }
    if (hasBody(request)) return refuse(response, 413, 'A request must not have a body.');
    if (verdict.path === RPC) return refuse(response, 426, 'This is the address of a WebSocket.');
    // Files that a page asks for carry no head of its own.
    if (verdict.by === 'code') response.setHeader('set-cookie', this.#cookie());
    await this.#file(verdict.path, response);
  }

  #cookie(): string {
    return `${cookieName(this.#port)}=${this.#setup.access.page}; HttpOnly; SameSite=Strict; Path=/`;
  }

  #session(request: IncomingMessage, response: ServerResponse, by: 'token' | 'code' | 'cookie'): void {
    const { access, onSession } = this.#setup;
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST');
      return refuse(response, 405, 'Only POST is supported here.');
    }
    if (hasBody(request)) return refuse(response, 413, 'A request must not have a body.');
    const code = request.headers[CODE_HEADER];
    if (by === 'token') return answer(response, access.newCode());
    if (by !== 'code' || typeof code !== 'string' || !access.redeem(code))
      return refuse(
        response,
        401,
        'This code is none, or was used before. Open the address that Tracelane printed last.',
      );
    response.setHeader('set-cookie', this.#cookie());
    answer(response, access.token);
    onSession?.();
  }

  async #file(path: string, response: ServerResponse): Promise<void> {
    const { rendererDir, openingPage } = this.#setup;
    const isEarly = path === '/' && this.#services === undefined;
    const file = await ((isEarly && openingPage) || readRendererFile(rendererDir, path));
    if (!file) return refuse(response, 404, 'There is nothing here.');
    // Node leaves the body out of the answer to HEAD.
    response.writeHead(200, { 'content-type': file.type, 'content-length': file.bytes.byteLength }).end(file.bytes);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const verdict = this.#guard.check(request);
    if (!verdict.admitted) return refuseSocket(socket, verdict.status, verdict.sentence);
    if (verdict.path !== RPC) return refuseSocket(socket, 404, 'There is nothing here.');
    if (verdict.by !== 'token') return refuseSocket(socket, 401, 'The token is missing.');
    if (this.#sockets.clients.size >= MAX_WINDOWS)
      return refuseSocket(socket, 503, 'Too many windows are open. Close one and try again.');
    const services = this.#services;
    if (services === undefined) return refuseSocket(socket, 503, 'The traces are still being opened.');
    this.#sockets.handleUpgrade(request, socket, head, (connection) => {
      serve(services, webSocketPort(connection), this.#setup.log);
    });
  }
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) !== 0;

/** On every answer, whatever it is. The page may connect to where it came from; some browsers read `'self'` without `ws:`. */
function headersFor(verdict: Verdict): Readonly<Record<string, string>> {
  // A content policy cannot name an IPv6 address.
  const ws = verdict.admitted && !verdict.host.startsWith('[') ? [`ws://${verdict.host}`] : [];
  return { ...COMMON_HEADERS, ...securityHeaders(ws) };
}

function answer(response: ServerResponse, secret: string): void {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(secret) };
  response.writeHead(200, headers).end(secret);
}

/** Says why, and closes the connection: what follows on it is not read. */
function refuse(response: ServerResponse, status: number, sentence: string): void {
  const { body, headers } = refusal(sentence);
  response.writeHead(status, headers).end(body);
}

/** The same where there is no response object. */
function refuseSocket(socket: Duplex, status: number, sentence: string): void {
  socket.on('error', () => socket.destroy());
  if (!socket.writable) return;
  const { body, headers } = refusal(sentence);
  const head = Object.entries({ ...COMMON_HEADERS, ...securityHeaders(), ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  // A client that goes on sending, or never closes its half, would keep the connection.
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head.join('')}\r\n${body}`);
}

function refusal(sentence: string) {
  const body = `${sentence}\n`;
  return {
    body,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    },
  };
}
