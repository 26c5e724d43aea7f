/** Recorders of the bytes on both sides of the proxy: a server and a client of plain TCP, which know no HTTP. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Signal } from '../../src/main/core/watch/signal.ts';

/** How a side's connection is over, as it sees it. */
export type Ended = 'end' | 'reset';

/** One end of a connection, with all that it has received. */
export class TcpEnd {
  readonly socket: Socket;
  /** Each read as it came. */
  readonly reads: Buffer[] = [];
  /** How the other side ended it; undefined while it has not. */
  ended: Ended | undefined;
  #bytes = 0;
  readonly #changed = new Signal();

  readonly #break: () => void;

  /** `reset`: how its connection is broken, where the socket is encrypted. */
  constructor(socket: Socket, reset: () => void = () => socket.resetAndDestroy()) {
    this.socket = socket;
    this.#break = reset;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.reads.push(bytes);
      this.#bytes += bytes.length;
      this.#changed.call();
    });
    socket.on('end', () => this.#end('end'));
    socket.on('error', () => this.#end('reset'));
    socket.on('close', () => this.#end('reset'));
  }

  get received(): Buffer {
    return Buffer.concat(this.reads);
  }

  /** How many bytes it has received. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What it has received, which is forgotten. */
  taken(): Buffer {
    this.#bytes = 0;
    return Buffer.concat(this.reads.splice(0));
  }

  /** Resolves once `is` holds, which is asked after each change. Rejects when the connection ends before. */
  async until(is: (end: TcpEnd) => boolean): Promise<void> {
    while (!is(this)) {
      if (this.ended) throw new Error(`The connection ended (${this.ended}) with: ${this.received.toString('latin1')}`);
      await this.#changed.next(new AbortController().signal);
    }
  }

  async untilBytes(count: number): Promise<void> {
    await this.until(() => this.#bytes >= count);
  }

  /** Resolves with how the other side ended it. */
  async untilEnded(): Promise<Ended> {
    while (!this.ended) await this.#changed.next(new AbortController().signal);
    return this.ended;
  }

  write(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  end(): void {
    this.socket.end();
  }

  reset(): void {
    this.#break();
  }

  #end(ended: Ended): void {
    this.ended ??= ended;
    this.#changed.call();
  }
}

export async function tcpClient(port: number, host = '127.0.0.1'): Promise<TcpEnd> {
  const socket = connect({ port, host, allowHalfOpen: true });
  await once(socket, 'connect');
  return new TcpEnd(socket);
}

/** A server whose connections are taken one after the other. */
export class TcpServer {
  readonly port: number;
  readonly #server: Server;
  readonly #waiting: TcpEnd[] = [];
  readonly #open = new Set<TcpEnd>();
  #connections = 0;
  readonly #changed = new Signal();

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (socket: Socket) => {
      const end = new TcpEnd(socket);
      this.#connections++;
      this.#open.add(end);
      socket.on('close', () => this.#open.delete(end));
      this.#waiting.push(end);
      this.#changed.call();
    });
  }

  static async open(): Promise<TcpServer> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Connections so far. */
  get connections(): number {
    return this.#connections;
  }

  /** The next connection that comes, or came and was not taken. */
  async connection(): Promise<TcpEnd> {
    while (this.#waiting.length === 0) await this.#changed.next(new AbortController().signal);
    return this.#waiting.shift()!;
  }

  async close(): Promise<void> {
    for (const { socket } of this.#open) socket.destroy();
    await once(this.#server.close(), 'close');
  }
}

/** The head of a message without its blank line, and what follows. */
export function headAndBody(bytes: Buffer): { readonly lines: readonly string[]; readonly body: Buffer } | undefined {
  const at = bytes.indexOf('\r\n\r\n');
  if (at < 0) return undefined;
  return { lines: bytes.toString('latin1', 0, at).split('\r\n'), body: bytes.subarray(at + 4) };
}
