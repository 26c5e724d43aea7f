/**
 * The proxy as an HTTPS_PROXY, for programs of sessions alone: who asks for a tunnel (`CONNECT`) must have the session's secret.
 * Connections to the hosts that the session names are read: their encryption is undone with a certificate that the session's
 * program trusts, and made again towards the provider. All others pass as they are, and nobody looks into them.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { EndpointId } from '../../../../shared/model/ids.ts';
import { valuesOf } from '../http/head.ts';
import { rewrittenRequest } from '../http/rewrite.ts';
import { targetRefusal } from './admission.ts';
import type { CertificateAuthority } from './authority.ts';
import { BlindTunnel, type TakenOver } from './blind-tunnel.ts';
import type { Handover, Passing, RequestHead } from './connection.ts';
import type { Refusal } from './refusals.ts';
import { behind, type Target } from './routes.ts';

/** Servers whose connections are read. */
export interface ReadHost {
  /** In small letters, with a port where it is not 443. `*` stands for any one label. */
  readonly host: string;
  readonly endpoint?: EndpointId;
  /** Base URL of the server that is asked in its place. */
  readonly to?: string;
}

/** How a session's program reaches the proxy, and what it must trust. */
export interface OpenedTunnels {
  readonly secret: string;
  /** PEM. */
  readonly certificate: string;
}

export interface TunnelsSetup {
  /** Where the proxy listens. */
  readonly port: number;
  /** Speaks HTTP over a connection whose encryption is undone. */
  readonly serve: (socket: TLSSocket, raw: Socket, how: ServedTls) => void;
  readonly tookOver: (taken: TakenOver) => void;
}

export interface ServedTls {
  readonly passing: Passing;
  readonly offered: () => readonly string[];
}

interface TunnelSession {
  readonly secret: Buffer;
  readonly hosts: readonly ReadHost[];
  readonly authority: CertificateAuthority;
  /** Connections to hosts that ended before they were encrypted, by host. */
  readonly distrusted: Map<string, number>;
}

const SECRET_BYTES = 24;
const HTTPS_PORT = 443;
const HTTP = 'http/1.1';
const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n';
const AUTHORITY = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/;

const NO_TUNNEL: Refusal = {
  status: 407,
  sentence:
    'Tunnels are for programs that `tracelane capture --https-proxy` has started. Use this address as a base URL.',
};

export class Tunnels {
  readonly #setup: TunnelsSetup;
  readonly #sessions = new Map<string, TunnelSession>();

  constructor(setup: TunnelsSetup) {
    this.#setup = setup;
  }

  async open(session: string, hosts: readonly ReadHost[]): Promise<OpenedTunnels> {
    // Most proxies are never asked for a tunnel.
    const { CertificateAuthority } = await import('./authority.ts');
    const secret = randomBytes(SECRET_BYTES).toString('hex');
    const authority = new CertificateAuthority();
    this.#sessions.set(session, { secret: Buffer.from(secret), hosts, authority, distrusted: new Map() });
    return { secret, certificate: authority.certificate };
  }

  /** Returns the hosts whose connections the program ended before they were encrypted, and how many those were. */
  close(session: string): readonly (readonly [host: string, connections: number])[] {
    const found = this.#sessions.get(session);
    this.#sessions.delete(session);
    return [...(found?.distrusted ?? [])];
  }

  /** What becomes of a `CONNECT`. */
  passing(head: RequestHead): Refusal | Handover {
    const [id, session] = this.#sessionOf(head) ?? [];
    if (id === undefined || !session) return NO_TUNNEL;
    const target = targetOfAuthority(head.line.target);
    if (!target) return { status: 400, sentence: 'A tunnel leads to a host and a port, such as api.example.com:443.' };
    const host = session.hosts.find((one) => isHostOf(one.host, target.host));
    return {
      takeOver: (socket, rest) => {
        if (host) this.#read(socket, rest, { id, session, host, target });
        else this.#pass(socket, rest, id, target);
      },
    };
  }

  #sessionOf(head: RequestHead): readonly [string, TunnelSession] | undefined {
    const [credential = ''] = valuesOf(head, 'proxy-authorization');
    const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(credential)?.[1] ?? '';
    const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString('utf8').split(':', 2);
    const session = this.#sessions.get(id);
    const given = Buffer.from(secret);
    const known = session?.secret.length === given.length && timingSafeEqual(session.secret, given);
    return session && known ? [id, session] : undefined;
  }

  /** Nobody looks into it. */
  #pass(socket: Socket, rest: Buffer, session: string, target: Target): void {
    const { port, tookOver } = this.#setup;
    tookOver(new BlindTunnel({ socket, rest, session, target, port, established: ESTABLISHED }));
  }

  #read(
    raw: Socket,
    rest: Buffer,
    {
      id,
      session,
      host,
      target,
    }: {
      readonly id: string;
      readonly session: TunnelSession;
      readonly host: ReadHost;
      readonly target: Target;
    },
  ): void {
    let offered: readonly string[] = [];
    let encrypted = false;
    raw.write(ESTABLISHED);
    if (rest.length > 0) raw.unshift(rest);
    const socket = new TLSSocket(raw, {
      isServer: true,
      secureContext: session.authority.contextFor(target.hostname),
      ALPNCallback: ({ protocols }) => {
        offered = protocols;
        return protocols.includes(HTTP) ? HTTP : undefined;
      },
    });
    socket.once('secure', () => {
      encrypted = true;
    });
    socket.once('close', () => {
      const before = session.distrusted.get(target.host) ?? 0;
      if (!encrypted) session.distrusted.set(target.host, before + 1);
    });
    raw.on('error', () => socket.destroy());
    this.#setup.serve(socket, raw, { passing: readPassing(id, host, target), offered: () => offered });
  }
}

/** Where a request within a tunnel goes: to the host that the tunnel leads to, as it is; or to another that was put in its place. */
function readPassing(session: string, { endpoint, to }: ReadHost, own: Target): Passing {
  return (head) => {
    const hosts = valuesOf(head, 'host');
    if (hosts.length !== 1 || !isAsked(hosts[0]!, own))
      return { status: 400, sentence: `The Host of the request is not ${own.host}, which its tunnel leads to.` };
    const { target: asked } = head.line;
    const refusal = to === undefined ? undefined : targetRefusal(head.line);
    if (refusal) return refusal;
    const { target, path } = to === undefined ? { target: own, path: asked } : behind(to, asked);
    const host = to === undefined ? hosts[0]! : target.host;
    const place = { name: own.host, ...(endpoint !== undefined && { endpoint }) };
    return { route: place, session, target, path, ...rewrittenRequest(head, { target: path, host }) };
  };
}

const isAsked = (host: string, { hostname, host: own, port }: Target): boolean =>
  [own, `${bracketed(hostname)}:${port}`].includes(host.toLowerCase());

const bracketed = (hostname: string): string => (isIP(hostname) === 6 ? `[${hostname}]` : hostname);

/** The target of a tunnel; undefined for what is no host and port. */
function targetOfAuthority(text: string): Target | undefined {
  const [, name = '', digits = ''] = AUTHORITY.exec(text) ?? [];
  const port = Number(digits);
  if (name === '' || port < 1 || port > 65_535) return undefined;
  const hostname = name.toLowerCase();
  return {
    secure: true,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port,
    host: port === HTTPS_PORT ? hostname : `${hostname}:${port}`,
  };
}

/** `host`: in small letters, with a port where it is not 443. */
export function isHostOf(pattern: string, host: string): boolean {
  const [wanted, given] = [pattern.split('.'), host.split('.')];
  return wanted.length === given.length && wanted.every((label, i) => label === '*' || label === given[i]);
}
