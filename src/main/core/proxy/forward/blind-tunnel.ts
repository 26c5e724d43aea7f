/** A tunnel that passes bytes between a client and a server as they come, until both have ended. It looks at none. */
import type { Socket } from 'node:net';
import { refusalBytes, unreachable } from './refusals.ts';
import type { Target } from './routes.ts';
import { Upstream, type UpstreamFailure } from './upstream.ts';

/** One end of a connection that was handed over: of the proxy until it is closed. */
export interface TakenOver {
  readonly session: string;
  readonly closed: Promise<void>;
  destroy(): void;
}

export interface BlindTunnelSetup {
  /** The client's, paused. */
  readonly socket: Socket;
  /** What was read of it already. */
  readonly rest: Buffer;
  readonly session: string;
  readonly target: Target;
  /** Of this proxy. */
  readonly port: number;
  /** What the client is told once there is a connection. */
  readonly established: string;
}

export class BlindTunnel implements TakenOver {
  readonly session: string;
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #upstream: Upstream;

  constructor({ socket, rest, session, target, port, established }: BlindTunnelSetup) {
    this.session = session;
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once('close', () => resolve());
    });
    // What is encrypted in it is the client's and the server's own affair.
    this.#upstream = new Upstream({ ...target, secure: false }, port, {
      connected: () => this.#connected(rest, established),
      data: (bytes) => {
        if (!socket.write(bytes)) this.#upstream.pause();
      },
      ended: () => socket.end(),
      failed: (failure) => this.#failed(failure, target),
      drained: () => socket.resume(),
    });
    socket.on('drain', () => this.#upstream.resume());
    socket.on('error', () => this.#upstream.reset());
    socket.on('close', () => this.#upstream.close());
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #connected(rest: Buffer, established: string): void {
    const socket = this.#socket;
    socket.write(established);
    if (rest.length > 0) this.#send(rest);
    socket.on('data', (bytes: Buffer) => this.#send(bytes));
    socket.on('end', () => this.#upstream.end());
    socket.resume();
  }

  #send(bytes: Buffer): void {
    if (!this.#upstream.outlet.write(bytes, process.hrtime.bigint()).more) this.#socket.pause();
  }

  #failed({ phase, reason, wasOpen }: UpstreamFailure, { host }: Target): void {
    if (wasOpen) this.#socket.resetAndDestroy();
    else this.#socket.end(refusalBytes(unreachable(phase, host, reason)), () => this.#socket.destroy());
  }
}
