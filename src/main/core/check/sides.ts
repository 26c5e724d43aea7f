/**
 * The two ends between which another proxy stands while it is examined: a client that sees each read of an answer, and a server
 * that says each write of it. Both are of plain sockets, so that nothing is tidied up on the way.
 */
import { byteCount } from '../../../shared/model/byte-count.ts';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Field, Head, RequestLine, StatusLine } from '../proxy/http/head.ts';
import { AnswerReader, RequestReader } from '../proxy/http/messages.ts';
import { targetOf } from '../proxy/forward/routes.ts';
import { Upstream } from '../proxy/forward/upstream.ts';
import { Signal } from '../watch/signal.ts';

export type RequestHead = Head & { readonly line: RequestLine };
export type AnswerHead = Head & { readonly line: StatusLine };

/** How a connection is over, as one end sees it. */
export type Ended = 'end' | 'broken';

/** Waits for what is told of a connection, for so long. Both sides have one signal: each may wait for what the other sees. */
class Watched {
  readonly signal: Signal;

  constructor(signal: Signal) {
    this.signal = signal;
  }

  protected changed(): void {
    this.signal.call();
  }

  /** Whether it came to hold in so many milliseconds. */
  async holds(is: () => boolean, patienceMs: number): Promise<boolean> {
    const patience = AbortSignal.timeout(Math.max(0, Math.ceil(patienceMs)));
    while (!is() && !patience.aborted) await this.signal.next(patience);
    return is();
  }
}

/** One request, and what comes of it. Times are milliseconds of `performance.now()`. */
export class CheckClient extends Watched {
  readonly informational: AnswerHead[] = [];
  head: AnswerHead | undefined;
  /** The body's data, read by read. */
  readonly reads: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  trailers: readonly Field[] = [];
  /** The answer is whole, as its framing has it. */
  whole = false;
  ended: Ended | undefined;
  /** Why there was no connection, in the system's word. */
  unreachable: string | undefined;
  /** Bytes that follow a change of the protocol. */
  readonly tunnelled: Buffer[] = [];
  readonly #upstream: Upstream;
  readonly #reader: AnswerReader;

  constructor(url: URL, method: string, signal: Signal) {
    super(signal);
    this.#reader = new AnswerReader(() => method);
    this.#upstream = new Upstream(targetOf(url), 0, {
      data: (bytes) => this.#take(bytes),
      ended: () => this.#end('end'),
      failed: ({ reason, wasOpen }) => {
        if (!wasOpen) this.unreachable = reason;
        this.#end('broken');
      },
      drained: () => undefined,
    });
  }

  get data(): Buffer {
    return Buffer.concat(this.reads.map(({ bytes }) => bytes));
  }

  get bytes(): number {
    return byteCount(this.reads);
  }

  write(bytes: string | Uint8Array): void {
    this.#upstream.outlet.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, 0n);
  }

  /** Leaves, as a program that has had enough. */
  close(): void {
    this.#upstream.close();
  }

  #take(bytes: Buffer): void {
    const at = performance.now();
    for (let from = 0; from < bytes.length;) {
      const part = this.#reader.next(bytes, from);
      const { head } = part;
      if (head && head.line.status < 200 && head.line.status !== 101) this.informational.push(head);
      else if (head) this.head = head;
      if (head?.line.status === 101) this.#reader.tunnel();
      if (part.of === 'rest') this.tunnelled.push(bytes.subarray(from, part.to));
      else if (part.of === 'body') this.#data(bytes, part.data, at);
      if (part.ends) {
        this.whole = true;
        this.trailers = part.trailers ?? [];
      }
      from = part.to;
    }
    this.changed();
  }

  #data(bytes: Buffer, ranges: readonly number[], at: number): void {
    const pieces: Buffer[] = [];
    for (let i = 0; i < ranges.length; i += 2) pieces.push(bytes.subarray(ranges[i], ranges[i + 1]));
    const data = Buffer.concat(pieces);
    if (data.length > 0) this.reads.push({ at, bytes: data });
  }

  #end(ended: Ended): void {
    this.ended ??= ended;
    if (ended === 'end' && this.#reader.untilClose && this.head) this.whole = true;
    this.changed();
  }
}

/** One request as the server behind the proxy gets it, on a connection of the proxy's. */
export class CheckRequest extends Watched {
  readonly head: RequestHead;
  readonly #socket: Socket;
  #body: Uint8Array[] = [];
  whole = false;
  ended: Ended | undefined;
  readonly tunnelled: Buffer[] = [];

  constructor(head: RequestHead, socket: Socket, signal: Signal) {
    super(signal);
    this.head = head;
    this.#socket = socket;
  }

  get body(): Buffer {
    return Buffer.concat(this.#body);
  }

  take(bytes: Uint8Array): void {
    this.#body.push(bytes);
    this.changed();
  }

  tunnel(bytes: Buffer): void {
    this.tunnelled.push(bytes);
    this.changed();
  }

  complete(): void {
    this.whole = true;
    this.changed();
  }

  over(ended: Ended): void {
    this.ended ??= ended;
    this.changed();
  }

  write(bytes: string | Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  end(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }
}

/** The server behind the proxy. Requests are taken in the order in which their heads came. */
export class CheckServer extends Watched {
  readonly port: number;
  readonly requests: CheckRequest[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    super(new Signal());
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket: Socket) => this.#connected(socket));
  }

  /** Rejects with the system's error where the port is taken. */
  static async open(port: number): Promise<CheckServer> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new CheckServer(server);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await once(this.#server.close(), 'close');
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    const reader = new RequestReader();
    let current: CheckRequest | undefined;
    socket.on('data', (bytes: Buffer) => {
      for (let from = 0; from < bytes.length;) {
        let part;
        try {
          part = reader.next(bytes, from);
        } catch {
          return socket.destroy();
        }
        if (part.head) {
          current = new CheckRequest(part.head, socket, this.signal);
          this.requests.push(current);
        }
        if (part.of === 'rest') current?.tunnel(bytes.subarray(from, part.to));
        for (let i = 0; i < part.data.length && part.of === 'body'; i += 2)
          current?.take(bytes.subarray(part.data[i], part.data[i + 1]));
        if (part.ends) current?.complete();
        // What comes behind a request for another protocol is for that protocol, once it was granted.
        if (part.ends && current && isUpgrade(current.head)) reader.tunnel();
        from = part.to;
      }
      return this.changed();
    });
    const over = (ended: Ended) => (): void => {
      current?.over(ended);
      this.changed();
    };
    socket.on('end', over('end'));
    socket.on('error', over('broken'));
    socket.on('close', () => {
      this.#sockets.delete(socket);
      over('broken')();
    });
  }
}

const isUpgrade = ({ fields }: Head): boolean => fields.some(({ name }) => name.toLowerCase() === 'upgrade');
