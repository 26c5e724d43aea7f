/**
 * One connection to a provider, for one client connection alone. It passes on what it is told and tells what comes, ends
 * and breaks; what any of it means is the client connection's to say.
 */
import { lookup as lookupName, type LookupAddress } from 'node:dns';
import { isIP, Socket, type LookupFunction } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RequestPhase } from '../../../../shared/metrics/http-wording.ts';
import { Outlet } from './outlet.ts';
import { LINK_LOCAL, LOOP } from './refusals.ts';
import type { Target } from './routes.ts';

export interface UpstreamListener {
  /** There is a connection, without its encryption yet. */
  connected?(): void;
  /** One read; `at`: when it came. */
  data(bytes: Buffer, at: bigint): void;
  /** The provider sends nothing any more; its last bytes were told. */
  ended(): void;
  /** It broke, or never came to be. Nothing is told after it. */
  failed(failure: UpstreamFailure): void;
  /** It takes bytes again. */
  drained(): void;
}

export interface UpstreamFailure {
  readonly phase: RequestPhase;
  /** The system's word, such as ECONNRESET. */
  readonly reason: string;
  /** There was a connection, and it broke. */
  readonly wasOpen: boolean;
}

const PROBE_AFTER_MS = 60_000;

/** 169.254.0.0/16 and fe80::/10: a cloud's metadata service answers there, and no provider does. */
const isLinkLocal = (address: string): boolean => /^(?:::ffff:)?169\.254\.|^fe[89ab][0-9a-f]:/i.test(address);

export const targetKey = ({ secure, hostname, port }: Target): string =>
  `${secure ? 'https' : 'http'}://${hostname}:${port}`;

export class Upstream {
  readonly target: Target;
  /** What is sent. */
  readonly outlet: Outlet;
  readonly #raw = new Socket({ allowHalfOpen: true });
  readonly #socket: Socket;
  readonly #listener: UpstreamListener;
  #phase: RequestPhase;
  #over = false;

  /** `own`: the port of this proxy, to which it does not connect. */
  constructor(target: Target, own: number, listener: UpstreamListener) {
    this.target = target;
    this.#listener = listener;
    const { secure, hostname, port } = target;
    const numeric = isIP(hostname) !== 0;
    this.#phase = numeric ? 'connect' : 'dns';
    const raw = this.#raw;
    raw.setNoDelay(true);
    raw.setKeepAlive(true, PROBE_AFTER_MS);
    raw.once('lookup', (error) => {
      if (!error) this.#phase = 'connect';
    });
    raw.once('connect', () => {
      if (raw.remotePort === own && raw.remoteAddress === raw.localAddress) return this.#refuse(LOOP);
      this.#phase = secure ? 'tls' : 'headers';
      return listener.connected?.();
    });
    this.#socket = secure ? this.#withTls(hostname) : raw;
    this.outlet = new Outlet(this.#socket);
    this.#socket.on('data', (bytes: Buffer) => {
      const at = process.hrtime.bigint();
      if (!this.#over) listener.data(bytes, at);
    });
    this.#socket.on('end', () => {
      if (!this.#over) listener.ended();
    });
    this.#socket.on('drain', () => {
      if (!this.#over) listener.drained();
    });
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#fail(error.code ?? error.message));
    this.#socket.on('close', () => this.#fail('the connection was closed'));
    if (isLinkLocal(hostname)) process.nextTick(() => this.#refuse(LINK_LOCAL));
    else raw.connect({ host: hostname, port, lookup });
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Nothing more is sent; what comes is still read. */
  end(): void {
    this.#socket.end();
  }

  /** Lets go of it. Nothing is told after it. */
  close(): void {
    this.#over = true;
    this.#socket.destroy();
    this.#raw.destroy();
  }

  /** Breaks it, so that the provider sees a connection that was reset. Nothing is told after it. */
  reset(): void {
    this.#over = true;
    this.#raw.resetAndDestroy();
    this.#socket.destroy();
  }

  #withTls(hostname: string): Socket {
    const socket = connectTls({
      socket: this.#raw,
      ALPNProtocols: ['http/1.1'],
      ...(isIP(hostname) === 0 && { servername: hostname }),
      host: hostname,
      // Said here, no variable of the environment turns it off.
      rejectUnauthorized: true,
    });
    socket.allowHalfOpen = true;
    socket.once('secureConnect', () => {
      this.#phase = 'headers';
    });
    this.#raw.on('error', (error: NodeJS.ErrnoException) => this.#fail(error.code ?? error.message));
    return socket;
  }

  #refuse(reason: string): void {
    this.#fail(reason);
    this.#raw.destroy();
  }

  #fail(reason: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#listener.failed({ phase: this.#phase, reason, wasOpen: this.#phase === 'headers' });
  }
}

/** As the system looks names up, without addresses that are link-local. */
const lookup: LookupFunction = (hostname, options, callback) => {
  lookupName(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    const allowed = error ? [] : addresses.filter(({ address }) => !isLinkLocal(address));
    const [first] = allowed;
    if (error) callback(error, '');
    else if (!first) callback(Object.assign(new Error(LINK_LOCAL), { code: LINK_LOCAL }), '');
    else if (options.all) callback(null, allowed);
    else callback(null, first.address, first.family);
  });
};
