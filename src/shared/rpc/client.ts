/**
 * The window's half of the contract: calls and streams over whatever port the host gives, and over a new one when that is
 * lost. Streams go on where they stood, questions that only read are asked again; anything else that was under way fails
 * with a sentence, because nobody can say whether it was done.
 */
import { itemsOf } from '../model/packed-items.ts';
import { Alive, BEAT_MS } from './heartbeat.ts';
import type { ItemOf, MethodName, ParamsOf, ResultOf, StreamName } from './contract.ts';
import { ACK_SIZE, MAX_FRAME, parseServerFrame, type ClientFrame, type Piece, type ServerFrame } from './frames.ts';
import { Pieces } from './pieces.ts';
import type { Port } from './port.ts';
import { ServiceError } from './services.ts';

export interface StreamHandlers<Item> {
  /** In order, none twice, none left out; over a lost connection the stream goes on where it stood. */
  items(batch: readonly Item[]): void;
  /** A stream that cannot go on where it stood begins anew: what came before no longer holds. */
  restart?(): void;
  end?(): void;
  error?(error: Error): void;
}

/** `lost` after having been open; it is tried again until it answers. */
export type ConnectionStatus = 'connecting' | 'open' | 'lost';

export interface Client {
  /** Rejects with a ServiceError, whose sentence is for the person, or with the reason of `signal`: then it is given up. */
  call<Name extends MethodName>(name: Name, params: ParamsOf<Name>, signal?: AbortSignal): Promise<ResultOf<Name>>;
  /** Returns what ends it. */
  subscribe<Name extends StreamName>(
    name: Name,
    params: ParamsOf<Name>,
    handlers: StreamHandlers<ItemOf<Name>>,
  ): () => void;
  /** Tells the status at once and whenever it changes. Returns what ends it. */
  onStatus(listener: (status: ConnectionStatus) => void): () => void;
}

export interface ClientSettings {
  /** See heartbeat.ts. */
  readonly beatMs?: number;
  /** Milliseconds until the first new try after a loss; doubled with each that fails, up to RETRY_MOST times. */
  readonly retryMs?: number;
}

const RETRY_MS = 100;
const RETRY_MOST = 20;

interface Call {
  readonly name: MethodName;
  readonly frame: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Watch {
  readonly name: StreamName;
  readonly params: Readonly<Record<string, unknown>>;
  readonly handlers: StreamHandlers<unknown>;
  /** Number of the next item. */
  at: number;
  /** Taken in and not acknowledged yet. */
  taken: number;
  /** It was opened before: one that waited for the connection is no other now than it would have been. */
  opened: boolean;
}

/** Starts connecting at once. `connect` gives a new port each time, or rejects when there is none yet. */
export function createClient(connect: () => Promise<Port>, settings: ClientSettings = {}): Client & { close(): void } {
  return new Connection(connect, settings);
}

class Connection implements Client {
  readonly #connect: () => Promise<Port>;
  readonly #beatMs: number;
  readonly #retryMs: number;
  readonly #calls = new Map<number, Call>();
  readonly #watches = new Map<number, Watch>();
  /** Of values whose pieces have not all come, by their call or stream. */
  readonly #pieces = new Map<number, Pieces>();
  readonly #listeners = new Set<(status: ConnectionStatus) => void>();
  #status: ConnectionStatus = 'connecting';
  #port: Port | undefined;
  #repeatable: ReadonlySet<string> = new Set();
  #resumable: ReadonlySet<string> = new Set();
  #lastId = 0;
  /** Tries since the connection was last open. */
  #tries = 0;
  #retry: unknown;
  #closed = false;

  constructor(connect: () => Promise<Port>, { beatMs = BEAT_MS, retryMs = RETRY_MS }: ClientSettings) {
    this.#connect = connect;
    this.#beatMs = beatMs;
    this.#retryMs = retryMs;
    void this.#open();
  }

  call<Name extends MethodName>(name: Name, params: ParamsOf<Name>, signal?: AbortSignal): Promise<ResultOf<Name>> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const id = ++this.#lastId;
      const frame = JSON.stringify({ t: 'call', id, name, params } satisfies ClientFrame);
      if (frame.length > MAX_FRAME)
        return reject(
          new ServiceError(
            'too-large',
            `This is larger than ${MAX_FRAME / 1024 / 1024} MB, the limit for one message.`,
          ),
        );
      // A question may wait for the connection; an action would happen when nobody expects it any more.
      if (this.#status === 'lost' && !this.#repeatable.has(name)) return reject(lost('Nothing was changed'));
      this.#calls.set(id, { name, frame, resolve: resolve as (value: unknown) => void, reject });
      signal?.addEventListener('abort', () => this.#giveUp(id, signal.reason), { once: true });
      if (this.#status === 'open') this.#port?.send(frame);
    });
  }

  subscribe<Name extends StreamName>(
    name: Name,
    params: ParamsOf<Name>,
    handlers: StreamHandlers<ItemOf<Name>>,
  ): () => void {
    const from = (params as { readonly from?: number }).from ?? 0;
    const watch: Watch = {
      name,
      params: { ...params },
      handlers: handlers as StreamHandlers<unknown>,
      at: from,
      taken: 0,
      opened: false,
    };
    this.#watch(watch);
    return () => {
      for (const [id, one] of this.#watches) if (one === watch) this.#unwatch(id);
    };
  }

  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#status);
    return () => this.#listeners.delete(listener);
  }

  /** Ends everything without a word to anybody; calls under way never settle. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#calls.clear();
    this.#watches.clear();
    this.#listeners.clear();
    this.#port?.close();
  }

  async #open(): Promise<void> {
    try {
      const port = await this.#connect();
      if (this.#closed) port.close();
      else this.#use(port);
    } catch {
      this.#tryAgain();
    }
  }

  /** The connection counts as open with the server's first word. */
  #use(port: Port): void {
    this.#port = port;
    const alive = new Alive(port, this.#beatMs);
    port.onClose(() => {
      alive.stop();
      this.#lose();
    });
    port.onMessage((text) => {
      const frame = parseServerFrame(text);
      alive.heard(frame?.t ?? '');
      if (frame === undefined) port.close();
      else this.#take(frame, text.length);
    });
  }

  #lose(): void {
    this.#port = undefined;
    this.#pieces.clear();
    if (this.#closed) return;
    if (this.#status === 'open') {
      for (const [id, call] of this.#calls) {
        if (this.#repeatable.has(call.name)) continue;
        this.#calls.delete(id);
        call.reject(lost('It is unknown whether the change was made'));
      }
      this.#setStatus('lost');
    }
    this.#tryAgain();
  }

  #tryAgain(): void {
    if (this.#closed) return;
    // Windows that lost the same program do not all come back in the same moment.
    const wait = this.#retryMs * Math.min(2 ** this.#tries, RETRY_MOST) * (0.5 + Math.random() / 2);
    this.#tries++;
    this.#retry = setTimeout(() => void this.#open(), wait);
  }

  #setStatus(status: ConnectionStatus): void {
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }

  #send(frame: ClientFrame): void {
    this.#port?.send(JSON.stringify(frame));
  }

  #take(frame: ServerFrame, size: number): void {
    switch (frame.t) {
      case 'hello':
        this.#greet(frame);
        break;
      case 'items':
        this.#takeItems(frame, size);
        break;
      case 'columns':
        if (this.#watches.has(frame.id))
          this.#takeItems({ ...frame, t: 'items', items: frame.parts.flatMap(itemsOf) }, size);
        break;
      case 'result':
        this.#settle(frame.id, ({ resolve }) => resolve(frame.value));
        break;
      case 'piece':
        this.#takePiece(frame, size);
        break;
      case 'whole':
        this.#takeWhole(frame, size);
        break;
      case 'end':
        this.#finish(frame.id, ({ end }) => end?.());
        break;
      case 'error':
        if (frame.id !== null) this.#fail(frame.id, new ServiceError(frame.code, frame.message));
        break;
      default:
    }
  }

  #greet({ repeatable, resumable }: Extract<ServerFrame, { readonly t: 'hello' }>): void {
    this.#repeatable = new Set(repeatable);
    this.#resumable = new Set(resumable);
    this.#tries = 0;
    for (const { frame } of this.#calls.values()) this.#port?.send(frame);
    // Those that listeners add from here on are opened as they come.
    const standing = [...this.#watches];
    this.#setStatus('open');
    for (const [id, watch] of standing) {
      if (this.#watches.delete(id)) this.#watch(watch);
    }
  }

  /** Opens a stream under a new number, or keeps it until there is a connection. */
  #watch(watch: Watch): void {
    const id = ++this.#lastId;
    this.#watches.set(id, watch);
    if (this.#status !== 'open') return;
    const resumes = this.#resumable.has(watch.name);
    if (watch.opened && !resumes) {
      watch.at = 0;
      told(() => watch.handlers.restart?.());
    }
    watch.taken = 0;
    watch.opened = true;
    this.#send({
      t: 'open',
      id,
      name: watch.name,
      params: resumes ? { ...watch.params, from: watch.at } : watch.params,
    });
  }

  #unwatch(id: number): void {
    this.#watches.delete(id);
    this.#pieces.delete(id);
    if (this.#status === 'open') this.#send({ t: 'close', id });
  }

  #takeItems({ id, at, items }: Extract<ServerFrame, { readonly t: 'items' }>, size: number): void {
    const watch = this.#watches.get(id);
    if (watch === undefined) return;
    if (at !== watch.at) {
      // Never to be seen; a stream with a hole in it would be worse than one that is asked for again.
      this.#unwatch(id);
      this.#watch(watch);
      return;
    }
    watch.at += items.length;
    told(() => watch.handlers.items(items));
    this.#taken(id, watch, size);
  }

  /** Those of a stream that nobody watches any more are let go. */
  #takePiece({ id, ...piece }: { readonly id: number } & Piece, size: number): void {
    const watch = this.#watches.get(id);
    if (watch === undefined && !this.#calls.has(id)) return;
    const pieces = this.#pieces.get(id) ?? new Pieces();
    this.#pieces.set(id, pieces);
    pieces.add(piece);
    if (watch) this.#taken(id, watch, size);
  }

  #takeWhole({ id, at, places }: Extract<ServerFrame, { readonly t: 'whole' }>, size: number): void {
    const value = this.#pieces.get(id)?.whole(places);
    this.#pieces.delete(id);
    if (at === undefined) this.#settle(id, ({ resolve }) => resolve(value));
    else this.#takeItems({ t: 'items', id, at, items: value as readonly unknown[] }, size);
  }

  #taken(id: number, watch: Watch, size: number): void {
    watch.taken += size;
    if (watch.taken < ACK_SIZE) return;
    this.#send({ t: 'ack', id, size: watch.taken });
    watch.taken = 0;
  }

  #giveUp(id: number, reason: unknown): void {
    if (!this.#calls.has(id)) return;
    this.#settle(id, ({ reject }) => reject(reason));
    if (this.#status === 'open') this.#send({ t: 'close', id });
  }

  #fail(id: number, error: ServiceError): void {
    this.#settle(id, ({ reject }) => reject(error));
    this.#finish(id, (handlers) => handlers.error?.(error));
  }

  #settle(id: number, settle: (call: Call) => void): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    this.#pieces.delete(id);
    if (call) settle(call);
  }

  #finish(id: number, tell: (handlers: StreamHandlers<unknown>) => void): void {
    const watch = this.#watches.get(id);
    this.#watches.delete(id);
    if (watch) told(() => tell(watch.handlers));
  }
}

const lost = (what: string): ServiceError =>
  new ServiceError('lost', `The connection to the program was lost. ${what}; check, and try again once it is back.`);

/** A listener that throws is a separate fault: it is reported as one, and the stream continues. */
function told(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
