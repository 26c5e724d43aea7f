/**
 * A WebSocket as the exchanges that it carries: each request of the client, such as `response.create` of the Responses API, and the
 * server's messages up to the one that ends its answer. A server answers them one after the other, so that a request that is sent
 * before waits. What a socket of another API carries is one exchange, as nobody knows where an answer ends.
 */
import { objectOf, stringOf } from '../../../../shared/json/json-object.ts';
import { payloadOf } from '../../../../shared/framing/frame.ts';
import { OPCODES, WebSocketFramer } from '../../../../shared/framing/websocket.ts';
import type { SentMessage } from '../../../../shared/model/capture.ts';
import type { Framed } from '../../../../shared/model/stream.ts';
import { apiOfUrl, factsOf } from '../../../../shared/providers/detect.ts';
import { providerOf } from '../../../../shared/providers/registry.ts';
import type { TapEvent } from '../forward/tap.ts';
import type { CapturedExchange } from './captured-exchange.ts';
import {
  agreedDeflate,
  ClientMessages,
  ServerMessages,
  UnreadableMessage,
  type ClientMessage,
  type SocketMessage,
} from './socket-messages.ts';

export interface SocketExchangesSetup {
  readonly url: string;
  /** Of the answer that changed the protocol. */
  readonly extensions: string;
  /** What began as a request for a WebSocket: the first exchange over it. */
  readonly first: CapturedExchange;
  /** Another one, which begins so many nanoseconds behind the first. */
  readonly open: (tNs: number) => CapturedExchange;
}

/** An exchange, and when it began behind the first. */
interface Turn {
  readonly exchange: CapturedExchange;
  readonly startNs: number;
}

const KINDS = new Map<number, SentMessage['kind']>([
  [OPCODES.text, 'text'],
  [OPCODES.binary, 'binary'],
  [OPCODES.close, 'close'],
  [OPCODES.ping, 'ping'],
  [OPCODES.pong, 'pong'],
]);
const MAX_TYPE_CHARS = 100;

export class SocketExchanges {
  readonly #setup: SocketExchangesSetup;
  readonly #client: ClientMessages;
  readonly #server: ServerMessages;
  readonly #framer = new WebSocketFramer();
  /** Tells the end of an answer; undefined where nobody can. */
  readonly #ends: ((framed: Framed) => boolean) | undefined;
  readonly #turns: Turn[];
  /** Undefined between two answers. */
  #current: Turn | undefined;
  /** The `type` of what begins an exchange: of the first message that is JSON. */
  #begins: string | undefined;
  #asked = false;
  /** Requests that were sent before the answer to another was complete. */
  readonly #waiting: ClientMessage[] = [];
  #reads = 0;
  /** Of the server's messages: bytes that came, and up to where they were given to an exchange. */
  #came = 0;
  #given = 0;
  /** Those that were not. */
  #held: Buffer = Buffer.alloc(0);
  #unreadable = false;

  constructor(setup: SocketExchangesSetup) {
    this.#setup = setup;
    const deflate = agreedDeflate(setup.extensions);
    this.#client = new ClientMessages(deflate);
    this.#server = new ServerMessages(deflate);
    const api = apiOfUrl(setup.url);
    const ends = api === null ? undefined : providerOf(api).ends;
    this.#ends = ends && ((framed) => framed.type === 'frame' && ends(factsOf(framed.frame)));
    this.#current = { exchange: setup.first, startNs: 0 };
    this.#turns = [this.#current];
  }

  /** In order. */
  take(event: TapEvent): void {
    switch (event.type) {
      case 'sent':
        return this.#readable(() => this.#sent(Buffer.from(event.bytes), event.tNs));
      case 'read':
        return this.#readable(() => this.#read(Buffer.from(event.bytes), event.tNs));
      case 'end':
        return this.#end(event);
      case 'closed':
        for (const turn of this.#turns) give(turn, event);
        return undefined;
      default:
        return give(this.#latest, event);
    }
  }

  get waiting(): number {
    return this.#turns.reduce((sum, { exchange }) => sum + exchange.waiting, this.#held.length);
  }

  /** See CapturedExchange. */
  abandon(): void {
    for (const { exchange } of this.#turns) exchange.abandon();
  }

  /** See CapturedExchange. */
  fail(reason: string): void {
    for (const { exchange } of this.#turns) exchange.fail(reason);
  }

  get #latest(): Turn {
    return this.#current ?? this.#turns.at(-1)!;
  }

  /** After bytes that cannot be read, nothing that follows can: the exchange goes on without being kept. */
  #readable(read: () => void): void {
    if (this.#unreadable) return;
    try {
      read();
    } catch (error) {
      if (!(error instanceof UnreadableMessage)) throw error;
      this.#unreadable = true;
      this.#latest.exchange.unreadable(error.message);
    }
  }

  // From the client

  #sent(bytes: Buffer, tNs: number): void {
    for (const message of this.#client.feed(bytes)) this.#said(read(message, tNs));
  }

  #said(message: ClientMessage): void {
    const type = message.json && (message.sent.type ?? '');
    if (type !== undefined) this.#begins ??= type;
    const begins = type !== undefined && type === this.#begins;
    if (begins && this.#current && this.#asked && this.#ends) this.#waiting.push(message);
    else if (begins && !this.#current) this.#begin(message);
    else this.#tell(this.#latest, message);
  }

  #tell(turn: Turn, message: ClientMessage): void {
    if (message.json) this.#asked = true;
    const tNs = Math.max(0, message.sent.tNs - turn.startNs);
    turn.exchange.said({ ...message, sent: { ...message.sent, tNs } });
  }

  #begin(request: ClientMessage | undefined, tNs = request?.sent.tNs ?? 0): Turn {
    const turn = { exchange: this.#setup.open(tNs), startNs: tNs };
    this.#turns.push(turn);
    this.#current = turn;
    this.#asked = false;
    if (request) this.#tell(turn, request);
    return turn;
  }

  // From the server

  #read(bytes: Buffer, tNs: number): void {
    this.#latest.exchange.crossed(bytes.length);
    const kept = this.#server.feed(bytes);
    if (kept.length === 0) return;
    const framed = this.#ends ? this.#framer.feed({ n: this.#reads++, tNs, offset: this.#came, bytes: kept }) : [];
    this.#came += kept.length;
    this.#held = this.#held.length === 0 ? kept : Buffer.concat([this.#held, kept]);
    for (const one of framed) this.#framed(one, tNs);
    if (this.#current) this.#give(this.#came, tNs);
  }

  #framed(framed: Framed, tNs: number): void {
    const [, end] = placeOf(framed);
    if (end <= this.#given) return;
    if (!this.#current) {
      // Between two answers a socket is only kept alive, or closed.
      if (framed.type === 'comment') {
        this.#skip(end);
        return;
      }
      this.#begin(undefined, tNs);
    }
    if (!this.#ends!(framed)) return;
    this.#give(end, tNs);
    give(this.#current!, { id: 0, tNs, type: 'end', end: { how: 'end' }, trailers: [] });
    this.#current = undefined;
    const next = this.#waiting.shift();
    if (next) this.#begin(next);
  }

  #give(to: number, tNs: number): void {
    const bytes = this.#skip(to);
    const { exchange, startNs } = this.#current!;
    if (bytes.length > 0) exchange.message(bytes, Math.max(0, tNs - startNs));
  }

  /** The bytes up to this place, which are no longer held. */
  #skip(to: number): Buffer {
    const count = to - this.#given;
    const bytes = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(count);
    this.#given = to;
    return bytes;
  }

  #end(event: Extract<TapEvent, { readonly type: 'end' }>): void {
    const cut = this.#server.end();
    if (this.#current && cut.length > 0 && !this.#unreadable)
      this.#current.exchange.message(cut, event.tNs - this.#current.startNs);
    if (this.#current) give(this.#current, event);
    // Nobody has answered them.
    for (const request of this.#waiting.splice(0)) give(this.#begin(request), event);
  }
}

function give({ exchange, startNs }: Turn, event: TapEvent): void {
  exchange.take({ ...event, tNs: Math.max(0, event.tNs - startNs) });
}

function placeOf(framed: Framed): readonly [start: number, end: number] {
  const { start, end } = framed.type === 'frame' ? framed.frame : framed;
  return [start, end];
}

function read({ opcode, payload }: SocketMessage, tNs: number): ClientMessage {
  const kind = KINDS.get(opcode) ?? 'binary';
  const parsed = kind === 'text' ? payloadOf(payload.toString('utf8')) : undefined;
  const json = (parsed?.ok && objectOf(parsed.value)) || undefined;
  const type = stringOf(json?.['type'])?.slice(0, MAX_TYPE_CHARS);
  return { sent: { tNs, kind, bytes: payload.length, ...(type !== undefined && { type }) }, json };
}
