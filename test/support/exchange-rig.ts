/**
 * A client and a provider of plain TCP with the capture proxy between: made exchanges go over it, and what either side gets, the
 * tap is told and the certificate says is compared with what was sent. Throws an AssertionError where it differs.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTls, createSecureContext } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import { HOST, type MadeConnection, type MadeExchange, type Pace } from './made-exchanges.ts';
import { TestProxy, type Told } from './proxy.ts';
import { TcpEnd, tcpClient, TcpServer } from './tcp-pair.ts';

type TellType = Told<'begun' | 'request' | 'head' | 'read' | 'end' | 'closed'>['type'];

const PAUSE_MS = 2;

/** The host that a client asks for within a tunnel. */
const HOST_IN_TUNNEL = 'provider.example';

/** How a client reaches the provider: by an address of the proxy, or by a tunnel whose encryption is undone. */
interface Way {
  /** Of a request's head: what stands before its path, as it is sent and as the provider gets it, and its Host. */
  readonly prefix: readonly [sent: string, got: string];
  readonly host: string;
  readonly connect: () => Promise<TcpEnd>;
}

export class ExchangeRig {
  readonly #server: TcpServer;
  readonly #proxy: TestProxy;
  readonly #way: Way;

  private constructor(server: TcpServer, proxy: TestProxy, way: Way) {
    this.#server = server;
    this.#proxy = proxy;
    this.#way = way;
  }

  static async open(): Promise<ExchangeRig> {
    const server = await TcpServer.open();
    const proxy = await TestProxy.open([{ name: 'up', baseUrl: server.url }]);
    const connect = (): Promise<TcpEnd> => tcpClient(proxy.port);
    return new ExchangeRig(server, proxy, { prefix: ['/up', ''], host: `127.0.0.1:${proxy.port}`, connect });
  }

  static async openEncrypted(): Promise<ExchangeRig> {
    const server = await TcpServer.open();
    const proxy = await TestProxy.open();
    const { secret, certificate } = await proxy.listener.openTunnels('rig', [{ host: HOST_IN_TUNNEL, to: server.url }]);
    const credential = Buffer.from(`rig:${secret}`).toString('base64');
    const context = createSecureContext({ ca: certificate });
    const connect = async (): Promise<TcpEnd> => {
      const raw = await tcpClient(proxy.port);
      raw.write(
        `CONNECT ${HOST_IN_TUNNEL}:443 HTTP/1.1\r\nHost: ${HOST_IN_TUNNEL}\r\nProxy-Authorization: Basic ${credential}\r\n\r\n`,
      );
      await raw.until(({ received }) => received.includes('\r\n\r\n'));
      raw.socket.removeAllListeners('data');
      const socket = connectTls({ socket: raw.socket, servername: HOST_IN_TUNNEL, secureContext: context });
      await once(socket, 'secureConnect');
      return new TcpEnd(socket, () => raw.reset());
    };
    return new ExchangeRig(server, proxy, { prefix: ['/v1', '/v1'], host: HOST_IN_TUNNEL, connect });
  }

  async close(): Promise<void> {
    await Promise.all([this.#proxy.listener.close(), this.#server.close()]);
  }

  async run({ exchanges, ahead }: MadeConnection): Promise<void> {
    this.#proxy.forget();
    const client = await this.#way.connect();
    let provider: TcpEnd | undefined;
    try {
      if (ahead) provider = await this.#sendAhead(client, exchanges, ahead);
      for (const made of exchanges) provider = await this.#exchange(client, provider, made, ahead !== null);
      client.end();
      const closed = await this.#proxy.until('closed', exchanges.length);
      for (const [i, made] of exchanges.entries()) this.#check(made, closed[i]!.id);
    } finally {
      client.socket.destroy();
      provider?.socket.destroy();
    }
  }

  /** As a client asks for it, and as the provider must get it. */
  #heads({ request }: MadeExchange): { readonly sent: Buffer; readonly expected: Buffer } {
    const withHost = (prefix: string, host: string): Buffer =>
      Buffer.from(request.head.replace(HOST, prefix).replace(`Host: ${HOST}`, `Host: ${host}`), 'latin1');
    const { prefix, host } = this.#way;
    return { sent: withHost(prefix[0], host), expected: withHost(prefix[1], `127.0.0.1:${this.#server.port}`) };
  }

  async #sendAhead(client: TcpEnd, all: readonly MadeExchange[], shares: readonly number[]): Promise<TcpEnd> {
    const sent = Buffer.concat(all.flatMap((made) => [this.#heads(made).sent, made.request.framed]));
    const expected = Buffer.concat(all.flatMap((made) => [this.#heads(made).expected, made.request.framed]));
    const cuts = shares.map((share) => Math.floor(share * sent.length)).toSorted((a, b) => a - b);
    const pieces = [...cuts, sent.length].map((to, i) => sent.subarray(cuts[i - 1] ?? 0, to));
    await written(
      client,
      pieces.filter(({ length }) => length > 0),
      'turns',
    );
    const provider = await this.#server.connection();
    await provider.untilBytes(expected.length);
    equalBytes(provider.taken(), expected);
    return provider;
  }

  async #exchange(
    client: TcpEnd,
    before: TcpEnd | undefined,
    made: MadeExchange,
    wasSent: boolean,
  ): Promise<TcpEnd | undefined> {
    const provider = wasSent ? before! : await this.#head(client, before, made);
    const { request, answer, abort } = made;
    if (made.together && !wasSent)
      await Promise.all([
        pass(client, provider, request.writes, request.pace),
        pass(provider, client, answer.writes, answer.pace),
      ]);
    else {
      if (!wasSent) await this.#pass(client, provider, made, 'request');
      if (abort?.within !== 'request') await this.#pass(provider, client, made, 'answer');
    }
    if (abort) await left(client, provider, made);
    else if (made.ending !== 'stays') await ended(provider, client, made.ending);
    return provider;
  }

  async #head(client: TcpEnd, before: TcpEnd | undefined, made: MadeExchange): Promise<TcpEnd> {
    const { sent, expected } = this.#heads(made);
    const cut = sent.length >> 1;
    await written(client, [sent.subarray(0, cut), sent.subarray(cut)], made.request.pace);
    const provider = before ?? (await this.#server.connection());
    await provider.untilBytes(expected.length);
    equalBytes(provider.taken(), expected);
    return provider;
  }

  /** As much of one direction as there is before the client leaves. */
  #pass(from: TcpEnd, to: TcpEnd, made: MadeExchange, side: 'request' | 'answer'): Promise<void> {
    const { writes, pace } = made[side];
    const { abort } = made;
    if (abort?.within !== side) return pass(from, to, writes, pace);
    return pass(from, to, writes.slice(0, abort.after), 'arrived');
  }

  #check(made: MadeExchange, id: number): void {
    const own = this.#proxy.events.filter((event) => event.id === id);
    const of = <Type extends TellType>(type: Type): readonly Told<Type>[] =>
      own.filter((event): event is Told<Type> => event.type === type);
    const { abort, request, answer } = made;
    const requestData = Buffer.concat(of('request').map(({ bytes }) => bytes));
    const leftEarly = abort?.within === 'request';
    equalBytes(requestData, leftEarly ? request.data!.subarray(0, requestData.length) : request.data!);
    const data = Buffer.concat(of('read').map(({ bytes }) => bytes));
    if (answer.data) equalBytes(data, answer.data.subarray(0, data.length));
    const how = expectedEnd(made);
    deepEqual(
      of('end').map(({ end }) => end.how),
      [how],
    );
    if (how === 'end') {
      equal(data.length, answer.data!.length);
      equal(of('head')[0]!.head.status, made.status);
    }
    const { certificate } = of('closed')[0]!;
    for (const side of ['request', 'answer'] as const) {
      const framed = passedOf(made, side);
      const crossing = certificate![side];
      deepEqual(crossing.in, { bytes: framed.length, reads: crossing.in.reads, sha256: sha256(framed) });
      deepEqual(crossing.out, crossing.in);
    }
  }
}

function expectedEnd({ abort, whole }: MadeExchange): 'end' | 'reset' | 'cancelled' {
  if (abort && !(abort.how === 'end' && abort.within === 'answer' && whole)) return 'cancelled';
  return whole ? 'end' : 'reset';
}

/** What of a body was on its way before the client left. */
function passedOf({ abort, request, answer }: MadeExchange, side: 'request' | 'answer'): Buffer {
  const { framed } = side === 'request' ? request : answer;
  if (!abort || (abort.within === 'answer' && (side === 'request' || abort.how === 'end'))) return framed;
  if (abort.within !== side) return Buffer.alloc(0);
  const { head, writes } = side === 'request' ? request : answer;
  const passed = Buffer.concat(writes.slice(0, abort.after));
  return side === 'request' ? passed : passed.subarray(Math.min(passed.length, Buffer.byteLength(head, 'latin1')));
}

/** The client leaves, and what its provider still does reaches it as far as it listens. */
async function left(client: TcpEnd, provider: TcpEnd, { abort, answer, ending, whole }: MadeExchange): Promise<void> {
  const { how, within, after } = abort!;
  if (how === 'reset') client.reset();
  else client.end();
  equal(await provider.untilEnded(), how);
  if (how === 'reset') return;
  if (within === 'answer') await pass(provider, client, answer.writes.slice(after), answer.pace);
  if (within === 'request') await ended(provider, client, 'end');
  // Nothing is under way behind a whole answer: what becomes of the connection then is nobody's.
  else if (ending === 'end' || (ending === 'reset' && !whole)) await ended(provider, client, ending);
  else equal(await client.untilEnded(), 'end');
}

async function ended(provider: TcpEnd, client: TcpEnd, how: 'end' | 'reset'): Promise<void> {
  if (how === 'end') provider.end();
  else provider.reset();
  equal(await client.untilEnded(), how);
  equalBytes(client.taken(), Buffer.alloc(0));
}

/** Writes piece by piece, and expects them on the other side, where nothing else comes. */
async function pass(from: TcpEnd, to: TcpEnd, pieces: readonly Buffer[], pace: Pace): Promise<void> {
  const expected = pace === 'arrived' ? pieces : [Buffer.concat(pieces)];
  if (pace !== 'arrived') await written(from, pieces, pace);
  for (const piece of expected) {
    if (pace === 'arrived') from.write(piece);
    await to.untilBytes(piece.length);
    equalBytes(to.taken(), piece);
  }
}

async function written(from: TcpEnd, pieces: readonly Buffer[], pace: Pace): Promise<void> {
  for (const piece of pieces) {
    from.write(piece);
    if (pace === 'turns') await new Promise(setImmediate);
    if (pace === 'pauses') await pause(PAUSE_MS);
  }
}

function equalBytes(actual: Buffer, expected: Buffer): void {
  if (actual.equals(expected)) return;
  const at = actual.findIndex((byte, i) => byte !== expected[i]);
  const from = at < 0 ? actual.length : at;
  const shown = (bytes: Buffer): string => JSON.stringify(bytes.toString('latin1', from, from + 80));
  throw new Error(
    `${actual.length} bytes in place of ${expected.length} differ from byte ${from} on: ${shown(actual)} in place of ${shown(expected)}`,
  );
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
